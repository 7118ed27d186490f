import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasWords } from './empty.ts';
import { withinMs } from './deadline.ts';
import { createFormatChecker } from './format.ts';
import { isRefusal } from './refusal.ts';

describe('noticing a refusal', () => {
  it.each([
    'I’m sorry, but I can’t help with that.',
    "I'm sorry, but I cannot assist with this request.",
    'I cannot provide instructions for that.',
    'As an AI language model, I cannot have opinions on this.',
    'Sorry, I can’t do that.',
    'Es tut mir leid, aber ich kann dabei nicht helfen.',
    'Je suis désolé, mais je ne peux pas vous aider.',
    'Lo siento, pero no puedo ayudarte con eso.',
    '对不起，我无法回答这个问题。',
    '抱歉，我不能协助您完成此请求。',
    '申し訳ありませんが、そのご要望にはお応えできません。',
    'Извините, но я не могу помочь с этим.',
    '죄송하지만 그 요청은 도와드릴 수 없습니다.',
  ])('sees %s', (text) => {
    expect(isRefusal(text)).toBe(true);
  });

  it.each([
    'I can’t find an error in this code; it looks right.',
    'I cannot recommend this book enough.',
    'I cannot see why it would fail: the loop ends at 10.',
    'Sorry about the confusion: the answer is 42.',
    'I’m sorry for your loss. Here is a letter you could send.',
    'You can say: “I’m sorry, but I can’t help with that.”',
    'Unfortunately, that flight is full, but there is one at 9.',
    '抱歉给您带来不便，答案是 42。',
    'Es tut mir leid zu hören, dass du krank bist. Gute Besserung.',
    'No puedo creer lo bonito que es Madrid en otoño.',
    'Paris',
    '',
  ])('leaves alone: %s', (text) => {
    expect(isRefusal(text)).toBe(false);
  });

  it('leaves alone what goes on at length', () => {
    expect(isRefusal(`I’m sorry, but I can’t help with that part. ${'But here is the rest. '.repeat(40)}`)).toBe(false);
  });

  it('costs little on any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => typeof isRefusal(text) === 'boolean'));
  });
});

describe('an empty answer', () => {
  it('is one in which nothing can be seen', () => {
    for (const text of ['', ' \n\t', '\u200b', '\ufeff\u00a0', '\u0000']) expect(hasWords(text)).toBe(false);
    for (const text of ['a', '。', '🙂', '0']) expect(hasWords(text)).toBe(true);
  });
});

describe('a schema of a stranger', () => {
  const catastrophic = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
  const format = { type: 'json_schema', name: 'x', schema: catastrophic, strict: true } as const;

  it('cannot stop the program with a pattern that goes back over a text for ever', () => {
    const checker = createFormatChecker();
    const text = JSON.stringify({ a: `${'a'.repeat(60)}!` });
    const startedAt = performance.now();
    // Nobody can say in time whether it fits, so it is not held against the answer; after the second time nobody tries.
    expect(checker.check(text, format, true)).toEqual({ ok: true, text, repaired: false });
    expect(checker.check(text, format, true)).toEqual({ ok: true, text, repaired: false });
    for (let time = 0; time < 1000; time++) checker.check(text, format, true);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('is held against answers as far as its patterns can be checked', () => {
    const checker = createFormatChecker();
    expect(checker.check('{"a":"aaa"}', format, true).ok).toBe(true);
    expect(checker.check('{"a":"b"}', format, true)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/pattern/u) as string,
    });
  });

  it('gives work up when its time is over, passes on what it throws, and runs what comes after', () => {
    const forever = (): never => {
      for (;;);
    };
    expect(withinMs(20, forever)).toBeNull();
    expect(() =>
      withinMs(5000, () => {
        throw new RangeError('its own');
      }),
    ).toThrow(RangeError);
    expect(withinMs(5000, () => withinMs(4000, () => 7))).toEqual({ value: { value: 7 } });
  });
});

describe('checking a form', () => {
  const checker = createFormatChecker();
  const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  const format = { type: 'json_schema' as const, name: 'x', strict: true, schema };

  it('leaves every valid JSON object as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        expect(checker.check(text, { type: 'json' }, true)).toEqual({ ok: true, text, repaired: false });
      }),
    );
  });

  it.each(['{"a": 1', "{a: 1, 'b': 2,}", 'Here it is: {"a": 1} Hope it helps', '```json\n{"a": 1}\n```', '{"a": 1,}'])(
    'repairs %s',
    (text) => {
      const checked = checker.check(text, format, true);
      expect(checked).toMatchObject({ ok: true, repaired: true });
      if (checked.ok) expect(JSON.parse(checked.text)).toMatchObject({ a: 1 });
      expect(checker.check(text, format, false).ok).toBe(false);
    },
  );

  it('names what does not follow the schema and guesses at nothing', () => {
    expect(checker.check('{"a":"1"}', format, true)).toEqual({
      ok: false,
      problem: 'The answer does not follow the schema: /a must be number.',
    });
    expect(checker.check('I do not know', format, true).ok).toBe(false);
  });

  it('does not hold a schema that cannot be compiled against an answer', () => {
    const broken = { ...format, schema: { type: 'nonsense' } };
    expect(checker.check('{"b":1}', broken, true).ok).toBe(true);
  });

  it('finds an answer wrong that is nested deeper than a schema that names itself can follow', () => {
    const tree = { ...format, schema: { type: 'object', additionalProperties: { $ref: '#' } } };
    const deep = (levels: number) => `${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`;
    expect(checker.check(deep(100), tree, true).ok).toBe(true);
    expect(checker.check(deep(100_000), tree, true)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/nested too deeply/u) as string,
    });
  });

  it('wants the arguments of a tool call to be an object', () => {
    const call = (argumentsText: string) => checker.toolProblem([{ id: '1', name: 't', argumentsText }]);
    expect(call('{"x":1}')).toBeNull();
    expect(call('')).toBeNull();
    expect(call('{"x":')).toMatch(/“t”/);
    expect(call('[1]')).toMatch(/no JSON object/);
  });
});
