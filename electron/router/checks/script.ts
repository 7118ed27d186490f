import { say } from '../../contract/sentences/index.ts';
import type { ModelMessage } from '../../model/model.ts';

/** Scripts a reply can be in, each with the name a person knows it by (Unicode Standard Annex 24). */
const SCRIPTS: readonly (readonly [name: string, letters: RegExp])[] = [
  ['Chinese or Japanese characters', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['Korean letters', /\p{Script=Hangul}/gu],
  ['Cyrillic letters', /\p{Script=Cyrillic}/gu],
  ['Arabic letters', /\p{Script=Arabic}/gu],
  ['Hebrew letters', /\p{Script=Hebrew}/gu],
  ['Greek letters', /\p{Script=Greek}/gu],
  ['Thai letters', /\p{Script=Thai}/gu],
  ['Devanagari letters', /\p{Script=Devanagari}/gu],
  ['Bengali letters', /\p{Script=Bengali}/gu],
  ['Tamil letters', /\p{Script=Tamil}/gu],
  ['Telugu letters', /\p{Script=Telugu}/gu],
  ['Georgian letters', /\p{Script=Georgian}/gu],
  ['Armenian letters', /\p{Script=Armenian}/gu],
  ['Ethiopic letters', /\p{Script=Ethiopic}/gu],
];

/** Fewer letters than this prove nothing: a name, a proverb, a formula. */
const LEAST_LETTERS = 40;
/** Share of all letters that must be in one script nobody here used. */
const WRONG_SHARE = 0.7;
/** So many strange scripts, each with so many letters, are the noise of a broken model and no language at all. */
const SALAD_SCRIPTS = 3;
const SALAD_LETTERS = 8;
/** Bytes that were no text: replacement characters among the rest. */
const LEAST_BROKEN = 20;
const BROKEN_SHARE = 0.1;
/** What is read of a long text: its end, where a model that broke is broken. In UTF-16 units. */
const LOOKED_AT = 4000;
/** A growing text is looked at once per this many new units. */
const STEP_CHARS = 512;

/**
 * Beginnings of words with which people ask for another language or script, in languages people here write. Whoever says one may get any
 * script: a wrong answer that is missed costs a regenerate, a right one that is stopped costs trust.
 */
const ASKS_FOR_SCRIPT = new RegExp(
  `(?<!\\p{L})(?:${[
    'translat|transliterat|romani[sz]|language|multilingual|alphabet|unicode|emoji|in the original|native|lyrics|scripture|prayer|mantra|sutra|torah|qur|kor[ae]n',
    'kanji|hanzi|kana|hiragana|katakana|hangul|pinyin|chin[ae]|chin[oe]s|mandarin|cantonese|japan|japon|corea|russ|ukrain|bulgar|serb|macedon|belarus|kazakh|mongol|arab|persi|farsi|urdu|pashto|hebrew|yiddish|aramaic|greek|greece|ancient|coptic|thai|hindi|sanskrit|marathi|nepal|bengal|bangla|tamil|telugu|gujarat|punjab|georgia|armeni|amharic|ethiop|tigrin|cyrill|slav|devanagari|india',
    'übersetz|sprache|schrift|griech|hebrä|kyrill|georgi|tradu|tradui|langue|idiom|lengua|lingu|cinese|giappon|ruso|árabe|grec|grieg|hébr|hebreo|ebraic|vertaal|taal|översätt|språk|oversett|przetłum|język|çevir|terjemah|bahasa|dịch',
  ].join('|')})`,
  'iu',
);

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Judges in what script the next reply of a conversation is written. */
export interface ScriptCheck {
  /** What is wrong with a text, one sentence; null = nothing that is certain. */
  problem(text: string): string | null;
  /** The same for a text that grows, by what is added to it: costs next to nothing between checks, however long the text. */
  watch(added: string): string | null;
}

/**
 * Notices an answer in a script that nobody in the conversation uses or asked for, a mix of scripts that no language has, and bytes that
 * are no text: what a broken or badly quantised model writes. Latin letters are never wrong, since code, names and formulas are written in
 * them. What is short, what follows an image, and what may have been asked for is left alone.
 */
export function createScriptCheck(messages: readonly ModelMessage[]): ScriptCheck {
  /** The end of a growing text, and how much of it is new since the last look. */
  let end = '';
  let unchecked = 0;
  let asked: boolean | null = null;
  const strange = new Map<RegExp, boolean>();
  /** Looked up when a script turns up: most answers need none of it. */
  const isStrange = (letters: RegExp): boolean => {
    const known = strange.get(letters);
    if (known !== undefined) return known;
    const made = !messages.some(({ text }) => text.search(letters) >= 0);
    strange.set(letters, made);
    return made;
  };
  const mayBeAnything = (): boolean =>
    (asked ??= messages.some(({ text, images }) => (images?.length ?? 0) > 0 || ASKS_FOR_SCRIPT.test(text)));

  const problem = (whole: string): string | null => {
    const text = whole.slice(-LOOKED_AT);
    const broken = count(text, /\ufffd/gu);
    if (broken >= LEAST_BROKEN && broken >= BROKEN_SHARE * text.length) return say('said.check.broken_characters');
    // Nothing but Latin letters and signs, as in most answers.
    if (!/[\u0370-\ud7ff\uf900-\ufaff]/u.test(text)) return null;
    const letters = count(text, /\p{L}/gu);
    if (letters < LEAST_LETTERS) return null;
    const found = SCRIPTS.map(([name, script]) => ({ name, script, many: count(text, script) }))
      .filter(({ many, script }) => many >= SALAD_LETTERS && isStrange(script))
      .toSorted((a, b) => b.many - a.many);
    const [most] = found;
    if (!most || mayBeAnything()) return null;
    if (found.length >= SALAD_SCRIPTS) return say('said.check.mixed_scripts');
    if (most.many < WRONG_SHARE * letters) return null;
    return say('said.check.other_script', { script: most.name });
  };

  return {
    problem,
    watch(added) {
      end += added;
      unchecked += added.length;
      if (unchecked < STEP_CHARS) return null;
      unchecked = 0;
      end = end.slice(-LOOKED_AT);
      return problem(end);
    },
  };
}
