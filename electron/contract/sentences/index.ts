import { APP_SENTENCES } from './app.ts';
import { DIAGNOSIS_SENTENCES } from './diagnosis.ts';
import { FAULT_SENTENCES, PROVIDER_SENTENCES } from './faults.ts';
import { MODEL_SENTENCES } from './models.ts';
import { REASON_SENTENCES } from './reasons.ts';
import { ROUTING_SENTENCES } from './routing.ts';

type Prefixed<Prefix extends string, T> = { readonly [K in keyof T & string as `${Prefix}.${K}`]: T[K] };
const prefixed = <const Prefix extends string, T extends Readonly<Record<string, string>>>(
  prefix: Prefix,
  table: T,
): Prefixed<Prefix, T> =>
  Object.fromEntries(Object.entries(table).map(([code, words]) => [`${prefix}.${code}`, words])) as Prefixed<Prefix, T>;

/**
 * Every sentence of the core that a person reads in the window, by its code. Traces and replies keep the English words, as the command line, the
 * API and exports need them; a window in another language knows a sentence by its template here and says it in its own.
 */
export const SENTENCES = {
  ...prefixed('reason', REASON_SENTENCES),
  ...prefixed('provider', PROVIDER_SENTENCES),
  ...prefixed('fault', FAULT_SENTENCES),
  ...prefixed('said', ROUTING_SENTENCES),
  ...prefixed('app', APP_SENTENCES),
  ...prefixed('diagnosis', DIAGNOSIS_SENTENCES),
  ...prefixed('model', MODEL_SENTENCES),
} as const;
export type SentenceCode = keyof typeof SENTENCES;

const MOST_TEMPLATES = 1000;
/** Words and names of slots in turn, words first. Templates are few, and every decision says some. */
const pieces = new Map<string, readonly string[]>();
function piecesOf(template: string): readonly string[] {
  const known = pieces.get(template);
  if (known) return known;
  // Some templates have a figure of their own in them.
  if (pieces.size >= MOST_TEMPLATES) pieces.clear();
  const made = template.split(/\{(\w+)\}/u);
  pieces.set(template, made);
  return made;
}

/** The words of a template with its slots filled; a slot that is not given stays empty. */
export function fill(template: string, slots: Readonly<Record<string, string | number>>): string {
  if (!template.includes('{')) return template;
  let words = '';
  for (const [at, piece] of piecesOf(template).entries()) words += at % 2 === 0 ? piece : String(slots[piece] ?? '');
  return words;
}

/** The English sentence of a code. */
export const say = (code: SentenceCode, slots: Readonly<Record<string, string | number>> = {}): string =>
  fill(SENTENCES[code], slots);
