/** Words that turn a question round. An embedding hardly sees them. */
const NEGATIONS =
  /\b(?:not|no|never|none|neither|nor|without|cannot|nicht|kein\w*|nie|ohne)\b|n['’]t\b|[不没沒無无非未别別]|ない|ません/giu;
/** Those of other languages, and words that deny by halves: asked of whole words, as `\b` knows the Latin alphabet alone. */
const DENYING = new Set(
  'hardly barely rarely seldom scarcely except pas jamais aucun aucune rien sans nunca jamás sin ningún ninguna non mai senza não nem sem не нет ни без'.split(
    ' ',
  ),
);
/** Words of which one cannot stand for another. */
const SIDES =
  /\b(?:before|after|more|less|fewer|most|least|min(?:imum)?|max(?:imum)?|high(?:er|est)?|low(?:er|est)?|first|last|left|right|up|down|in(?:crease|cluded?|put)|de(?:crease|lete|crypt|code)|en(?:able|crypt|code)|disable|add|remove|open|close|start|stop|old(?:er|est)?|new(?:er|est)?|best|worst|import|export|buy|sell|win|lose|true|false|today|tomorrow|yesterday|advantages?|disadvantages?|pros|cons)\b|[上下前后後左右大小多少高低新旧舊]/giu;
const NUMBERS =
  /\p{Nd}+(?:[.,:/-]\p{Nd}+)*|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|half|twice|double)\b|[一二两兩三四五六七八九十百千万萬亿]/giu;
/** Quoted words, names in capitals or with a capital inside, code, addresses. */
const NAMES = /"[^"]*"|“[^”]*”|`[^`]*`|https?:\/\/\S+|[\p{L}\d_]+(?:[.+#/_-][\p{L}\d_+#]+)+|\p{Lu}[\p{L}\d+#]*/gu;

/** Currencies, what is done with numbers and how they compare, and a sign before one. */
const SYMBOLS = /[\p{Sc}\p{Sm}%°*^&@]|(?<![\p{L}\p{N}])[-−–](?=\p{Nd})/gu;
/** Words that come and go, and stand for each other, without another meaning. */
const GLUE = new Set(
  'a an the is are was were be been am s re do does did can could would will have has i you we one me us some any and or what which that this it please just really actually exactly now hi hello hey thanks so then also 请 吗 呢 的 了 啊 吧 么 の は が を か'.split(
    ' ',
  ),
);
const ASKING = new Set('who whom whose what which when where why how'.split(' '));
/** Two phrases that hold one of these both may still be about other things. */
const LINKS = new Set('in on at of to from for by with about into over under between as than'.split(' '));

const STARTS = /(?:^|[.!?:]\s+)\p{Lu}\p{Ll}*/gu;
const list = (text: string, pattern: RegExp): string => [...text.matchAll(pattern)].map(([found]) => found).join('\0');

/**
 * False when two questions differ in numbers, negations, opposites or names, say the same words in another order, or are one question with
 * another thing in it: such questions may read almost alike and mean something else. True says nothing.
 */
export function sameFacts(one: string, other: string): boolean {
  const [a, b] = [one.normalize('NFKC'), other.normalize('NFKC')];
  const [small, smallOther] = [a.toLowerCase(), b.toLowerCase()];
  if (list(small, NUMBERS) !== list(smallOther, NUMBERS)) return false;
  if ([...small.matchAll(NEGATIONS)].length !== [...smallOther.matchAll(NEGATIONS)].length) return false;
  if (list(small, SIDES) !== list(smallOther, SIDES)) return false;
  if (namesOf(a) !== namesOf(b)) return false;
  if (list(a, SYMBOLS) !== list(b, SYMBOLS)) return false;
  const [words, others] = [wordsOf(a), wordsOf(b)];
  const denied = (all: readonly string[]): number => all.filter((word) => DENYING.has(word)).length;
  if (denied(words) !== denied(others) || isSwapped(words, others)) return false;
  // The same words in another order: who did what to whom.
  return words.join(' ') === others.join(' ') || words.sort().join(' ') !== others.sort().join(' ');
}

/**
 * Whether two questions are word for word the same but for one place, and what stands there is something else, or stands in one of them alone:
 * `france` for `germany`, `unsafe` for `safe`, `on windows` for nothing. Another way to ask, such as `in what way` for `how`, is none.
 */
function isSwapped(words: readonly string[], others: readonly string[]): boolean {
  const least = Math.min(words.length, others.length);
  let start = 0;
  while (start < least && words[start] === others[start]) start++;
  let end = 0;
  while (end < least - start && words.at(-1 - end) === others.at(-1 - end)) end++;
  const [one, other] = [words.slice(start, words.length - end), others.slice(start, others.length - end)];
  const isGlue = (word: string): boolean => GLUE.has(word);
  if (one.every(isGlue) && other.every(isGlue)) return false;
  if (one.length <= 1 && other.length <= 1) return true;
  if (start + end === 0 || [...one, ...other].some((word) => ASKING.has(word))) return false;
  const things = (part: readonly string[]): string[] => part.filter((word) => !GLUE.has(word) && !LINKS.has(word));
  const named = new Set(things(one));
  return !things(other).some((word) => named.has(word));
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
