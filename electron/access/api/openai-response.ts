import type { CompleteEvent } from '../../orchestration/complete/complete.ts';
import { CLOSING, errorBody, faultToError } from './errors.ts';
import { SSE_DONE, sseJson } from './sse.ts';

type End = Extract<CompleteEvent, { kind: 'end' }>;

/** What every part of one answer repeats. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
}

const finishReason = (finish: End['finish']): 'stop' | 'length' => (finish === 'length' ? 'length' : 'stop');

const usageOf = (end: End) => ({
  prompt_tokens: end.tokensIn,
  completion_tokens: end.tokensOut,
  total_tokens: end.tokensIn + end.tokensOut,
  prompt_tokens_details: { cached_tokens: end.tokensCached },
});

/** A whole answer (https://platform.openai.com/docs/api-reference/chat/object). */
export const completionBody = (head: AnswerHead, text: string, end: End) => ({
  id: head.id,
  object: 'chat.completion',
  created: head.created,
  model: head.model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: finishReason(end.finish),
    },
  ],
  usage: usageOf(end),
});

/** The events of a streamed answer (https://platform.openai.com/docs/api-reference/chat-streaming). */
export async function* completionChunks(
  head: AnswerHead,
  events: AsyncIterable<CompleteEvent>,
  includeUsage: boolean,
): AsyncGenerator<string> {
  const chunk = (delta: object, finish: string | null): string =>
    sseJson({
      id: head.id,
      object: 'chat.completion.chunk',
      created: head.created,
      model: head.model,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });

  yield chunk({ role: 'assistant', content: '' }, null);
  for await (const event of events) {
    if (event.kind === 'delta') yield chunk({ content: event.text }, null);
    if (event.kind === 'fault' || (event.kind === 'end' && event.finish === 'cancelled')) {
      // The status is long sent: the only honest way left to say that the answer is not whole.
      yield sseJson(errorBody(event.kind === 'fault' ? faultToError(event.fault) : CLOSING));
      yield SSE_DONE;
      return;
    }
    if (event.kind === 'end') {
      yield chunk({}, finishReason(event.finish));
      if (includeUsage) {
        yield sseJson({
          id: head.id,
          object: 'chat.completion.chunk',
          created: head.created,
          model: head.model,
          choices: [],
          usage: usageOf(event),
        });
      }
      yield SSE_DONE;
    }
  }
}
