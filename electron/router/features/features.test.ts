import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../model/model.ts';
import { featuresFromAttributes, featuresToAttributes } from './attributes.ts';
import { extractFeatures } from './features.ts';
import type { FeatureInput } from './features.ts';

const of = (text: string, more: Partial<FeatureInput> = {}) =>
  extractFeatures({
    messages: [{ role: 'user', text }],
    route: 'auto',
    private: false,
    source: 'app',
    ...more,
  });

describe('what a question looks like', () => {
  it('tells the language by script and by its small words', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['Could you tell me what the weather is like and why?', 'en'],
      ['Kannst du mir bitte sagen, wie das Wetter ist und warum?', 'de'],
      ['Est-ce que vous pouvez écrire une lettre pour moi ?', 'fr'],
      ['¿Puedes escribir una carta para mi hermana, por favor? Gracias', 'es'],
      ['Puoi scrivere una lettera per mia sorella? Grazie, non so come', 'it'],
      ['请解释一下量子力学', 'zh'],
      ['量子力学について説明してください', 'ja'],
      ['양자 역학을 설명해 주세요', 'ko'],
      ['Объясни, пожалуйста, квантовую механику', 'ru'],
      ['Поясни, будь ласка, що таке ліс і їжа', 'uk'],
      ['اشرح لي ميكانيكا الكم', 'ar'],
    ];
    for (const [text, language] of cases) expect([text, of(text).languages[0]]).toEqual([text, language]);
    expect(of('12345 ...').languages).toEqual([]);
  });

  it('sees code in fences, stack traces, file names and syntax, and not in plain talk', () => {
    const code = [
      'Why does this fail?\n```\nx\n```',
      'TypeError: x is not a function\n    at run (/app/index.js:10:5)',
      'Write a Python function that reverses a list',
      'const a = [1, 2];\nfor (const b of a) {\n  console.log(b);\n}',
      'def add(a, b):\n    return a + b\nprint(add(1, 2));',
      '写一个排序的函数',
    ];
    for (const text of code) expect([text, of(text).code]).toEqual([text, true]);
    const talk = [
      'hello there; how are you?',
      'What should I cook today (something quick)?',
      'Summarise the letter from my aunt.',
      'Who wrote the function of the heart in poetry?',
    ];
    for (const text of talk) expect([text, of(text).code]).toEqual([text, false]);
  });

  it('sees mathematics in formulas, sums and word problems, and not in dates and prices', () => {
    const math = [
      'Simplify $\\frac{a^2}{b}$',
      'What is 12 * 34 + 5? Calculate it.',
      'Solve the equation 3x + 4 = 10',
      'Tom has 3 apples and buys 4 more. How many apples does he have?',
      '计算 12 + 30',
    ];
    for (const text of math) expect([text, of(text).math]).toEqual([text, true]);
    for (const text of ['Remind me on 12 May', 'How much do you like cats?', 'hello'])
      expect([text, of(text).math]).toEqual([text, false]);
  });

  it('ranks a greeting below a fact, a fact below a task, and a task below reasoning in steps', () => {
    const asked = [
      'hello!',
      'What is the capital of France?',
      'Write a short story about a lighthouse keeper who finds a letter.',
      'Compare three designs of a rate limiter for several regions, analyse their trade-offs step by step and justify which one you would implement if clocks drift more than a second.',
    ].map((text) => of(text).difficulty);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
    expect(asked[0]).toBeLessThan(0.05);
    expect(asked[3]).toBeGreaterThan(0.7);
  });

  it('does not let padding decide: a long dull text stays below a short hard question', () => {
    const dull = `Please read this out loud: ${'the cat sat on the mat '.repeat(10)}`;
    expect(
      of('Prove step by step that there are more reals than integers, and justify each step.').difficulty,
    ).toBeGreaterThan(of(dull).difficulty);
  });
});

describe('what a request needs', () => {
  it('counts the question apart from what can be trimmed, and what is fixed apart from both', () => {
    const messages: ModelMessage[] = [
      { role: 'system', text: 's'.repeat(400) },
      { role: 'user', text: 'u'.repeat(4000) },
      { role: 'assistant', text: '', toolCalls: [{ id: '1', name: 'look', argumentsText: '{}' }] },
      { role: 'tool', text: 'r'.repeat(2000), toolCallId: '1' },
    ];
    const found = extractFeatures({ messages, route: 'auto', private: false, source: 'api' });
    expect(found.messageTokens).toBeGreaterThan(1500);
    expect(found.fixedTokens).toBeGreaterThan(100);
    expect(found.historyTokens).toBe(found.messageTokens + found.fixedTokens);
    expect(found.tools).toBe(true);
  });

  it('needs tools only where a model may call them, a schema only where one is given, sight only for images', () => {
    const tools = [{ name: 'look', parameters: {} }];
    expect(of('x', { tools }).tools).toBe(true);
    expect(of('x', { tools, toolChoice: 'none' }).tools).toBe(false);
    expect(of('x', { tools: [] }).tools).toBe(false);
    expect(of('x', { format: { type: 'json' } }).schema).toBe(false);
    expect(of('x', { format: { type: 'json_schema', name: 'a', schema: {}, strict: true } }).schema).toBe(true);
    const seen: ModelMessage[] = [{ role: 'user', text: 'x', images: [{ mediaType: 'image/png', data: '' }] }];
    expect(of('x', { messages: seen })).toMatchObject({ images: 1 });
  });

  it('comes back whole from what is stored with a decision, without the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), fc.option(fc.integer({ min: 0 })), (text, isPrivate, untilMs) => {
        const sticky = untilMs === null ? null : { modelId: 'acme/big', untilMs };
        const found = of(text, { private: isPrivate, sticky });
        const stored = featuresToAttributes(found);
        expect(featuresFromAttributes(stored, found.text)).toEqual(found);
        expect(stored).not.toHaveProperty('text');
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('reads decisions of older versions, which knew less', () => {
    expect(featuresFromAttributes({ route: 'local', messageTokens: 12 })).toMatchObject({
      route: 'local',
      messageTokens: 12,
      tools: false,
      private: false,
      sticky: null,
    });
  });

  it('looks at no more of a long message than of a short one, whatever it is made of', () => {
    // Patterns that run over each other would take seconds here, not milliseconds.
    for (const piece of ['\n', ' ', 'a', 'a_', '(', '$ ', '<a ', 'select ', '1,', '  at ', 'what is ', '长']) {
      const startMs = performance.now();
      expect(of(piece.repeat(1_000_000 / piece.length)).messageTokens).toBeGreaterThan(100_000);
      expect(performance.now() - startMs).toBeLessThan(1000);
    }
  });
});
