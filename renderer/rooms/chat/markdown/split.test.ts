import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplitter, splitBlocks } from './split.ts';
import type { Block } from './split.ts';

const texts = (text: string): string[] => splitBlocks(text).blocks.map((block) => `${block.kind}:${block.text}`);

const pieces = [
  'plain words',
  '',
  '\n',
  '\r\n',
  '```ts',
  '```',
  '~~~',
  '    indented',
  '- item',
  '  more',
  '1. one',
  '2. two',
  '> quoted',
  '# Title',
  '---',
  '===',
  '| a | b |',
  '|---|---|',
  '$$',
  '$$ x^2 $$',
  '\\[',
  '\\]',
  '<div>',
  '<script>',
  '</script>',
  '<!--',
  '-->',
  '[a]: https://example.org',
  'x'.repeat(8_000),
  'word '.repeat(900),
  '\ud83d\ude00',
  '\u0000',
];
const documents = fc.array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom('', '\n', '\n', '\n\n', '\r\n', ' ')), {
  maxLength: 80,
});

function chunked(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, i) => text.slice(i === 0 ? 0 : at[i - 1], end));
}

describe('the block splitter', () => {
  it('gives the same blocks however the text arrives, and never changes a settled one', () => {
    fc.assert(
      fc.property(documents, fc.array(fc.nat(), { maxLength: 40 }), (parts, cuts) => {
        const text = parts.map(([piece, end]) => piece + end).join('');
        const splitter = createSplitter();
        let before: Block[] = [];
        for (const chunk of chunked(text, cuts)) {
          splitter.push(chunk);
          splitter.tail();
          expect(splitter.settled.slice(0, before.length)).toStrictEqual(before);
          before = [...splitter.settled];
        }
        splitter.finish();
        const whole = splitBlocks(text);
        expect(splitter.settled).toStrictEqual(whole.blocks);
        expect(splitter.definitions()).toBe(whole.definitions);
      }),
      { numRuns: 300 },
    );
  });

  it('loses no word of any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('alpha', 'beta\n', '\n\n', '- gamma', '```\n', '> delta\n', '# e\n')),
        (parts) => {
          const text = parts.join(' ');
          const words = (value: string): string[] => value.match(/[a-z]{2,}/g) ?? [];
          const shown = splitBlocks(text).blocks.flatMap((block) => [
            ...(block.kind === 'code' ? words(block.language) : []),
            ...words(block.text),
          ]);
          for (const word of words(text)) expect(shown).toContain(word);
        },
      ),
    );
  });

  it('keeps a list with blank lines and indented code together', () => {
    expect(texts('- a\n\n  more\n\n- b\n\nafter')).toStrictEqual(['text:- a\n\n  more\n\n- b', 'text:after']);
  });

  it('lets an unindented fence end a list', () => {
    expect(texts('1. Do:\n```sh\nls\n```\n2. Next')).toStrictEqual(['text:1. Do:', 'code:ls', 'text:2. Next']);
  });

  it('keeps blank lines inside a fence and what looks like other blocks', () => {
    expect(texts('```\na\n\n# b\n- c\n```')).toStrictEqual(['code:a\n\n# b\n- c']);
  });

  it('does not split a script element at its blank lines', () => {
    expect(texts('<script>\nalert(1)\n\n# x\n</script>\n\nafter')).toStrictEqual([
      'text:<script>\nalert(1)\n\n# x\n</script>',
      'text:after',
    ]);
  });

  it('cuts long code into parts of one block', () => {
    const { blocks } = splitBlocks(`\`\`\`py\n${Array.from({ length: 100 }, (_, i) => `x${i}`).join('\n')}\n\`\`\``);
    expect(blocks.map((block) => (block.kind === 'code' ? block.part : ''))).toStrictEqual(['first', 'middle', 'last']);
  });

  it('cuts a paragraph of 3,000 lines, so that only a small tail is parsed again', () => {
    const { blocks } = splitBlocks(Array.from({ length: 3_000 }, (_, i) => `line ${i}`).join('\n'));
    expect(blocks.length).toBe(100);
  });

  it('repeats the head of a long table in each part', () => {
    const { blocks } = splitBlocks(`| a | b |\n|--|--|\n${'| 1 | 2 |\n'.repeat(70)}`);
    expect(blocks.length).toBe(3);
    for (const block of blocks) expect(block.text.startsWith('| a | b |\n|--|--|\n')).toBe(true);
  });

  it('keeps display formulas apart in both notations', () => {
    expect(texts('So $$x$$ here\n\n$$\na\nb\n$$\n\\[ c \\]\n$$ d $$')).toStrictEqual([
      'text:So $$x$$ here',
      'math:a\nb',
      'math:c',
      'math:d',
    ]);
  });

  it('shows the open end of a text before it settles', () => {
    const splitter = createSplitter();
    splitter.push('one\n\n```js\nlet a');
    expect(splitter.settled.map((block) => block.text)).toStrictEqual(['one']);
    expect(splitter.tail()).toStrictEqual([{ kind: 'code', text: 'let a', language: 'js', part: 'whole' }]);
  });
});
