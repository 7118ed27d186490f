import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';

/** One stretch of decode: tokens after the first, and how long they took. */
export interface DecodeRun {
  readonly tokens: number;
  readonly ms: number;
}

/** node-llama-cpp as its manual shows it, with a thread count of choice; null = its default. */
export async function openDirect(modelPath: string, threads: number | null, contextTokens: number) {
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: contextTokens, ...(threads === null ? {} : { threads }) });
  const sequence = context.getSequence();
  return {
    model,
    threads: context.idealThreads,
    /** Decodes up to `most` tokens after a prompt on a cleared sequence, until the model ends or time is up. */
    async decode(prompt: readonly Token[], most: number, limitMs = Number.POSITIVE_INFINITY): Promise<DecodeRun> {
      await sequence.clearHistory();
      let tokens = -1;
      let firstAt = 0;
      for await (const token of sequence.evaluate([...prompt], { temperature: 0 })) {
        void token;
        if (++tokens === 0) firstAt = performance.now();
        if (tokens >= most || (tokens > 0 && performance.now() - firstAt > limitMs)) break;
      }
      return { tokens: Math.max(tokens, 0), ms: performance.now() - firstAt };
    },
    /** Goes on from what the sequence holds; ms to the first token, then `more` tokens follow. */
    async firstToken(delta: readonly Token[], more: number): Promise<number> {
      return firstTokenOf(sequence, delta, more);
    },
    async fill(tokens: readonly Token[]): Promise<void> {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens([...tokens]);
    },
    async dispose(): Promise<void> {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

async function firstTokenOf(sequence: LlamaContextSequence, delta: readonly Token[], more: number): Promise<number> {
  const startedAt = performance.now();
  let firstMs = 0;
  let tokens = 0;
  for await (const token of sequence.evaluate([...delta], { temperature: 0, yieldEogToken: true })) {
    void token;
    if (tokens++ === 0) firstMs = performance.now() - startedAt;
    if (tokens > more) break;
  }
  return firstMs;
}

export const wordTokens = (model: LlamaModel, count: number): Token[] => {
  const some = model.tokenize('rain falls on the roof and the river runs to the sea ');
  return Array.from({ length: count }, (_, i) => some[i % some.length] ?? (0 as Token));
};
