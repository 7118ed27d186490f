import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { compareTexts, inline } from './compare-texts.ts';
import type { Line } from './compare-texts.ts';

const text = (line: Line | null): string | null => line?.pieces.map((piece) => piece.text).join('') ?? null;

describe('comparing prompt versions', () => {
  it('finds nothing between equal texts', () => {
    const { rows, added, removed } = compareTexts('one\ntwo', 'one\ntwo');
    expect(rows.map((row) => row.kind)).toEqual(['same', 'same']);
    expect([added, removed]).toEqual([0, 0]);
  });

  it('marks only the words that changed in a line that stayed alike', () => {
    const { rows } = compareTexts('Answer in one short sentence.', 'Answer in two short sentences.');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.left?.pieces.filter((piece) => piece.changed).map((piece) => piece.text)).toEqual([
      'one',
      'sentence',
    ]);
    expect(rows[0]?.right?.pieces.filter((piece) => piece.changed).map((piece) => piece.text)).toEqual([
      'two',
      'sentences',
    ]);
  });

  it('shows lines with nothing in common as one gone and one come', () => {
    const { rows } = compareTexts('Be brief.', 'Never guess a number, ask for it');
    expect(rows.map((row) => row.kind)).toEqual(['removed', 'added']);
  });

  it('numbers the lines of each side apart', () => {
    const { rows } = compareTexts('a\nb', 'a\nnew line here\nb');
    expect(rows.map((row) => [row.left?.number ?? null, row.right?.number ?? null])).toEqual([
      [1, 1],
      [null, 2],
      [2, 3],
    ]);
  });

  it('treats the two ways to end a line as the same', () => {
    expect(compareTexts('a\r\nb', 'a\nb')).toMatchObject({ added: 0, removed: 0 });
  });

  it('gives back both texts whole, beside each other and in one column', () => {
    const words = fc.array(fc.constantFrom('be', 'kind', 'short', '\n', ' ', '你好', '\t'), { maxLength: 30 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [before, after] = [a.join(''), b.join('')];
        const { rows } = compareTexts(before, after);
        const side = (lines: readonly (string | null)[]): string => lines.filter((line) => line !== null).join('\n');
        expect(side(rows.map((row) => text(row.left)))).toBe(before);
        expect(side(rows.map((row) => text(row.right)))).toBe(after);
        const one = inline(rows);
        const join = (drop: string): string =>
          one
            .filter((line) => line.kind !== drop)
            .map((line) => line.pieces.map((piece) => piece.text).join(''))
            .join('\n');
        expect(join('added')).toBe(before);
        expect(join('removed')).toBe(after);
      }),
    );
  });

  it('puts what went before what came in one column', () => {
    const { rows } = compareTexts('Use one word.\nUse two words.', 'Use 1 word.\nUse 2 words.');
    expect(inline(rows).map((line) => line.kind)).toEqual(['removed', 'removed', 'added', 'added']);
  });
});
