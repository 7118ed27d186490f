import type { Fault } from '../../contract/faults.ts';

/** An answer that is an error, in the OpenAI dialect. */
export interface ApiError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 429 | 499 | 500 | 502 | 503 | 504 | 507;
  readonly message: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers?: Readonly<Record<string, string>>;
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

const typeOf = (status: ApiError['status']): string => {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
};

/** https://platform.openai.com/docs/guides/error-codes */
export const errorBody = (error: ApiError) => ({
  error: { message: error.message, type: typeOf(error.status), param: error.param, code: error.code },
});

const statusOf = (fault: Fault): ApiError['status'] => {
  switch (fault.code) {
    case 'context_length':
    case 'content_filter':
    case 'invalid_request':
      return 400;
    case 'not_found':
      return 404;
    case 'quota':
    case 'rate_limit':
      return 429;
    case 'cancelled':
      return 499;
    case 'timeout':
      return 504;
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
    case 'budget':
    case 'private_only':
    case 'no_candidate':
      return 503;
  }
};

/** The status and body a fault becomes for somebody who speaks HTTP. */
export const faultToError = (fault: Fault): ApiError => ({
  status: statusOf(fault),
  message: fault.detail,
  // OpenAI's own clients look for these two names.
  code:
    fault.code === 'context_length'
      ? 'context_length_exceeded'
      : fault.code === 'not_found'
        ? 'model_not_found'
        : fault.code,
  param: fault.code === 'not_found' ? 'model' : null,
  ...(fault.retryAfterMs === undefined
    ? {}
    : { headers: { 'retry-after': String(Math.max(1, Math.ceil(fault.retryAfterMs / 1000))) } }),
});

/** An answer that somebody still reads is cancelled only because the server is closing. */
export const CLOSING: ApiError = {
  status: 503,
  message: 'Switchyard is closing: ask again when it is back.',
  code: 'closing',
  param: null,
};
