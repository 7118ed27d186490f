import { FINISH, PROCESS } from './output-rules.ts';
import {
  CANNOT,
  CONTEXT,
  CRASH,
  FILTER,
  GPU,
  KEY,
  LOADING,
  MEMORY,
  NO_MODEL,
  OVERLOADED,
  QUOTA,
  RATE,
  REGION,
  TIMEOUT,
  TOOL_JSON,
} from './patterns.ts';
import type { ClassifyRule } from './rule.ts';
import { TYPED } from './typed-rules.ts';

/** Text and status together. Text first: a status says too little, and wrappers change it. */
const SPOKEN: readonly ClassifyRule[] = [
  // A reset within the day is a limit of speed; a limit of the day, of money or of the plan is not waited for.
  {
    code: 'rate_limit',
    status: [429],
    codes: ['tokens', 'requests', 'rate_limit_exceeded'],
    text: /^(?!.*(?:per[ _-]?day|perday|\btpd\b|\brpd\b|daily|per[ _-]?month|monthly|spend))/su,
  },
  {
    code: 'rate_limit',
    status: [429],
    text: /^(?!.*(?:per[ _-]?day|perday)).*(?:per[ _-]?minute|perminute|per min\b|\brpm\b|\btpm\b|requests per second)/su,
  },
  { code: 'quota', status: [429], text: /per[ _-]?day|perday|\btpd\b|\brpd\b|daily/u },
  { code: 'quota', status: [400, 402, 403, 429], text: QUOTA },
  { code: 'rate_limit', status: [429] },
  { code: 'local_oom', status: [500, 503, 507], text: MEMORY },
  { code: 'gpu_lost', status: [500, 503], text: GPU },
  {
    code: 'local_crash',
    status: [500, 502, 503],
    provider: /ollama|llama|lm.?studio|vllm|sglang|local|koboldcpp|tabby/u,
    text: CRASH,
  },
  {
    code: 'model_file_corrupt',
    status: [400, 404, 500],
    provider: /ollama|llama|lm.?studio|vllm|sglang|local|koboldcpp/u,
    text: /invalid magic|bad magic|not a gguf|gguf[^.]{0,60}(?:invalid|corrupt|truncated|bad)|digest mismatch|unexpectedly reached end of file|checksum|failed to load model|unable to load model|error loading model/u,
  },
  { code: 'not_ready', status: [425, 500, 502, 503], text: LOADING },
  { code: 'context_length', status: [400, 413, 422, 500], text: CONTEXT },
  { code: 'context_length', status: [413] },
  { code: 'auth', status: [400, 403], text: REGION },
  { code: 'content_filter', status: [400, 403, 422, 451], text: FILTER },
  { code: 'content_filter', status: [403], codes: ['has:reasons', 'has:flagged_input'] },
  {
    code: 'content_filter',
    status: [400, 403],
    codes: ['has:content_filter_result', 'has:content_filter_results', 'has:blockreason'],
  },
  { code: 'auth', status: [400, 401, 403, 422], text: KEY },
  { code: 'not_found', status: [400, 403, 404, 410, 422, 500, 503], text: NO_MODEL },
  { code: 'malformed_output', status: [400, 422], text: TOOL_JSON },
  { code: 'invalid_request', origin: 'user', status: [400, 404, 422, 501], text: CANNOT },
  { code: 'overloaded', status: [500, 502, 503, 529], text: OVERLOADED },
];

/** What a status means when nothing else speaks. */
const STATUSES: readonly ClassifyRule[] = [
  { code: 'auth', status: [401, 403, 407] },
  { code: 'quota', status: [402] },
  { code: 'not_found', status: [404, 410] },
  // Mistral's gateway answers so when the model behind it failed (docs.mistral.ai, error glossary).
  { code: 'server_error', provider: /mistral/u, status: [504] },
  { code: 'timeout', status: [408, 504] },
  { code: 'conflict', status: [409] },
  { code: 'cancelled', status: [499] },
  { code: 'context_length', status: [413] },
  { code: 'server_error', status: [424] },
  { code: 'not_ready', status: [425] },
  { code: 'rate_limit', status: [420, 429] },
  { code: 'content_filter', status: [451] },
  { code: 'overloaded', status: [498, 503, 529] },
  {
    code: 'server_error',
    status: [500, 501, 502, 505, 506, 507, 508, 509, 510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530],
  },
  { code: 'network', origin: 'user', status: [301, 302, 303, 307, 308] },
  { code: 'invalid_request', status: [400, 405, 406, 411, 412, 414, 415, 416, 417, 421, 422, 426, 428, 431] },
];

/** An error inside a stream that was promised as an answer, or a page where JSON was promised. */
const STREAMED: readonly ClassifyRule[] = [
  // A page where an answer was promised: a login page of the network in between, or another server.
  { code: 'network', text: /^\s*<(?:!doctype|html)/u },
  {
    code: 'truncated',
    origin: 'infrastructure',
    phase: ['stream'],
    text: /without|closed before|premature|ends? (?:early|before)|terminator/u,
  },
  { code: 'context_length', phase: ['stream', 'pre'], text: CONTEXT, codes: ['has:error'] },
  { code: 'quota', phase: ['stream', 'pre'], text: QUOTA, codes: ['has:error'] },
  {
    code: 'rate_limit',
    phase: ['stream', 'pre'],
    codes: [
      'rate_limit_error',
      'rate_limit_exceeded',
      'resource_exhausted',
      '429',
      'throttlingexception',
      'ratelimiterror',
    ],
  },
  { code: 'overloaded', phase: ['stream', 'pre'], codes: ['529', '503', '498'] },
  { code: 'timeout', phase: ['stream', 'pre'], codes: ['504', '408'] },
  {
    code: 'server_error',
    phase: ['stream', 'pre'],
    codes: ['500', '502', 'server_error', 'api_error', 'internal', 'error', 'has:error'],
  },
  {
    code: 'network',
    phase: ['pre', 'stream'],
    text: /socket hang up|connection (?:ended|closed|reset|refused)|network error|fetch failed|other side closed|terminated/u,
  },
  { code: 'timeout', phase: ['pre', 'stream'], text: TIMEOUT },
];

const RATE_ANY: readonly ClassifyRule[] = [
  {
    code: 'rate_limit',
    codes: [
      'throttlingexception',
      'toomanyrequestsexception',
      'rate_limit_error',
      'ratelimiterror',
      'rate_limit_exceeded',
      'resource_exhausted',
      'too_many_requests',
      'throttling',
      'requestlimitexceeded',
    ],
  },
  { code: 'rate_limit', status: [400, 403, 503], text: RATE, provider: /bedrock|aws|azure|google|vertex/u },
];

/** In the order of the fault table: process, typed code, body signature, status, network, what the output says. */
export const RULES: readonly ClassifyRule[] = [
  ...PROCESS,
  ...FINISH,
  ...TYPED,
  ...SPOKEN,
  ...RATE_ANY,
  ...STATUSES,
  ...STREAMED,
];
