import { hideSecrets } from '../../base/hide-secrets.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { CachedAnswer, CacheQuestion, SemanticCache, SemanticHit } from '../../router/index.ts';

/** Whether a model may be given the words of a question to make vectors of. */
export type MayEmbed = (embedder: ModelEntry) => boolean;

/** Semantic caches by the model that makes their vectors: vectors of two models mean nothing beside each other. */
export interface SemanticDoor {
  find(question: CacheQuestion, mayEmbed: MayEmbed, signal: AbortSignal): Promise<SemanticHit | null>;
  put(question: CacheQuestion, answer: CachedAnswer, conversationId: string | null, mayEmbed: MayEmbed): void;
}

/** Never asked to embed for longer than this, in ms: waiting longer than an answer takes saves nothing. */
const FIND_MS = 1500;

/** The cache of the embedder there is now. null from `cacheOf` = the person has it off, or nobody that may makes vectors. */
export function createSemanticDoor(cacheOf: (mayEmbed: MayEmbed) => SemanticCache | null): SemanticDoor {
  const measured = new WeakSet<SemanticCache>();
  return {
    async find(question, mayEmbed, signal) {
      const cache = question.private ? null : cacheOf(mayEmbed);
      if (!cache) return null;
      if (!measured.has(cache)) {
        measured.add(cache);
        // In the background: until it is done nothing is served.
        void cache.measure(new AbortController().signal);
      }
      return cache.find(question, AbortSignal.any([signal, AbortSignal.timeout(FIND_MS)]));
    },
    put(question, answer, conversationId, mayEmbed) {
      const cache = question.private ? null : cacheOf(mayEmbed);
      if (!cache) return;
      const words = `${question.messages.at(-1)?.text ?? ''}\n${answer.reasoning ?? ''}\n${answer.text}`;
      if (hideSecrets(words) === words) void cache.put(question, answer, conversationId, AbortSignal.timeout(30_000));
    },
  };
}
