import { fold, type SearchQuery } from './search-text.ts';

const BEFORE_CHARS = 48;
const AFTER_CHARS = 160;
/** Folding is slow: past this the plain search has to be enough. */
const FOLD_CHARS = 20_000;
const MARK_START = '\u0002';
const MARK_END = '\u0003';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The part of `text` around its first match, one line, every match inside marked with U+0002 … U+0003. */
export function snippet(text: string, query: SearchQuery): string {
  const first = firstMatch(text, query);
  const from = first.from <= BEFORE_CHARS ? 0 : boundary(text, first.from - BEFORE_CHARS);
  const to = text.length <= first.to + AFTER_CHARS ? text.length : boundary(text, first.to + AFTER_CHARS);
  const part = text.slice(from, to);
  let marked = '';
  let done = 0;
  for (const range of matches(part, query)) {
    marked += clean(part.slice(done, range.from)) + MARK_START + clean(part.slice(range.from, range.to)) + MARK_END;
    done = range.to;
  }
  return `${from > 0 ? '…' : ''}${marked}${clean(part.slice(done))}${to < text.length ? '…' : ''}`;
}

function firstMatch(text: string, query: SearchQuery): Range {
  const plain = query.marks.exec(text);
  query.marks.lastIndex = 0;
  if (plain) return { from: plain.index, to: plain.index + plain[0].length };
  return foldedMatches(text.slice(0, FOLD_CHARS), query)[0] ?? { from: 0, to: 0 };
}

function matches(part: string, query: SearchQuery): Range[] {
  const plain = Array.from(part.matchAll(query.marks), (m) => ({ from: m.index, to: m.index + m[0].length }));
  return plain.length > 0 ? plain : foldedMatches(part, query);
}

function foldedMatches(part: string, query: SearchQuery): Range[] {
  const folded = fold(part);
  return Array.from(folded.text.matchAll(query.foldedMarks), (m) => ({
    from: folded.at[m.index] ?? 0,
    to: folded.at[m.index + m[0].length] ?? part.length,
  }));
}

/** Never between the halves of a surrogate pair. */
function boundary(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}

// eslint would read the marks as stray control characters in a literal pattern.
const STRAY = new RegExp('[\\s\\u0000-\\u001f]+', 'gu');
const clean = (part: string): string => part.replaceAll(STRAY, ' ');
