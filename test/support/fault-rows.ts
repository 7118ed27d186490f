import type { FaultCode, FaultOrigin } from '../../electron/contract/faults.ts';
import type { Limits } from '../../electron/contract/policy.ts';
import type { AnswerScript, ScriptError, Wire } from './providers/script.ts';

/** What is said before a fault in the middle: “Hello ”. */
export const BEGUN = [{ text: 'Hel' }, { text: 'lo ' }] as const;

/** One way to fail, on the wire, and what is to come of it. */
export interface Row {
  readonly name: string;
  readonly code: FaultCode;
  readonly origin: FaultOrigin;
  /** Requests the provider sees when a local model stands behind it. */
  readonly calls: number;
  /** The turn ends there: nobody else is asked. */
  readonly fails?: true;
  readonly json?: true;
  readonly tools?: true;
  /** Only these wires can say it. Absent = all. */
  readonly wires?: readonly Wire[];
  /** The whole of what the server says, of which the reader sees the beginning. Absent = “Hello ”, to the letter. */
  readonly said?: string;
  /** Nothing of it is ever shown: it is met like a fault before the first token, streamed or not. */
  readonly unseen?: true;
  /** The kind of provider that is set up for it; absent = the wire's own. */
  readonly kind?: 'openai-compatible';
  /** Where one provider says something else in the same case. */
  readonly codes?: Partial<Record<Wire, FaultCode>>;
  readonly limits?: Partial<Limits>;
  readonly answer: (wire: Wire) => AnswerScript;
}

const error =
  (status: number, by: Readonly<Record<Wire, ScriptError>>, headers = {}) =>
  (wire: Wire) => ({
    status,
    headers,
    error: by[wire],
  });
const same = (one: ScriptError): Readonly<Record<Wire, ScriptError>> => ({ openai: one, anthropic: one, google: one });

/** Faults before the first token, in each provider's own words. */
export const BEFORE: readonly Row[] = [
  {
    name: 'a refused key',
    code: 'auth',
    origin: 'user',
    calls: 1,
    answer: error(401, {
      openai: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
      anthropic: { type: 'authentication_error', message: 'invalid x-api-key' },
      google: { code: 401, type: 'UNAUTHENTICATED', message: 'API key not valid. Please pass a valid API key.' },
    }),
  },
  {
    name: 'no credit',
    code: 'quota',
    origin: 'user',
    calls: 1,
    answer: (wire) =>
      wire === 'openai'
        ? {
            status: 429,
            error: {
              type: 'insufficient_quota',
              code: 'insufficient_quota',
              message: 'You exceeded your current quota.',
            },
          }
        : { status: 402, error: { type: 'billing_error', message: 'Your credit balance is too low.' } },
  },
  {
    name: 'a rate limit that is soon over',
    code: 'rate_limit',
    origin: 'infrastructure',
    calls: 3,
    answer: error(
      429,
      {
        openai: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached.' },
        anthropic: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
        google: { code: 429, type: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted.' },
      },
      { 'retry-after-ms': '20' },
    ),
  },
  {
    name: 'a rate limit that lasts',
    code: 'rate_limit',
    origin: 'infrastructure',
    calls: 1,
    answer: error(
      429,
      {
        openai: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached.' },
        anthropic: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
        google: { code: 429, type: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted.' },
      },
      { 'retry-after': '60' },
    ),
  },
  {
    name: 'an overloaded provider',
    code: 'overloaded',
    origin: 'infrastructure',
    calls: 3,
    answer: (wire) =>
      wire === 'anthropic'
        ? { status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } }
        : {
            status: 503,
            error: {
              code: wire === 'google' ? 503 : 'server_overloaded',
              type: wire === 'google' ? 'UNAVAILABLE' : 'server_error',
              message: 'The model is overloaded. Please try again later.',
            },
          },
  },
  {
    name: 'a failing server',
    code: 'server_error',
    origin: 'infrastructure',
    calls: 3,
    answer: error(500, {
      openai: { type: 'server_error', message: 'The server had an error.' },
      anthropic: { type: 'api_error', message: 'Internal server error' },
      google: { code: 500, type: 'INTERNAL', message: 'An internal error has occurred.' },
    }),
  },
  {
    name: 'a gateway that gave up',
    code: 'timeout',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ status: 504, body: '<html>504 Gateway Time-out</html>' }),
  },
  {
    name: 'silence',
    limits: { firstTokenMs: 100 },
    code: 'timeout',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [{ stall: true }] }),
  },
  {
    name: 'silence after the head',
    limits: { firstTokenMs: 100 },
    code: 'timeout',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [{ open: true }, { stall: true }] }),
  },
  {
    name: 'a reset connection',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [{ cut: 'reset' }] }),
  },
  {
    name: 'a retired model',
    code: 'not_found',
    origin: 'user',
    calls: 1,
    answer: error(404, {
      openai: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model `big` does not exist.' },
      anthropic: { type: 'not_found_error', message: 'model: big' },
      google: { code: 404, type: 'NOT_FOUND', message: 'models/big is not found for API version v1beta.' },
    }),
  },
  {
    name: 'too long a context',
    code: 'context_length',
    origin: 'prompt',
    calls: 1,
    answer: error(400, {
      openai: {
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: "This model's maximum context length is 4096 tokens.",
      },
      anthropic: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      google: {
        code: 400,
        type: 'INVALID_ARGUMENT',
        message: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
      },
    }),
  },
  {
    name: 'a wrong request',
    code: 'invalid_request',
    origin: 'prompt',
    calls: 1,
    fails: true,
    answer: error(400, {
      openai: { type: 'invalid_request_error', message: 'Invalid value for messages.' },
      anthropic: { type: 'invalid_request_error', message: 'messages: at least one message is required' },
      google: { code: 400, type: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
    }),
  },
  {
    name: 'a conflict',
    code: 'conflict',
    origin: 'infrastructure',
    calls: 2,
    answer: error(409, same({ type: 'conflict', message: 'Conflict' })),
  },
  {
    name: 'something nobody knows',
    code: 'unknown',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ status: 418, body: { teapot: 'short and stout' } }),
  },
  {
    name: 'a filtered answer',
    codes: { anthropic: 'refused' },
    code: 'content_filter',
    origin: 'model',
    calls: 1,
    fails: true,
    answer: () => ({ steps: [], finish: 'filtered' }),
  },
  {
    name: 'a permission that is missing',
    code: 'auth',
    origin: 'user',
    calls: 1,
    answer: error(403, {
      openai: {
        type: 'invalid_request_error',
        code: 'unsupported_country_region_territory',
        message: 'Not supported.',
      },
      anthropic: { type: 'permission_error', message: 'Your API key does not have permission to use this resource.' },
      google: { code: 403, type: 'PERMISSION_DENIED', message: 'Permission denied on resource project.' },
    }),
  },
  {
    name: 'a bad gateway',
    code: 'server_error',
    origin: 'infrastructure',
    calls: 3,
    answer: () => ({ status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' }),
  },
  {
    name: 'a page of a proxy in place of the provider',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ headers: { 'content-type': 'text/html' }, body: '<html><body>Please log in</body></html>' }),
  },
  {
    name: 'a request that took the server too long',
    code: 'timeout',
    origin: 'infrastructure',
    calls: 2,
    answer: error(408, same({ type: 'timeout_error', message: 'Request timeout' })),
  },
  {
    name: 'a model that is still loading',
    code: 'not_ready',
    origin: 'infrastructure',
    calls: 1,
    wires: ['openai'],
    kind: 'openai-compatible',
    answer: () => ({
      status: 503,
      body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    }),
  },
  {
    name: 'a limit for the day',
    code: 'quota',
    origin: 'user',
    calls: 1,
    wires: ['openai', 'google'],
    answer: (wire) =>
      wire === 'google'
        ? {
            status: 429,
            body: {
              error: {
                code: 429,
                status: 'RESOURCE_EXHAUSTED',
                message: 'You exceeded your current quota.',
                details: [
                  {
                    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
                    violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
                  },
                ],
              },
            },
          }
        : {
            status: 429,
            error: {
              type: 'insufficient_quota',
              code: 'insufficient_quota',
              message: 'You exceeded your current quota.',
            },
          },
  },
  {
    name: 'a refusal in place of an answer',
    code: 'refused',
    origin: 'model',
    codes: { google: 'content_filter' },
    calls: 1,
    fails: true,
    answer: () => ({ steps: [], finish: 'refused' }),
  },
  {
    name: 'a connection closed without a word',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ socket: [] }),
  },
  {
    name: 'something that is no HTTP',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ socket: ['220 mail.example ESMTP\r\n'] }),
  },
  { name: 'nothing at all', code: 'empty_output', origin: 'model', calls: 2, answer: () => ({ steps: [] }) },
  {
    name: 'white space only',
    code: 'empty_output',
    origin: 'model',
    calls: 2,
    answer: () => ({ steps: [{ text: ' \n' }] }),
  },
  {
    name: 'a limit before the first word',
    code: 'truncated',
    origin: 'prompt',
    calls: 2,
    answer: () => ({ steps: [], finish: 'length' }),
  },
  {
    name: 'an end without an end',
    code: 'truncated',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [{ open: true }], finish: null }),
  },
];
