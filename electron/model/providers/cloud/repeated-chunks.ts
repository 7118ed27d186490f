import { field, list } from './json.ts';

/** Where the words of a chunk begin. */
const BEGINNING = /"content"\s*:\s*"/gu;
/** A word that stands for itself in JSON: anything else ends it or is written in another way (RFC 8259, 7). */
const SPECIAL = /["\\\p{Cc}]/u;

/**
 * Chunks of one answer in OpenAI's dialect are the same but for the words in them. Who has read one knows what surrounds the words of the next, and need not parse
 * it: with many streams at once parsing and walking them took a twentieth of a call.
 */
export interface RepeatedChunks {
  /** The words of a chunk that is like the one learned, and says nothing but them; null = it has to be parsed. */
  wordsIn(text: string): string | null;
  /** A chunk and what it was parsed to. */
  learn(text: string, chunk: unknown): void;
}

export function createRepeatedChunks(): RepeatedChunks {
  let before: string | null = null;
  let after = '';
  return {
    wordsIn(text) {
      if (before === null || text.length < before.length + after.length) return null;
      if (!text.startsWith(before) || !text.endsWith(after)) return null;
      const words = text.slice(before.length, text.length - after.length);
      // Within the quotes of a text that was learned nothing but its end and what is escaped can change its meaning.
      return SPECIAL.test(words) ? null : words;
    },
    learn(text, chunk) {
      const words = wordsAlone(chunk);
      if (words === null || SPECIAL.test(words)) return;
      const [found, ...others] = text.matchAll(BEGINNING);
      // Of two beginnings one is not what was read.
      if (found === undefined || others.length > 0) return;
      const at = found.index + found[0].length;
      // A backslash may hide another beginning.
      if (!text.startsWith(`${words}"`, at) || text.includes('\\')) return;
      before = text.slice(0, at);
      after = text.slice(at + words.length);
    },
  };
}

/** What a chunk says, if that is all that it says; null = there is more in it that is to be read. */
function wordsAlone(chunk: unknown): string | null {
  const choices = list(field(chunk, 'choices'));
  const [choice] = choices;
  const delta = field(choice, 'delta');
  const words = field(delta, 'content');
  if (choices.length !== 1 || typeof words !== 'string') return null;
  const isPlain =
    hasOnly(chunk, ['id', 'object', 'created', 'model', 'choices', 'system_fingerprint', 'service_tier', 'provider']) &&
    hasOnly(choice, ['index', 'delta']) &&
    hasOnly(delta, ['role', 'content']) &&
    (field(choice, 'index') ?? 0) === 0 &&
    field(chunk, 'object') !== 'error';
  return isPlain ? words : null;
}

/** Whether an object has no other fields than these, but for those that say nothing. */
function hasOnly(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([name, inner]) => inner === null || names.includes(name));
}
