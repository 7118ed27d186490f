/** Characters of a text that are looked at closely; beyond, its head, middle and tail stand for it. */
export const MOST_SAMPLED_CHARS = 4000;

const HEAD = 2000;
const MIDDLE = 500;
const TAIL = 1500;

/** The text, or head, middle and tail of a long one: what is asked stands mostly at its begin or its end. */
export function sampleText(text: string): string {
  if (text.length <= MOST_SAMPLED_CHARS) return text;
  const middle = Math.floor((text.length - MIDDLE) / 2);
  return `${text.slice(0, HEAD)}\n${text.slice(middle, middle + MIDDLE)}\n${text.slice(-TAIL)}`;
}
