import type { Fault } from '../../contract/faults.ts';

export type ApiStatus = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 431 | 499 | 500 | 502 | 503 | 504 | 507;

/** An answer that is an error, before a dialect gives it its shape. */
export interface ApiError {
  readonly status: ApiStatus;
  readonly message: string;
  readonly code: string | null;
  /** The field it is about; null when it is about the whole. */
  readonly param: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** What official clients of Anthropic read beside the words. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class ApiRefusal extends Error {
  readonly error: ApiError;
  constructor(error: ApiError) {
    super(error.message);
    this.name = 'ApiRefusal';
    this.error = error;
  }
}

export const badRequest = (message: string, param: string | null = null, code: string | null = null): ApiRefusal =>
  new ApiRefusal({ status: 400, message, code, param });

const statusOf = (fault: Fault): ApiStatus => {
  switch (fault.code) {
    case 'context_length':
    case 'content_filter':
    case 'invalid_request':
      return 400;
    case 'not_found':
      return 404;
    case 'quota':
    case 'rate_limit':
    case 'budget':
      return 429;
    case 'cancelled':
      return 499;
    case 'timeout':
      return 504;
    // The key a provider refused is ours, not the one the caller sent: 401 would blame the wrong one.
    case 'auth':
    case 'server_error':
    case 'network':
    case 'malformed_output':
    case 'empty_output':
    case 'degenerate_output':
    case 'truncated':
    case 'refused':
    case 'unverified':
    case 'conflict':
    case 'unknown':
      return 502;
    case 'storage_full':
      return 507;
    case 'internal':
    case 'storage_corrupt':
      return 500;
    case 'overloaded':
    case 'offline':
    case 'not_ready':
    case 'local_oom':
    case 'gpu_lost':
    case 'local_crash':
    case 'model_file_corrupt':
    case 'private_only':
    case 'no_candidate':
      return 503;
  }
};

/** The names official clients look for where theirs differ from ours (https://platform.openai.com/docs/guides/error-codes). */
const codeOf = (fault: Fault): string => {
  switch (fault.code) {
    case 'context_length':
      return 'context_length_exceeded';
    case 'not_found':
      return 'model_not_found';
    case 'rate_limit':
      return 'rate_limit_exceeded';
    case 'quota':
    case 'budget':
      return 'insufficient_quota';
    default:
      return fault.code;
  }
};

/** A client that obeys this header asks again no sooner than can help; whole seconds for the standard, exact ms beside. */
export const retryAfter = (waitMs: number): Readonly<Record<string, string>> => ({
  'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))),
  'retry-after-ms': String(Math.ceil(waitMs)),
});

/** Official clients try some failures again by themselves; this header keeps them from it where it cannot help. */
const NO_RETRY = { 'x-should-retry': 'false' };

/** The status and code a fault becomes for somebody who speaks HTTP. */
export function faultToError(fault: Fault): ApiError {
  const status = statusOf(fault);
  const headers = {
    ...(fault.retryAfterMs === undefined ? {} : retryAfter(fault.retryAfterMs)),
    ...(status >= 429 && !fault.recoverable ? NO_RETRY : {}),
  };
  return {
    status,
    message: fault.detail,
    code: codeOf(fault),
    param: fault.code === 'not_found' ? 'model' : null,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** An answer that somebody still reads is cancelled only because the server is closing. */
export const CLOSING: ApiError = {
  status: 503,
  message: 'Switchyard is closing: ask again when it is back.',
  code: 'closing',
  param: null,
};

export const INTERNAL: ApiError = {
  status: 500,
  message: 'Something went wrong inside Switchyard: the log file in the data folder says what.',
  code: 'internal',
  param: null,
};
