import type { ModelEntry } from '../../contract/entities/model.ts';
import { MIN_REPLY_TOKENS } from '../../router/index.ts';

/** Estimates of a prompt may be a quarter too low (code, JSON). */
const MISCOUNT = 0.25;
/** They may as well be too high (English by a sixth), so that no more than this share of what seems to be left is given up for it. */
const MOST_GIVEN_UP = 0.5;
/** What Anthropic's library asks for where nobody said how long an answer may be, for a model it knows nothing of. */
const UNASKED_TOKENS = 4096;
/** After a server found prompt and answer together too long, this share of the answer is asked for. */
const REPLY_SHARE = 0.25;

/** Tokens of the window that the history leaves for the answer, at least. */
export const replyReserve = (contextTokens: number, maxTokens: number | undefined): number =>
  Math.min(maxTokens ?? contextTokens / 4, Math.min(1024, contextTokens / 2));

/** What is known of one request when its answer's length is settled. */
export interface ReplyInput {
  readonly model: ModelEntry;
  /** Window, as far as it is known now. */
  readonly contextTokens: number;
  /** Estimate of all that is sent. */
  readonly promptTokens: number;
  /** Longest answer that was asked for; undefined = none was named. */
  readonly asked: number | undefined;
}

/**
 * How long the answer may be, in tokens. Servers that add prompt and longest answer up (Anthropic, vLLM, TGI, Together) refuse what
 * is more than the window, and no shorter history helps when the answer is what fills it: clients name one length for every model.
 * `maxTokens` = what is asked for, `roomTokens` = what is left where none was named but one has to be; undefined = nothing is to be
 * said. The engine of this app just ends at the end of its context.
 */
export function replyRoom({ model, contextTokens, promptTokens, asked }: ReplyInput): {
  readonly maxTokens: number | undefined;
  readonly roomTokens: number | undefined;
} {
  if (model.kind === 'local') return { maxTokens: asked, roomTokens: undefined };
  const free = contextTokens - promptTokens;
  const sure = free - Math.min(promptTokens * MISCOUNT, free * MOST_GIVEN_UP);
  const left = Math.floor(Math.max(sure, replyReserve(contextTokens, asked)));
  if (asked !== undefined)
    return { maxTokens: Math.min(asked, model.maxOutputTokens ?? Infinity, left), roomTokens: undefined };
  return {
    maxTokens: undefined,
    roomTokens: left < (model.maxOutputTokens ?? UNASKED_TOKENS) ? left : undefined,
  };
}

/** A shorter answer to ask for after the model found the request too long; null = the prompt is what has to be shorter. */
export const shorterReply = (
  { kind }: Pick<ModelEntry, 'kind'>,
  maxTokens: number | undefined,
  promptTokens: number,
): number | null =>
  kind === 'cloud' && maxTokens !== undefined && maxTokens > promptTokens && maxTokens > MIN_REPLY_TOKENS
    ? Math.max(MIN_REPLY_TOKENS, Math.floor(maxTokens * REPLY_SHARE))
    : null;
