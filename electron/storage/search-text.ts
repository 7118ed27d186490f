// Scripts written without spaces, Hangul (particles stick to words) and pictographs: each character is a word of its own.
const SINGLE =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Extended_Pictographic}\\u30fc\\u3005';
const WORD = '\\p{L}\\p{N}\\p{Co}\\p{So}';
const SINGLES = new RegExp(`[${SINGLE}]`, 'gu');
const ENDS_WITH_SINGLE = new RegExp(`[${SINGLE}][^${WORD}]*$`, 'u');
const HAS_WORD = new RegExp(`[${WORD}]`, 'u');
const WORDS = new RegExp(`[${SINGLE}]|[${WORD}\\p{M}]+`, 'gu');
const PLAIN = /^[\u0001-\u007f]*$/;
const MAX_TERMS = 12;

/** Raise it when `searchText` changes what it answers: stores then index everything again when they open. */
export const SEARCH_TEXT_VERSION = 1;

/** Text as the index takes it: compatibility forms unified, characters of spaceless scripts set apart. */
export function searchText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.normalize('NFKC').replaceAll('\u0000', ' ').replace(SINGLES, ' $& ');
}

/** What a person typed, one entry a term, ready to be matched and marked. */
export interface SearchQuery {
  /** FTS5 expression: every term must occur, each as a phrase; words match by their beginning. */
  readonly match: string;
  /** Finds the terms in a text; has the flags g, i and u. */
  readonly marks: RegExp;
  /** The same for text folded by `fold`. */
  readonly foldedMarks: RegExp;
}

/** Null when nothing in it can be searched for. Whatever is typed, the expression is valid. */
export function searchQuery(typed: string): SearchQuery | null {
  const terms = typed
    .normalize('NFKC')
    .split(/[\s\u0000-\u001f]+/u)
    .filter((term) => HAS_WORD.test(term))
    .slice(0, MAX_TERMS);
  if (terms.length === 0) return null;
  return {
    match: terms.map(phrase).join(' AND '),
    marks: marker(terms),
    foldedMarks: marker(terms.map((term) => fold(term).text)),
  };
}

function phrase(term: string): string {
  const quoted = `"${searchText(term).replaceAll('"', ' ')}"`;
  return ENDS_WITH_SINGLE.test(term) ? quoted : `${quoted} *`;
}

function marker(terms: readonly string[]): RegExp {
  const patterns = terms.map((term) => {
    const words = (term.match(WORDS) ?? []).map(escapeRegExp);
    const start = words[0] && !SINGLES.test(words[0]) ? `(?<![${WORD}\\p{M}])` : '';
    SINGLES.lastIndex = 0;
    return start + words.join(`[^${WORD}]{0,8}`);
  });
  return new RegExp(patterns.filter((pattern) => pattern !== '').join('|') || '(?!)', 'giu');
}

const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');

/** Lower case without accents, with the place each UTF-16 unit came from. */
export function fold(text: string): { text: string; at: number[] } {
  let folded = '';
  const at: number[] = [];
  let index = 0;
  for (const character of text) {
    const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
    folded += plain;
    for (let i = 0; i < plain.length; i++) at.push(index);
    index += character.length;
  }
  at.push(index);
  return { text: folded, at };
}
