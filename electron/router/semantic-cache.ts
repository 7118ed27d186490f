import type { Clock } from '../base/clock.ts';
import type { CachedAnswer, SemanticRecords } from '../storage/store.ts';
import { isWhole } from './cache.ts';
import { exactKey, isPrivateKey } from './cache-key.ts';
import type { CacheQuestion } from './cache-key.ts';
import { EVALUATION } from './semantic/evaluation.ts';
import { sameAnswer, sameFacts } from './semantic/facts.ts';
import { leastThreshold, thresholdTable } from './semantic/threshold.ts';
import type { ThresholdRow } from './semantic/threshold.ts';

/** An answer to a question of the same meaning. */
export interface SemanticHit {
  readonly answer: CachedAnswer;
  readonly similarity: number;
  /** Ask anew all the same, without showing it, and tell `checked`: how often hits are wrong is measured while they are used. */
  readonly recheck: boolean;
}

/** Answers to questions of the same meaning, served only as far as measurement says that it is rarely wrong. */
export interface SemanticCache {
  /** null = nothing alike enough, off, private, or too little measured to serve anything. Never rejects. */
  find(question: CacheQuestion, signal: AbortSignal): Promise<SemanticHit | null>;
  /**
   * Keeps a whole answer. Where a like question was answered before, the two answers are compared: evidence that costs no call.
   * Never rejects.
   */
  put(question: CacheQuestion, answer: CachedAnswer, conversationId: string | null, signal: AbortSignal): Promise<void>;
  /** A rechecked hit: what was answered anew. */
  checked(hit: SemanticHit, anew: CachedAnswer): void;
  /** Measures the built-in pairs with this embedder, once. Never rejects. */
  measure(signal: AbortSignal): Promise<void>;
  /** The similarity needed now; null = nothing is served. With the table it follows from. */
  state(): { readonly threshold: number | null; readonly table: readonly ThresholdRow[] };
}

export interface SemanticCacheDeps {
  readonly records: SemanticRecords;
  /** Names the model that makes the vectors: those of another one mean nothing beside them. */
  readonly embedder: string;
  /** Vectors of unit length, one a text. */
  readonly embed: (texts: readonly string[], signal: AbortSignal) => Promise<readonly (readonly number[])[]>;
  readonly clock: Pick<Clock, 'now'>;
  readonly enabled: () => boolean;
  readonly ttlMs: () => number;
  /** Most wrong hits a person accepts, as a share of hits. */
  readonly maxWrongShare: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Share of hits that is asked anew. */
  readonly recheckShare?: number;
  readonly sameAnswer?: (one: string, other: string) => boolean;
  readonly onError?: (error: unknown) => void;
}

const RECHECK_SHARE = 0.1;
/** Pairs less alike than this are never hits: measuring them says nothing. */
const LEAST_MEASURED = 0.7;
const EVALUATION_BATCH = 64;

interface Asked {
  readonly fingerprint: string;
  readonly text: string;
}

/** Everything but the words of the last question, exactly; null = this question is not for this cache. */
function askedOf(question: CacheQuestion, embedder: string): Asked | null {
  const last = question.messages.at(-1);
  if (question.private || last?.role !== 'user' || last.images?.length || !/\S/.test(last.text)) return null;
  const messages = [...question.messages.slice(0, -1), { ...last, text: '' }];
  const key = exactKey({ ...question, messages });
  return isPrivateKey(key) ? null : { fingerprint: `${embedder} ${key}`, text: last.text };
}

const similarityOf = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  if (one.length !== other.length) return 0;
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
};

export function createSemanticCache(deps: SemanticCacheDeps): SemanticCache {
  const { records, embedder, clock } = deps;
  const same = deps.sameAnswer ?? sameAnswer;
  let evidence: readonly { readonly similarity: number; readonly wrong: boolean }[] | null = null;

  const seen = () => (evidence ??= records.evidence(embedder));
  const threshold = (): number | null => leastThreshold(seen(), deps.maxWrongShare());

  function learn(source: 'fixture' | 'shadow', pairs: readonly { similarity: number; wrong: boolean }[]): void {
    const worth = pairs.filter(({ similarity }) => similarity >= LEAST_MEASURED);
    if (worth.length === 0) return;
    records.addEvidence(
      embedder,
      worth.map((pair) => ({ ...pair, source })),
      clock.now(),
    );
    evidence = null;
  }

  async function vectorsOf(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    const vectors = await deps.embed(texts, signal);
    if (vectors.length !== texts.length) throw new Error('An embedding is missing.');
    return vectors;
  }

  /** The most alike of those that could be meant. */
  function nearest({ fingerprint, text }: Asked, vector: readonly number[]) {
    let best: { readonly answer: CachedAnswer; readonly similarity: number; readonly question: string } | null = null;
    for (const entry of records.alike(fingerprint, clock.now() - deps.ttlMs())) {
      if (!sameFacts(entry.question, text)) continue;
      const similarity = similarityOf(entry.vector, vector);
      if (!best || similarity > best.similarity) best = { answer: entry.answer, similarity, question: entry.question };
    }
    return best;
  }

  async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      deps.onError?.(error);
      return null;
    }
  }

  return {
    async find(question, signal) {
      const asked = deps.enabled() ? askedOf(question, embedder) : null;
      if (!asked) return null;
      return quietly(async () => {
        const least = threshold();
        if (least === null) return null;
        const [vector = []] = await vectorsOf([asked.text], signal);
        const best = nearest(asked, vector);
        if (!best || best.similarity < least) return null;
        const recheck = deps.random() < (deps.recheckShare ?? RECHECK_SHARE);
        return { answer: best.answer, similarity: best.similarity, recheck };
      });
    },
    async put(question, answer, conversationId, signal) {
      const asked = deps.enabled() ? askedOf(question, embedder) : null;
      if (!asked || answer.finish !== 'stop' || !isWhole(answer)) return;
      await quietly(async () => {
        const [vector = []] = await vectorsOf([asked.text], signal);
        // It may have been switched off, and emptied, meanwhile.
        if (!deps.enabled()) return;
        const best = nearest(asked, vector);
        // The same words again say nothing about other words.
        if (best && best.question !== asked.text)
          learn('shadow', [{ similarity: best.similarity, wrong: !same(best.answer.text, answer.text) }]);
        records.put(asked.fingerprint, asked.text, vector, answer, conversationId);
      });
    },
    checked({ answer, similarity }, anew) {
      try {
        learn('shadow', [{ similarity, wrong: !same(answer.text, anew.text) }]);
      } catch (error) {
        deps.onError?.(error);
      }
    },
    async measure(signal) {
      if (!deps.enabled()) return;
      await quietly(async () => {
        if (seen().length > 0) return;
        const pairs = EVALUATION.filter(({ one, other }) => sameFacts(one, other));
        const texts = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))];
        const vectors = new Map<string, readonly number[]>();
        for (let at = 0; at < texts.length; at += EVALUATION_BATCH) {
          const part = texts.slice(at, at + EVALUATION_BATCH);
          const made = await vectorsOf(part, signal);
          for (const [i, text] of part.entries()) vectors.set(text, made[i] ?? []);
        }
        const of = (text: string): readonly number[] => vectors.get(text) ?? [];
        learn(
          'fixture',
          pairs.map(({ one, other, same: isSame }) => ({
            similarity: similarityOf(of(one), of(other)),
            wrong: !isSame,
          })),
        );
      });
    },
    state: () => ({ threshold: threshold(), table: thresholdTable(seen()) }),
  };
}
