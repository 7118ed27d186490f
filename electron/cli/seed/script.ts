import type { FeedbackReason, SeedModelKey } from './cast.ts';

/** One question with its answers. A second answer is a branch beside the first. */
export interface SeedTurn {
  readonly ask: string;
  readonly answers: readonly SeedAnswer[];
  /** An earlier wording of the question, kept as a branch. */
  readonly earlierAsk?: string;
}

export interface SeedAnswer {
  readonly text: string;
  readonly model?: SeedModelKey;
  readonly end?: 'stopped' | 'partial' | 'failed' | 'length';
  /** Why it is not the first choice. */
  readonly degraded?: string;
  readonly fault?:
    'local_crash' | 'no_candidate' | 'context_length' | 'model_file_corrupt' | 'overloaded' | 'rate_limit';
  readonly rating?: 'up' | 'down';
  readonly reason?: FeedbackReason;
  readonly note?: string;
  readonly cached?: boolean;
}

export interface SeedConversation {
  readonly title: string;
  readonly daysAgo: number;
  /** Hour of the day with a fraction, local time. */
  readonly hour: number;
  readonly pinned?: boolean;
  readonly folder?: string;
  readonly private?: boolean;
  readonly prompt?: string;
  readonly promptVersion?: number;
  readonly systemPrompt?: string;
  readonly route?: SeedModelKey | 'local';
  readonly turns: readonly SeedTurn[];
}

/** A question with one plain answer. */
export const say = (ask: string, text: string, extra: Omit<SeedAnswer, 'text'> = {}): SeedTurn => ({
  ask,
  answers: [{ text, ...extra }],
});
