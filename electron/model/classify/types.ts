import type { Fault } from '../../contract/faults.ts';

/** When an answer went wrong: before any token, after the first, in the closing message, or in the engine's own process. */
export type AnswerPhase = 'pre' | 'stream' | 'finish' | 'process';

/** What a provider (or the way to it) answered, as far as it got. */
export interface ProviderAnswer {
  /** Kind or name of the provider: `openai`, `anthropic`, `google`, `azure`, `mistral`, `groq`, `llama.cpp` …; any string. */
  readonly provider: string;
  readonly phase: AnswerPhase;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else the text, else null. */
  readonly body: unknown;
  /** What was thrown on the way: a socket's error, a parser's. */
  readonly error?: unknown;
}

/** Turns an answer into a fault of our table. Pure. null = it is no fault at all (a comment, a notice). */
export type Classify = (answer: ProviderAnswer, now: number) => Fault | null;
