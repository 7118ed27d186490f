import { hideSecrets } from '../base/hide-secrets.ts';
import type { Clock } from '../base/clock.ts';
import type { CachedAnswer, ExactRecords } from '../storage/store.ts';
import { isPrivateKey } from './cache-key.ts';
import { isRefusal } from './checks/refusal.ts';

export type { CachedAnswer } from '../storage/store.ts';
export { exactKey, flightKey, mayCache } from './cache-key.ts';
export type { CacheMode, CacheQuestion } from './cache-key.ts';
/** Where answers outlive the process. */
export type CacheStore = ExactRecords;

/**
 * Answers to questions that were asked before, exactly. A key of a private question is never looked up and never stored.
 * A cache that cannot read or write answers nothing and is no reason for a turn to fail.
 */
export interface AnswerCache {
  /** null = not there, or older than the time to live. */
  get(key: string): CachedAnswer | null;
  /** Whole answers only: anything else, answers without text or calls, and those that decline are left out. */
  put(key: string, answer: CachedAnswer, conversationId: string | null): void;
  /** Nothing made in this conversation is given again: it was deleted, or became private. */
  forget(conversationId: string): void;
  clear(): void;
}

export interface AnswerCacheDeps {
  /** null = this run's memory only. */
  readonly store: CacheStore | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly ttlMs: () => number;
  /** Reading or writing failed; the turn goes on without the cache. */
  readonly onError?: (error: unknown) => void;
  /** Answers held in memory in front of the records. */
  readonly mostHeld?: number;
}

const MOST_HELD = 500;
/** Characters of an answer past which it is not held in memory, and past which it is not kept at all. */
const MOST_HELD_CHARS = 64 * 1024;
const MOST_KEPT_CHARS = 1024 * 1024;

export function createAnswerCache(deps: AnswerCacheDeps): AnswerCache {
  const { store, clock, ttlMs, mostHeld = MOST_HELD } = deps;
  // In order of use, oldest first.
  const held = new Map<string, CachedAnswer>();

  const fresh = ({ storedAt }: CachedAnswer): boolean => Math.abs(clock.now() - storedAt) < ttlMs();

  function hold(key: string, answer: CachedAnswer): void {
    held.delete(key);
    if (sizeOf(answer) > MOST_HELD_CHARS) return;
    held.set(key, answer);
    if (held.size <= mostHeld) return;
    for (const oldest of held.keys()) {
      held.delete(oldest);
      break;
    }
  }

  function tryTo<T>(work: (store: CacheStore) => T): T | null {
    try {
      return store && work(store);
    } catch (error) {
      deps.onError?.(error);
      return null;
    }
  }

  return {
    get(key) {
      if (isPrivateKey(key)) return null;
      const answer = held.get(key) ?? tryTo((records) => records.get(key));
      if (!answer || !fresh(answer)) return null;
      hold(key, answer);
      return answer;
    },
    put(key, answer, conversationId) {
      if (isPrivateKey(key) || !isWhole(answer) || sizeOf(answer) > MOST_KEPT_CHARS) return;
      // A key that a model repeated is written nowhere.
      if (wordsOf(answer).some((words) => hideSecrets(words) !== words)) return;
      if (tryTo((records) => records.put(key, answer, conversationId)) !== false) hold(key, answer);
    },
    forget(conversationId) {
      // What is held in front of the records does not say whose it is; it is read again.
      held.clear();
      tryTo((records) => records.removeOf(conversationId));
    },
    clear() {
      held.clear();
      tryTo((records) => {
        records.clear();
      });
    },
  };
}

const wordsOf = ({ text, reasoning = '', toolCalls }: CachedAnswer): readonly string[] => [
  text,
  reasoning,
  ...toolCalls.map(({ argumentsText }) => argumentsText),
];

const sizeOf = ({ text, toolCalls, reasoning = '' }: CachedAnswer): number =>
  toolCalls.reduce((sum, { id, name, argumentsText }) => sum + id.length + name.length + argumentsText.length, 0) +
  text.length +
  reasoning.length;

/** Whether an answer is worth giving again: one that ended by itself, has something in it and does not decline. */
export const isWhole = ({ text, toolCalls, finish }: CachedAnswer): boolean =>
  (finish === 'stop' && /\S/.test(text) && !isRefusal(text)) || (finish === 'tool_calls' && toolCalls.length > 0);
