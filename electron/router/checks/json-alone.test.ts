import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonAlone } from './json-alone.ts';

const ANY = { type: 'json' } as const;
const listOf = (type: string) => ({ type: 'json_schema', name: 'a', schema: { type }, strict: true }) as const;

/** The text in pieces of at most so many characters. */
const inPieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${String(size)}}`, 'gu')) ?? [];
const shown = (text: string, size = 3): string => inPieces(text, size).map(createJsonAlone(ANY).take).join('');
const judged = (text: string): string => {
  const json = createJsonAlone(ANY);
  inPieces(text, 3).forEach(json.take);
  return json.judged();
};

describe('the JSON of an answer as it comes', () => {
  const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
  const written = fc.tuple(value, fc.constantFrom(0, 2, '\t')).map(([one, space]) => JSON.stringify(one, null, space));
  const size = fc.integer({ min: 1, max: 9 });

  it('is shown whole, to the letter, however it is cut', () => {
    fc.assert(
      fc.property(written, size, (text, most) => {
        expect(shown(text, most)).toBe(text);
        expect(judged(text)).toBe(text);
      }),
    );
  });

  it('is shown without the fence and the words around it, however they are cut', () => {
    const before = fc.constantFrom('', ' \n', 'Sure! Here it is:\n', 'One line.\n\nAnother, with `code`:\n\n');
    const fence = fc.constantFrom(['', ''], ['```json\n', '\n```'], ['```\n', '\n```\n'], ['~~~~ JSON\r\n', '\n~~~~']);
    const after = fc.constantFrom('', '\n', '\n\nLet me know if it helps.');
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        before,
        fence,
        after,
        size,
        (one, head, [a, b], tail, most) => {
          const text = JSON.stringify(one, null, 1);
          const all = `${head}${a ?? ''}${text}${b ?? ''}${tail}`;
          expect(shown(all, most)).toBe(text);
          expect(judged(all)).toBe(text);
        },
      ),
    );
  });

  it('is shown as it comes, not at its end', () => {
    const json = createJsonAlone(ANY);
    expect(['``', '`json\n{"a"', ':[1', '],"b":2', '}\n``', '`'].map(json.take)).toEqual([
      '',
      '{"a"',
      ':[1',
      '],"b":2',
      '}',
      '',
    ]);
  });

  it.each(['I cannot do that.', 'As [1] says, {"a":1} it is.', '```json {"a":1} ```', '`{"a":1}`'])(
    'shows nothing of an answer in which no line begins with it: %s',
    (text) => {
      expect(shown(text)).toBe('');
    },
  );

  it('begins a list only where nothing but a fence stands before it: a line of words may begin with a bracket', () => {
    expect(shown('See\n[note] below\n{"a":1}')).toBe('{"a":1}');
    expect(shown('Here:\n```\n[1,2]\n```')).toBe('[1,2]');
  });

  it('tells the check of a second value behind the first one', () => {
    expect(judged('{"a":1}\n{"a":2}')).toBe('{"a":1}\n{"a":2}');
    expect(shown('{"a":1}\n{"a":2}')).toBe('{"a":1}');
  });

  it('lets a value without brackets through where the form allows one', () => {
    const bare = createJsonAlone(listOf('string'));
    expect(['"a', 'b"'].map(bare.take).join('')).toBe('"ab"');
    const object = createJsonAlone(listOf('object'));
    expect(['"a', 'b"'].map(object.take).join('')).toBe('');
  });

  it('looks at a long line of words once', () => {
    const json = createJsonAlone(ANY);
    for (let at = 0; at < 200_000; at++) json.take('word ');
    expect(json.take('\n{"a":1}')).toBe('{"a":1}');
  });
});
