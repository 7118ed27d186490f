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

/** The words of a template with its slots filled; a slot that is not given stays empty. */
export const fill = (template: string, slots: Readonly<Record<string, string | number>>): string =>
  // Most have none, and looking for one takes ten times as long.
  !template.includes('{')
    ? template
    : template.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(slots[name] ?? ''));

/** The English sentence of a code. */
export const say = (code: SentenceCode, slots: Readonly<Record<string, string | number>> = {}): string =>
  fill(SENTENCES[code], slots);
