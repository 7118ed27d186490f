import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Config } from '../contract/config.ts';
import type { Sampling } from '../contract/entities/chat.ts';
import type { ModelFormat, ModelMessage, ModelTool, ModelToolChoice } from '../model/model.ts';

/** Everything that changes an answer, and nothing else: no ids, no times, no names of who asks. */
export interface CacheQuestion {
  /** A model id, `auto` or `local`. */
  readonly route: string;
  /** The policy that decides where the route leaves it open. */
  readonly policy: string;
  readonly policyVersion: number;
  /** Who may answer by the route, each with the place it is at: another model or server of the same name is another one. Absent = does not matter. */
  readonly models?: string;
  readonly messages: readonly ModelMessage[];
  readonly sampling: Sampling;
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  readonly oneCall?: boolean;
  readonly format?: ModelFormat;
  readonly stop?: readonly string[];
  readonly logprobs?: boolean;
  /** Language the answer is asked for apart from the messages; absent = none. */
  readonly locale?: string;
  /** Where it comes from, if the rules of the policy ask for that; absent = they do not. */
  readonly source?: string;
  readonly private: boolean;
}

/** Marks keys of private questions: refused by every cache. */
const PRIVATE = 'private-';

/** Sha-256 over the canonical form of the question, as 64 hexadecimal digits. */
export function exactKey(question: CacheQuestion): string {
  const digest = hash('sha256', canonicalJson(question), 'hex');
  return question.private ? PRIVATE + digest : digest;
}

/** Canonical forms up to so many UTF-16 units are told apart as they are, which takes less than hashing them. */
const MOST_PLAIN = 4096;

/** What tells questions in flight apart, and is never kept: one that is private has no mark. */
export function flightKey(question: CacheQuestion): string {
  const whole = canonicalJson(question);
  return whole.length <= MOST_PLAIN ? whole : hash('sha256', whole, 'hex');
}

export const isPrivateKey = (key: string): boolean => key.startsWith(PRIVATE);

export type CacheMode = Config['cache']['exact'];

/** Asked again, would the model say the same? Greedy or seeded sampling says so. */
export const isDeterministic = ({ temperature, topK, seed }: Sampling): boolean =>
  temperature === 0 || topK === 1 || seed !== undefined;

/** May this question be answered from the cache and its answer be kept there? Private ones never. */
export const mayCache = (question: Pick<CacheQuestion, 'private' | 'sampling'>, mode: CacheMode): boolean =>
  !question.private && (mode === 'always' || (mode === 'deterministic' && isDeterministic(question.sampling)));
