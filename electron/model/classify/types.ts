import type { Fault, FaultCode, FaultOrigin } from '../../contract/faults.ts';

/** When an answer went wrong: before any token, after the first, in the closing message, or in the engine's own process. */
export type AnswerPhase = 'pre' | 'stream' | 'finish' | 'process';

/** What a provider (or the way to it) answered, as far as it got. */
export interface ProviderAnswer {
  /** Kind or name of the provider: `openai`, `anthropic`, `google`, `azure`, `mistral`, `groq`, `llama.cpp` …; any string. */
  readonly provider: string;
  /** What the person calls it, for sentences; absent = what classification knows it by. */
  readonly label?: string | undefined;
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

/**
 * What an answer is: a fault; `not_an_error` = a comment, a notice or an ordinary end; `degraded_ok` = the answer counts, but
 * a safeguard of the provider was not at work, which the reply should say.
 */
export type Verdict = FaultCode | 'not_an_error' | 'degraded_ok';

/** An answer as the rules saw it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly origin: FaultOrigin;
  /** Whether trying again, now, later or after a change, can help. */
  readonly recoverable: boolean;
  /** Where the rule comes from: a document, an SDK, an issue; for the trace. */
  readonly source: string;
  /** null unless `verdict` is a fault. */
  readonly fault: Fault | null;
}
