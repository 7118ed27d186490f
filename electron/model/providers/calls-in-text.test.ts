import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallReader } from './tool-text.ts';

const names = new Set(['weather', 'get_time']);

/** What comes of a text in these pieces: words as they come, tokens, calls. */
function read(pieces: readonly string[], most = 8) {
  let ids = 0;
  const reader = createCallReader({ mintId: () => `call_${++ids}`, names, most });
  /** Words that could be seen after each piece. */
  const seen: string[] = [];
  let text = '';
  let tokens = 0;
  const calls: { name: string; arguments: unknown }[] = [];
  const take = (events: ReturnType<typeof reader.push>): void => {
    for (const event of events) {
      if (event.kind === 'delta') {
        text += event.text;
        tokens += event.tokens;
      } else calls.push({ name: event.name ?? '', arguments: JSON.parse(event.argumentsText) as unknown });
    }
  };
  for (const piece of pieces) {
    take(reader.push(piece, 1));
    seen.push(text);
  }
  take(reader.finish());
  return { text, tokens, calls, seen, count: reader.calls() };
}
const cutAt = (text: string, cuts: readonly number[]): string[] => {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).flatMap((to, i) => text.slice(at[i], to) || []);
};

const call = fc.record({
  name: fc.constantFrom('weather', 'get_time'),
  arguments: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant({ a: ['}', '"', '```\n{'] }))),
});
const cuts = fc.array(fc.nat(), { maxLength: 12 });
/** Words of which no line begins as calls do, or could. */
const line = fc.string().map((text) => `I ${text.replaceAll('\n', ' ')}`);
const words = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'));
/** Any pieces that calls are made of. */
const soup = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '"',
      '"name"',
      ':',
      '"weather"',
      '"arguments"',
      ',',
      '\n',
      ' ',
      '```',
      '```json\n',
      '<tool_call>',
      '</tool_call>',
      'x',
      '\\',
    ),
    { maxLength: 40 },
  )
  .map((parts) => `x${parts.join('')}`);

describe('words that end in calls', () => {
  it('are words and calls, however calls are written and the text is cut', () => {
    const wrapped = fc.constantFrom<(json: string[]) => string>(
      (all) => all.join('\n'),
      (all) => all.join(' '),
      (all) => `\`\`\`json\n${all.join('\n')}\n\`\`\``,
      (all) => `\`\`\`\n${all.join('\n')}\n\`\`\`\n`,
      (all) => all.map((json) => `<tool_call>\n${json}\n</tool_call>`).join('\n'),
      (all) => `\n${all.join('\n\n')}\n`,
    );
    fc.assert(
      fc.property(
        words,
        fc.array(call, { minLength: 1, maxLength: 3 }),
        wrapped,
        fc.constantFrom(0, 1),
        cuts,
        (said, all, wrap, indent, at) => {
          const text = `${said}\n${wrap(all.map((one) => JSON.stringify(one, null, indent)))}`;
          const found = read(cutAt(text, at));
          expect(found.text).toBe(`${said}\n`);
          expect(found.calls).toEqual(JSON.parse(JSON.stringify(all)));
          expect(found.count).toBe(all.length);
        },
      ),
    );
  });

  it('lose nothing and gain nothing where no call is: every character comes, with every token', () => {
    fc.assert(
      fc.property(fc.oneof(words, soup), cuts, (text, at) => {
        const pieces = cutAt(text, at);
        const found = read(pieces);
        if (found.count > 0) return;
        expect(found.text).toBe(text);
        expect(found.tokens).toBe(pieces.length);
      }),
    );
  });

  it('are told of while a line is held back, so that nobody takes the silence for a model that hangs', () => {
    const reader = createCallReader({ mintId: () => 'call_1', names, most: 8 });
    reader.push('So:\n', 1);
    expect(reader.push('{"name": "weather", "arguments": {"city": "O', 9)).toEqual([
      { kind: 'delta', text: '', tokens: 9 },
    ]);
  });

  it('come at once: only a line that may be a call waits, and no longer than it may be one', () => {
    fc.assert(
      fc.property(words, cuts, (text, at) => {
        const pieces = cutAt(text, at);
        const { seen } = read(pieces);
        // All but white space that a call might follow.
        for (const [index, shown] of seen.entries())
          expect(shown.trimEnd()).toBe(
            pieces
              .slice(0, index + 1)
              .join('')
              .trimEnd(),
          );
      }),
    );
    expect(read(['Look:\n', '{', '"na', 'me": "', 'wea', 'ther']).seen.at(-1)).toBe('Look:\n');
    expect(read(['Look:\n', '{', '"nu', 'mber": 1']).seen.slice(-2)).toEqual(['Look:\n{"nu', 'Look:\n{"number": 1']);
    expect(read(['Look:\n', '{"name": "we', 'll"']).seen).toEqual(['Look:\n', 'Look:\n', 'Look:\n{"name": "well"']);
    expect(read(['Code:\n', '```', 'python\n', 'print']).seen.at(-1)).toBe('Code:\n```python\nprint');
  });
});

describe('what is no call', () => {
  const one = '{"name": "weather", "arguments": {"city": "Oslo"}}';
  it.each([
    ['an example with words behind it', `So:\n${one}\nasks for the weather.`],
    ['an example in a fence with words behind it', `So:\n\`\`\`json\n${one}\n\`\`\`\nDone.`],
    ['one in the middle of a line', `So: ${one}`],
    ['one of another tool', 'So:\n{"name": "delete", "arguments": {}}'],
    ['one with more to it', 'So:\n{"name": "weather", "arguments": {}, "unit": 1}'],
    ['one whose arguments are no object', 'So:\n{"name": "weather", "arguments": "Oslo"}'],
    ['one that is no JSON', 'So:\n{"name": "weather", "arguments": {city: 1}}'],
    ['one that was cut off', `So:\n${one.slice(0, -1)}`],
  ])('is words: %s', (_, text) => {
    expect(read([...text])).toMatchObject({ text, calls: [], count: 0 });
  });

  it('counts as one where a model says parameters, and as no more than may be made', () => {
    expect(read(['So:\n{"name": "weather", "parameters": {"city": "Oslo"}}']).calls).toEqual([
      { name: 'weather', arguments: { city: 'Oslo' } },
    ]);
    expect(read([`So:\n${one}\n${one}`], 1).calls).toHaveLength(1);
  });
});
