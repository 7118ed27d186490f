import type { FaultOrigin } from '../../contract/faults.ts';
import type { Facts } from './facts.ts';
import type { ProviderName } from './provider-name.ts';
import type { AnswerPhase, Verdict } from './types.ts';

/** One row of a table: all that is stated must hold, and the first row that fits decides. */
export interface Rule {
  readonly is: Verdict;
  /** Who it is about, when it is another than the fault table says. */
  readonly origin?: FaultOrigin;
  readonly recoverable?: boolean;
  /** Only answers of these providers. */
  readonly of?: readonly ProviderName[];
  /** Only servers a person or team runs, whatever their name. */
  readonly ownServer?: true;
  readonly phase?: readonly AnswerPhase[];
  readonly status?: readonly number[];
  /** Not with these statuses: the words mean something else there. */
  readonly notStatus?: readonly number[];
  /** A typed code, type, reason or exception name, in lower case; one is enough. */
  readonly id?: readonly string[];
  /** A reason to end, in lower case; one is enough. */
  readonly finish?: readonly string[];
  /** A field that is there. */
  readonly key?: readonly string[];
  /** Code of a socket or parser. */
  readonly code?: readonly string[];
  /** Words, in lower case. */
  readonly text?: RegExp;
  /** Only when nothing was said. */
  readonly empty?: true;
  /** What to tell a person instead of the code's usual sentence; `{name}` = the provider. */
  readonly say?: string;
  /** A document, an SDK or an issue this is known from. */
  readonly source: string;
}

const some = (wanted: readonly string[] | undefined, among: ReadonlySet<string>): boolean =>
  wanted === undefined || wanted.some((item) => among.has(item));

/** Whether everything the row states is true of the answer. */
export const fits = (rule: Rule, facts: Facts): boolean =>
  (rule.of === undefined || rule.of.includes(facts.provider.name)) &&
  (rule.ownServer === undefined || !facts.provider.cloud || facts.phase === 'process') &&
  (rule.phase === undefined || rule.phase.includes(facts.phase)) &&
  (rule.status === undefined || (facts.status !== null && rule.status.includes(facts.status))) &&
  (rule.notStatus === undefined || facts.status === null || !rule.notStatus.includes(facts.status)) &&
  some(rule.id, facts.ids) &&
  some(rule.finish, facts.finishes) &&
  some(rule.key, facts.keys) &&
  some(rule.code, facts.codes) &&
  (rule.empty === undefined || facts.isEmpty) &&
  (rule.text === undefined || rule.text.test(facts.text));

/** A table with one source for all its rows. */
export const rules = (source: string, rows: readonly Omit<Rule, 'source'>[]): readonly Rule[] =>
  rows.map((row) => ({ ...row, source }));
