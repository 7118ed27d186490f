/** Words that turn a question round. An embedding hardly sees them. */
const NEGATIONS =
  /\b(?:not|no|never|none|neither|nor|without|cannot|nicht|kein\w*|nie|ohne)\b|n['’]t\b|[不没沒無无非未别別]/giu;
/** Words of which one cannot stand for another. */
const SIDES =
  /\b(?:before|after|more|less|fewer|most|least|min(?:imum)?|max(?:imum)?|high(?:er|est)?|low(?:er|est)?|first|last|left|right|up|down|in(?:crease|cluded?|put)|de(?:crease|lete|crypt|code)|en(?:able|crypt|code)|disable|add|remove|open|close|start|stop|old(?:er|est)?|new(?:er|est)?|best|worst|import|export|buy|sell|win|lose|true|false|today|tomorrow|yesterday|advantages?|disadvantages?|pros|cons)\b|[上下前后後左右大小多少高低新旧舊]/giu;
const NUMBERS =
  /\d+(?:[.,:/-]\d+)*|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|half|twice|double)\b|[一二两兩三四五六七八九十百千万萬亿]/giu;
/** Quoted words, names in capitals or with a capital inside, code, addresses. */
const NAMES = /"[^"]*"|“[^”]*”|`[^`]*`|https?:\/\/\S+|[\p{L}\d_]+(?:[.+#/_-][\p{L}\d_+#]+)+|\p{Lu}[\p{L}\d+#]*/gu;

const STARTS = /(?:^|[.!?:]\s+)\p{Lu}\p{Ll}*/gu;
const list = (text: string, pattern: RegExp): string => [...text.matchAll(pattern)].map(([found]) => found).join('\0');

/**
 * False when two questions differ in numbers, negations, opposites or names, or say the same words in another order: such questions may
 * read almost alike and mean something else. True says nothing.
 */
export function sameFacts(one: string, other: string): boolean {
  const [a, b] = [one.normalize('NFKC'), other.normalize('NFKC')];
  const [small, smallOther] = [a.toLowerCase(), b.toLowerCase()];
  if (list(small, NUMBERS) !== list(smallOther, NUMBERS)) return false;
  if ([...small.matchAll(NEGATIONS)].length !== [...smallOther.matchAll(NEGATIONS)].length) return false;
  if (list(small, SIDES) !== list(smallOther, SIDES)) return false;
  if (namesOf(a) !== namesOf(b)) return false;
  // The same words in another order: who did what to whom.
  const [words, others] = [wordsOf(a), wordsOf(b)];
  return words.join(' ') === others.join(' ') || words.sort().join(' ') !== others.sort().join(' ');
}

/** The first word of a sentence is written large whatever it is. */
const namesOf = (text: string): string => list(text.replaceAll(STARTS, ' '), NAMES).toLowerCase();

/** Words and characters of scripts without spaces. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\d]+/gu) ?? [];

/** Share of words two answers have in common from which on they are taken to say the same. */
const ALIKE = 0.6;

/** Careful on purpose: answers that may say the same in other words count as different. */
export function sameAnswer(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  const digits = (words: readonly string[]): string =>
    [...new Set(words.filter((word) => /\d/.test(word)))].sort().join(' ');
  if (digits(a) !== digits(b)) return false;
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  return a.length + b.length > 0 && (2 * common) / (a.length + b.length) >= ALIKE;
}
