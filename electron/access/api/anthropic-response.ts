import type { AnswerHead, Dialect, End, Part, Speaker, ToolPart, WholeAnswer } from './dialect.ts';
import { ApiRefusal } from './errors.ts';
import type { ApiError, ApiStatus } from './errors.ts';
import { sseNamed } from './sse.ts';

const typeOf = (status: ApiStatus, code: string | null): string => {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 504:
      return 'timeout_error';
    case 503:
      return code === 'overloaded' ? 'overloaded_error' : 'api_error';
    default:
      return status < 500 ? 'invalid_request_error' : 'api_error';
  }
};

/**
 * Anthropic has no code for a conversation that is too long: programs know it by these words of its message, and then shorten the
 * conversation by themselves.
 */
const messageOf = ({ code, message }: ApiError): string =>
  code === 'context_length_exceeded' ? `prompt is too long: ${message}` : message;

export const anthropic: Dialect = {
  name: 'anthropic',
  idHeader: 'request-id',
  // docs.anthropic.com/en/api/rate-limits, "Response headers": the reset is a time in RFC 3339.
  rateHeaders: ({ limit, remaining, resetMs }, now) => ({
    'anthropic-ratelimit-requests-limit': String(limit),
    'anthropic-ratelimit-requests-remaining': String(remaining),
    'anthropic-ratelimit-requests-reset': new Date(Math.ceil((now + resetMs) / 1000) * 1000).toISOString(),
  }),
  /** https://docs.anthropic.com/en/api/errors; `code` and `param` are ours, as their clients pass unknown fields through. */
  errorBody: (error, requestId) => ({
    type: 'error',
    error: {
      type: typeOf(error.status, error.code),
      message: messageOf(error),
      ...(error.details === undefined ? {} : { details: error.details }),
      code: error.code,
      param: error.param,
    },
    request_id: requestId,
  }),
};

const stopReason = (end: End, called: boolean): string => {
  switch (end.finish) {
    case 'length':
      return 'max_tokens';
    case 'filtered':
    case 'refused':
      return 'refusal';
    case 'tool_calls':
      return 'tool_use';
    case 'stop':
    case 'cancelled':
      return called ? 'tool_use' : end.stopSequence === undefined ? 'end_turn' : 'stop_sequence';
  }
};

/** What happens on Anthropic's own servers only. Clients are promised these fields in every answer, so they say that there was nothing. */
const NOTHING_OF_USAGE = { fallback_credit: null, iterations: null, server_tool_use: null };
const NOTHING_OF_MESSAGE_USAGE = {
  ...NOTHING_OF_USAGE,
  cache_creation: null,
  inference_geo: null,
  service_tier: null,
  speed: null,
};
const NOTHING_OF_MESSAGE = { container: null, context_management: null, diagnostics: null };
const TEXT = { type: 'text', citations: null };
/** Calls are made by the model itself, not by a program it wrote. */
const CALL = { type: 'tool_use', caller: { type: 'direct' } };

/** Their input tokens leave cached ones out; ours hold them. */
const usageOf = (end: End) => ({
  input_tokens: Math.max(0, end.tokensIn - end.tokensCached - (end.tokensCacheWrite ?? 0)),
  cache_creation_input_tokens: end.tokensCacheWrite ?? 0,
  cache_read_input_tokens: end.tokensCached,
  output_tokens: end.tokensOut,
  output_tokens_details: end.tokensReasoning === undefined ? null : { thinking_tokens: end.tokensReasoning },
});

function inputOf(argumentsText: string): unknown {
  if (argumentsText.trim() === '') return {};
  try {
    return JSON.parse(argumentsText);
  } catch {
    throw new ApiRefusal({
      status: 502,
      message: 'The model called a tool with arguments that are not JSON: ask again, or choose another model.',
      code: 'malformed_output',
      param: null,
    });
  }
}

function ended(end: End, called: boolean) {
  const stop_reason = stopReason(end, called);
  return {
    stop_reason,
    stop_sequence: called ? null : (end.stopSequence ?? null),
    stop_details: stop_reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
  };
}

/** A whole answer (https://docs.anthropic.com/en/api/messages). */
export const messageBody = (head: AnswerHead, { text, reasoning, calls, end }: WholeAnswer): object => ({
  id: `msg_${head.traceId}`,
  type: 'message',
  role: 'assistant',
  model: head.model,
  content: [
    ...(reasoning === '' ? [] : [{ type: 'thinking', thinking: reasoning, signature: '' }]),
    ...(text === '' ? [] : [{ ...TEXT, text }]),
    ...calls.map(({ id, name, argumentsText }) => ({ ...CALL, id, name, input: inputOf(argumentsText) })),
  ],
  ...ended(end, calls.length > 0),
  ...NOTHING_OF_MESSAGE,
  usage: { ...usageOf(end), ...NOTHING_OF_MESSAGE_USAGE },
});

type Kind = 'text' | 'thinking' | 'tool';

/**
 * The events of a streamed answer (https://docs.anthropic.com/en/docs/build-with-claude/streaming). Blocks come one after
 * the other there, while tool calls of other providers may come interleaved: the first call is passed on as it comes,
 * everything that comes beside it waits for the end.
 */
export function createAnthropicSpeaker(head: AnswerHead): Speaker {
  let index = -1;
  let open: { kind: Kind; tool: number } | null = null;
  let called = false;
  const later = new Map<string, Part>();

  const delta = (json: string): string =>
    sseNamed('content_block_delta', `{"type":"content_block_delta","index":${index},"delta":${json}}`);
  const close = (): string => {
    if (!open) return '';
    open = null;
    return sseNamed('content_block_stop', `{"type":"content_block_stop","index":${index}}`);
  };
  const start = (kind: Kind, tool: number, block: object): string => {
    const closed = close();
    index += 1;
    open = { kind, tool };
    return (
      closed +
      sseNamed('content_block_start', JSON.stringify({ type: 'content_block_start', index, content_block: block }))
    );
  };
  const say = (part: Part): string => {
    if (part.kind === 'delta') {
      const begun = open?.kind === 'text' ? '' : start('text', -1, { ...TEXT, text: '' });
      return begun + delta(`{"type":"text_delta","text":${JSON.stringify(part.text)}}`);
    }
    if (part.kind === 'reasoning') {
      const begun =
        open?.kind === 'thinking' ? '' : start('thinking', -1, { type: 'thinking', thinking: '', signature: '' });
      return begun + delta(`{"type":"thinking_delta","thinking":${JSON.stringify(part.text)}}`);
    }
    called = true;
    const begun =
      open?.kind === 'tool' && open.tool === part.index
        ? ''
        : start('tool', part.index, { ...CALL, id: part.id, name: part.name, input: {} });
    return (
      begun +
      (part.argumentsText === ''
        ? ''
        : delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(part.argumentsText)}}`))
    );
  };
  const keep = (part: Part): void => {
    const key = part.kind === 'tool' ? `tool ${part.index}` : part.kind;
    const kept = later.get(key);
    later.set(key, kept === undefined ? part : merged(kept, part));
  };
  const rest = (wanted: (part: Part) => boolean): string =>
    [...later.values()].filter(wanted).map(say).join('') + close();

  return {
    begin: () =>
      sseNamed(
        'message_start',
        JSON.stringify({
          type: 'message_start',
          message: {
            id: `msg_${head.traceId}`,
            type: 'message',
            role: 'assistant',
            model: head.model,
            content: [],
            stop_reason: null,
            stop_sequence: null,
            stop_details: null,
            ...NOTHING_OF_MESSAGE,
            // Counted at the end: no provider says so early enough for all.
            usage: {
              input_tokens: 0,
              cache_creation_input_tokens: 0,
              cache_read_input_tokens: 0,
              output_tokens: 0,
              output_tokens_details: null,
              ...NOTHING_OF_MESSAGE_USAGE,
            },
          },
        }),
      ),
    part(part) {
      const besides = open?.kind === 'tool' && !(part.kind === 'tool' && part.index === open.tool);
      if (!besides) return say(part);
      keep(part);
      return '';
    },
    end: (end) =>
      rest(() => true) +
      sseNamed(
        'message_delta',
        JSON.stringify({
          type: 'message_delta',
          delta: { ...ended(end, called), container: null },
          usage: { ...usageOf(end), ...NOTHING_OF_USAGE },
          context_management: null,
        }),
      ) +
      sseNamed('message_stop', '{"type":"message_stop"}'),
    failure: (error: ApiError) =>
      rest((part) => part.kind !== 'tool') +
      sseNamed('error', JSON.stringify(anthropic.errorBody(error, head.traceId))),
    ping: sseNamed('ping', '{"type":"ping"}'),
  };
}

const mergedTool = (a: ToolPart, b: ToolPart): ToolPart => ({
  ...b,
  ...a,
  argumentsText: a.argumentsText + b.argumentsText,
});

const merged = (a: Part, b: Part): Part => {
  if (a.kind === 'tool') return b.kind === 'tool' ? mergedTool(a, b) : a;
  return b.kind === 'tool' ? a : { kind: a.kind, text: a.text + b.text };
};
