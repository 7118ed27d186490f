/** Places looked at to tell which scripts a long text is written in: the cost is bounded, whatever the length. */
const PROBES = 2048;
/** Letters of alphabets that make one token, about. Characters past Latin and its accents are about a token each. */
const LETTERS_A_TOKEN = 4;
const LAST_LETTER = 0x2ff;

/**
 * Tokens of a text, guessed: four letters a token for alphabets, one a character for ideographs, kana, Hangul and symbols. Exact by
 * that rule up to 2,048 characters, probed evenly beyond.
 */
export function guessTokens(text: string): number {
  const step = Math.max(1, Math.floor(text.length / PROBES));
  let looked = 0;
  let wide = 0;
  for (let at = 0; at < text.length; at += step) {
    looked++;
    if (text.charCodeAt(at) > LAST_LETTER) wide++;
  }
  const others = looked === 0 ? 0 : (wide / looked) * text.length;
  return Math.ceil((text.length - others) / LETTERS_A_TOKEN + others);
}

/** Text that is whole within so many ms came in one piece: no model writes so fast, and its speed cannot be told. */
const LEAST_WRITING_MS = 10;

/** Tokens a second after the first one, from how long those took in ms; null = it cannot be told. */
export const writingSpeed = (tokens: number, ms: number): number | null =>
  tokens < 2 || ms < LEAST_WRITING_MS ? null : ((tokens - 1) / ms) * 1000;
