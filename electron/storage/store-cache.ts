/** An answer that may be given again to the same question. */
export interface CachedAnswer {
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly argumentsText: string }[];
  readonly finish: 'stop' | 'tool_calls';
  /** What it thought aloud before; absent = nothing. */
  readonly reasoning?: string;
  /** The stop sequence it ended at, where the model's side said so. */
  readonly stopSequence?: string;
  readonly modelId: string;
  readonly modelName: string;
  /** What the model used when it wrote it. */
  readonly usage: {
    readonly tokensIn: number;
    readonly tokensCached: number;
    readonly tokensOut: number;
    /** Parts of them, as a model's usage has them; absent = none or unknown. */
    readonly tokensCacheWrite?: number;
    readonly tokensReasoning?: number;
  };
  /** What it cost then, in USD: what a hit saves. */
  readonly costUsd: number;
  /** Epoch ms. */
  readonly storedAt: number;
}

/** Answers kept for the same question. Key: 64 hexadecimal digits. Never holds anything of a private conversation. */
export interface ExactRecords {
  get(key: string): CachedAnswer | null;
  /** Replaces what was there; the oldest go. False = not kept: its conversation (null = none) is deleted or private by now. */
  put(key: string, answer: CachedAnswer, conversationId: string | null): boolean;
  /** Removes what was stored before `at`, epoch ms. Returns how many. */
  removeBefore(at: number): number;
  /** Removes what was made in this conversation. Returns how many. */
  removeOf(conversationId: string): number;
  clear(): void;
}

/** Answers kept for questions of the same meaning, and how often such answers were wrong. */
export interface SemanticRecords {
  /** Answers under this fingerprint stored since `since` (epoch ms), newest first, at most 500. */
  alike(
    fingerprint: string,
    since: number,
  ): { readonly question: string; readonly vector: Float32Array; readonly answer: CachedAnswer }[];
  /** One answer a question; `vector` of unit length. Kept as an exact one is. */
  put(
    fingerprint: string,
    question: string,
    vector: readonly number[],
    answer: CachedAnswer,
    conversationId: string | null,
  ): void;
  /** Removes what was stored before `at`, epoch ms. Returns how many. */
  removeBefore(at: number): number;
  /** Removes what was made in this conversation. Returns how many. */
  removeOf(conversationId: string): number;
  /** What was measured with this embedding model. */
  evidence(embedder: string): { readonly similarity: number; readonly wrong: boolean }[];
  addEvidence(
    embedder: string,
    seen: readonly { readonly similarity: number; readonly wrong: boolean; readonly source: 'fixture' | 'shadow' }[],
    at: number,
  ): void;
  /** Answers only; what was measured stays. */
  clear(): void;
}

export interface CacheRecords {
  readonly exact: ExactRecords;
  readonly semantic: SemanticRecords;
}
