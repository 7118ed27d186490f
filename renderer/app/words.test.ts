import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { RoomText } from '../kit/i18n/index.ts';

const modules = import.meta.glob<Record<string, unknown>>('../**/text.ts', { eager: true });
const sources = import.meta.glob<string>(['../**/*.tsx', '!../**/*.test.tsx'], {
  eager: true,
  query: '?raw',
  import: 'default',
});

type Text = RoomText<Record<string, string>>;
const isText = (value: unknown): value is Text => typeof value === 'object' && value !== null && 'languages' in value;
const rooms = Object.entries(modules).flatMap(([file, module]) =>
  Object.values(module)
    .filter(isText)
    .map((text) => [text.namespace, text, file] as const),
);
const blanks = (words: string): string[] => [...words.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] ?? '').sort();

describe('words', () => {
  it('are found in every room', () => {
    expect(rooms.length).toBeGreaterThanOrEqual(3);
    expect(new Set(rooms.map(([namespace]) => namespace)).size).toBe(rooms.length);
  });

  it.each(rooms)('of %s are complete in both languages', (_namespace, text) => {
    const { en, 'zh-CN': zh } = text.languages;
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const [key, words] of Object.entries(en)) {
      const other = zh[key] ?? '';
      expect(words.trim(), key).not.toBe('');
      expect(other.trim(), key).not.toBe('');
      expect(blanks(other), `blanks of ${key}`).toEqual(blanks(words));
    }
  });

  it('call a token by one name in Chinese, with room around it', () => {
    const zh = rooms.flatMap(([, text]) => Object.entries(text.languages['zh-CN']));
    expect(zh.filter(([, words]) => /词元|\p{Script=Han}tokens?\b|\btokens?\p{Script=Han}/u.test(words))).toEqual([]);
  });

  it('stand in no component itself', () => {
    const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'text', 'name', 'hint']);
    const literal = /\p{L}{2,}/u;
    const found: string[] = [];
    for (const [file, source] of Object.entries(sources)) {
      const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
      const visit = (node: ts.Node): void => {
        if (ts.isJsxText(node) && literal.test(node.text)) found.push(`${file}: ${node.text.trim()}`);
        if (
          ts.isJsxAttribute(node) &&
          spoken.has(node.name.getText()) &&
          node.initializer &&
          ts.isStringLiteral(node.initializer) &&
          literal.test(node.initializer.text)
        ) {
          found.push(`${file}: ${node.getText()}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(found).toEqual([]);
  });
});
