import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Sampling } from '../contract/entities/chat.ts';
import type {
  ModelFinish,
  ModelFormat,
  ModelMessage,
  ModelTool,
  ModelToolCall,
  ModelToolChoice,
  ModelUsage,
} from '../model/model.ts';

/** Everything that changes an answer. What is not here must not change it. */
export interface CacheQuestion {
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly policy: string;
  readonly policyVersion: number;
  readonly private: boolean;
  readonly messages: readonly ModelMessage[];
  readonly sampling: Sampling;
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  readonly format?: ModelFormat;
  readonly stop?: readonly string[];
}

/** An answer that was whole. */
export interface CachedAnswer {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  readonly finish: Extract<ModelFinish, 'stop' | 'tool_calls'>;
  readonly modelId: string;
  readonly modelName: string;
  readonly usage: ModelUsage;
  /** What it cost when it was made: what a hit saves. */
  readonly costUsd: number;
  /** Epoch ms. */
  readonly storedAt: number;
}

/** Where answers outlive the process. `get` must refuse what it cannot read. */
export interface CacheStore {
  get(key: string): CachedAnswer | null;
  put(key: string, answer: CachedAnswer, expiresAt: number): void;
  clear(): void;
}

export type CacheMode = 'off' | 'deterministic' | 'always';

export interface AnswerCache {
  get(key: string): CachedAnswer | null;
  put(key: string, answer: CachedAnswer): void;
  clear(): void;
}

/** JSON with sorted keys and without what is absent, so that equal questions read equally. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Key of a question: SHA-256 of its canonical JSON, so that the store holds no prompt as a key. */
export const exactKey = (question: CacheQuestion): string =>
  createHash('sha256').update(canonical(question)).digest('base64url');

/** Asked again, would the model say the same? Greedy or seeded sampling says so. */
export const isDeterministic = ({ temperature, topK, seed }: Sampling): boolean =>
  temperature === 0 || topK === 1 || seed !== undefined;

/** May this question be answered from the cache and its answer be kept there? Private ones never. */
export const mayCache = (question: CacheQuestion, mode: CacheMode): boolean =>
  !question.private && (mode === 'always' || (mode === 'deterministic' && isDeterministic(question.sampling)));

const MOST_IN_MEMORY = 500;
/** Longest answer worth keeping, in characters. */
const MOST_CHARS = 200_000;

/** Recent answers in memory, in front of those on disk. */
export function createAnswerCache(deps: {
  readonly store: CacheStore | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly ttlMs: () => number;
}): AnswerCache {
  const recent = new Map<string, CachedAnswer>();
  const keep = (key: string, answer: CachedAnswer) => {
    recent.delete(key);
    recent.set(key, answer);
    const oldest = recent.size > MOST_IN_MEMORY ? recent.keys().next().value : undefined;
    if (oldest !== undefined) recent.delete(oldest);
  };
  const fresh = (answer: CachedAnswer): boolean => {
    const age = deps.clock.now() - answer.storedAt;
    return age >= 0 && age < deps.ttlMs();
  };

  return {
    get(key) {
      const known = recent.get(key) ?? deps.store?.get(key) ?? null;
      if (!known) return null;
      if (!fresh(known)) {
        recent.delete(key);
        return null;
      }
      keep(key, known);
      return known;
    },
    put(key, answer) {
      if (answer.text.length > MOST_CHARS) return;
      keep(key, answer);
      deps.store?.put(key, answer, answer.storedAt + deps.ttlMs());
    },
    clear() {
      recent.clear();
      deps.store?.clear();
    },
  };
}
