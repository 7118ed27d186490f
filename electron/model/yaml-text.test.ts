import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readYaml } from './yaml-text.ts';

const problemsOf = (text: string) => {
  const read = readYaml(text);
  return read.ok ? [] : read.problems.map(({ line, column, code }) => [line, column, code]);
};

describe('a text of YAML', () => {
  it('is what was written, with the place of every part', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.array(fc.integer(), { maxLength: 3 })), (data) => {
        const text = stringify(data);
        const read = readYaml(text);
        if (!read.ok) throw new Error(read.problems[0].message);
        expect(read.content).toEqual(data);
        for (const [at, key] of Object.keys(data).entries()) {
          const { line, column } = read.placeOf([key]);
          expect(column).toBe(1);
          expect(line).toBeGreaterThan(at);
        }
      }),
    );
  });

  it('never throws, and every problem has a place in it', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      ':',
      '\n',
      '  ',
      '\t',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '*a',
      '&a ',
      '#',
      '|',
      '---\n',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        for (const [line = 0, column] of problemsOf(text)) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('with a bracket or a quotation mark that is not closed is told where that opens, not where the text ends', () => {
    expect(problemsOf('a: 1\nb: "x\nc: 2\n')).toEqual([[2, 4, 'UNCLOSED']]);
    expect(problemsOf('a: {b: [1], c: 2\nd: 1\n')).toEqual([[1, 4, 'UNCLOSED']]);
    expect(problemsOf('a: {b: [1\n')).toEqual([
      [1, 8, 'UNCLOSED'],
      [1, 4, 'UNCLOSED'],
    ]);
  });

  it('with an alias of nothing, or that grows without end, is a problem and no exception', () => {
    expect(problemsOf('a: 1\nb: *c\n')).toEqual([[2, 4, 'UNKNOWN_ALIAS']]);
    const bomb = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de'])
      bomb.push(`${to ?? ''}: &${to ?? ''} [${`*${from ?? ''},`.repeat(8)}]`);
    expect(problemsOf(`${bomb.join('\n')}\n`)).toEqual([[1, 1, 'RESOURCE_EXHAUSTION']]);
  });

  it('with more aliases than anybody writes is refused at the first too many, not after minutes of looking them up', () => {
    const text = `a: &a 1\nb:\n${'  - *a\n'.repeat(15_000)}`;
    expect(problemsOf(text)).toEqual([[103, 5, 'RESOURCE_EXHAUSTION']]);
  });

  it('nested deeper than it can be read is one problem, where that begins', () => {
    const problems = problemsOf(`a:\n  ${'['.repeat(5000)}`);
    expect(problems).toEqual([[2, expect.any(Number), 'RESOURCE_EXHAUSTION']]);
  });

  it('with many fields that stand twice names each, however many there are', () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `k${String(at % 2998)}: 1`);
    expect(problemsOf(keys.join('\n'))).toEqual([
      [2999, 1, 'DUPLICATE_KEY'],
      [3000, 1, 'DUPLICATE_KEY'],
    ]);
    expect(problemsOf('a: {b: 1, b: 2}\na: 2\n')).toEqual([
      [1, 11, 'DUPLICATE_KEY'],
      [2, 1, 'DUPLICATE_KEY'],
    ]);
  });

  it('tells the nearest part of a path that is not there', () => {
    const read = readYaml('a:\n  - b: 1\n  - c: 2\n');
    expect(read.ok ? read.placeOf(['a', 1, 'nothing']) : null).toEqual({ line: 3, column: 5 });
    expect(read.ok ? read.placeOf(['nothing']) : null).toEqual({ line: 1, column: 1 });
  });
});
