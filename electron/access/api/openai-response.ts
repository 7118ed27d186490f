import type { AnswerHead, Dialect, End, Part, Speaker, ToolPart, WholeAnswer } from './dialect.ts';
import type { ApiError, ApiStatus } from './errors.ts';
import { createCallOrder, NO_ARGUMENTS } from './openai-calls.ts';
import { SSE_DONE, sseJson } from './sse.ts';

const typeOf = (status: ApiStatus, code: string | null): string => {
  if (code === 'insufficient_quota') return code;
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
};

export const openai: Dialect = {
  name: 'openai',
  idHeader: 'x-request-id',
  // platform.openai.com/docs/guides/rate-limits, "Rate limits in headers": the reset is a duration.
  rateHeaders: ({ limit, remaining, resetMs }) => ({
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests':
      resetMs < 1000 ? `${String(Math.ceil(resetMs))}ms` : `${String(Math.ceil(resetMs / 1000))}s`,
  }),
  /** https://platform.openai.com/docs/guides/error-codes */
  errorBody: (error) => ({
    error: {
      message: error.message,
      type: typeOf(error.status, error.code),
      param: error.param,
      code: error.code,
    },
  }),
};

const usageOf = (end: End) => ({
  prompt_tokens: end.tokensIn,
  completion_tokens: end.tokensOut,
  total_tokens: end.tokensIn + end.tokensOut,
  prompt_tokens_details: { cached_tokens: end.tokensCached },
  completion_tokens_details: { reasoning_tokens: end.tokensReasoning ?? 0 },
});

const finishReason = (finish: End['finish'], called: boolean): string => {
  if (finish === 'length') return 'length';
  if (finish === 'filtered') return 'content_filter';
  return called || finish === 'tool_calls' ? 'tool_calls' : 'stop';
};

const REFUSED = 'The model declined to answer.';

/** A whole answer (https://platform.openai.com/docs/api-reference/chat/object). */
export function completionBody(head: AnswerHead, { text, reasoning, calls, end }: WholeAnswer): object {
  const refused = end.finish === 'refused';
  const content = refused || (text === '' && calls.length > 0) ? null : text;
  return {
    id: `chatcmpl-${head.traceId}`,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content,
          refusal: refused ? text || REFUSED : null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ id, name, argumentsText }) => ({
                  id,
                  type: 'function',
                  function: { name, arguments: argumentsText.trim() === '' ? NO_ARGUMENTS : argumentsText },
                })),
              }),
        },
        logprobs: null,
        finish_reason: finishReason(end.finish, calls.length > 0),
      },
    ],
    usage: usageOf(end),
  };
}

/** The events of a streamed answer (https://platform.openai.com/docs/api-reference/chat-streaming). */
export function createOpenAiSpeaker(head: AnswerHead, includeUsage: boolean): Speaker {
  // What every event of one answer repeats is made once: an answer has hundreds of them.
  const opening = `data: ${JSON.stringify({
    id: `chatcmpl-${head.traceId}`,
    object: 'chat.completion.chunk',
    created: head.created,
    model: head.model,
  }).slice(0, -1)},"choices":[`;
  const closing = `]${includeUsage ? ',"usage":null' : ''}}\n\n`;
  const chunk = (delta: string, finish = 'null'): string =>
    `${opening}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}${closing}`;
  let called = false;
  let spoke = false;
  const order = createCallOrder();
  let begun = false;

  /** The first event says whose answer it is, and whether it has text: clients tell none from an empty one. */
  const opened = (content: string): string => {
    if (begun) return '';
    begun = true;
    return chunk(`{"role":"assistant","content":${content}}`);
  };

  const ofCall = (part: ToolPart): string => {
    const first = part.name !== undefined;
    const call = {
      index: part.index,
      ...(first ? { id: part.id, type: 'function' } : {}),
      function: { ...(first ? { name: part.name } : {}), arguments: part.argumentsText },
    };
    return chunk(`{"tool_calls":[${JSON.stringify(call)}]}`);
  };
  const ofPart = (part: Part): string => {
    switch (part.kind) {
      case 'delta':
        spoke = true;
        return chunk(`{"content":${JSON.stringify(part.text)}}`);
      case 'reasoning':
        return chunk(`{"reasoning_content":${JSON.stringify(part.text)}}`);
      case 'tool':
        called = true;
        return order.take(part).map(ofCall).join('');
    }
  };
  /** Text that is long sent cannot become a refusal any more: then it was cut off. */
  const ending = (end: End): string => {
    if (end.finish !== 'refused') return chunk('{}', JSON.stringify(finishReason(end.finish, called)));
    if (spoke) return chunk('{}', '"content_filter"');
    return chunk(`{"refusal":${JSON.stringify(REFUSED)}}`) + chunk('{}', '"stop"');
  };
  return {
    begin: () => '',
    part: (part) => opened(part.kind === 'delta' ? '""' : 'null') + ofPart(part),
    end: (end) =>
      opened('""') +
      order.rest(true).map(ofCall).join('') +
      ending(end) +
      (includeUsage ? `${opening}],"usage":${JSON.stringify(usageOf(end))}}\n\n` : '') +
      SSE_DONE,
    // The status is long sent: the only honest way left to say that the answer is not whole.
    failure: (error: ApiError) =>
      order.rest(false).map(ofCall).join('') + sseJson(openai.errorBody(error, head.traceId)) + SSE_DONE,
    ping: ': waiting\n\n',
  };
}
