import { field, list } from './json.ts';

/** Where the words of a chunk begin. */
const BEGINNING = /"content"\s*:\s*"/gu;
/** A word that stands for itself in JSON: anything else ends it or is written in another way (RFC 8259, 7). */
const SPECIAL = /["\\\p{Cc}]/u;

/** How an event with one line of data stands in a stream (WHATWG HTML, server-sent events). */
const EVENT = { begins: 'data: ', ends: '\n\n' };

/**
 * Chunks of one answer in OpenAI's dialect are the same but for the words in them. Who has read one knows what surrounds the words of the next, and need
 * neither parse nor walk it: with many streams at once that took a tenth of a call.
 */
export interface RepeatedChunks {
  /**
   * Says the words of events that are like the one learned, as long as one follows the other. `at` = where an event begins. Returns where the first begins that
   * has to be read in full, or the end.
   */
  skim(text: string, at: number, onWords: (words: string) => void): number;
  /** The data of an event, and what it was parsed to. */
  learn(data: string, chunk: unknown): void;
}

export function createRepeatedChunks(): RepeatedChunks {
  let before: string | null = null;
  let after = '';
  return {
    skim(text, at, onWords) {
      if (before === null) return at;
      while (text.startsWith(before, at)) {
        const from = at + before.length;
        const to = text.indexOf('"', from);
        if (to === -1 || !text.startsWith(after, to)) break;
        const words = text.slice(from, to);
        // Within the quotes of a text nothing but its end and what is escaped can change the meaning.
        if (SPECIAL.test(words)) break;
        onWords(words);
        at = to + after.length;
      }
      return at;
    },
    learn(data, chunk) {
      const words = wordsAlone(chunk);
      if (words === null || SPECIAL.test(words)) return;
      const [found, ...others] = data.matchAll(BEGINNING);
      // Of two beginnings one is not what was read.
      if (found === undefined || others.length > 0) return;
      const at = found.index + found[0].length;
      // A backslash may hide another beginning, and a line another line.
      if (!data.startsWith(`${words}"`, at) || /[\\\n]/u.test(data)) return;
      before = EVENT.begins + data.slice(0, at);
      after = data.slice(at + words.length) + EVENT.ends;
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
