import { PROVIDER_SENTENCES } from '../../../contract/sentences/faults.ts';
import { NEEDS_HTTPS } from '../facts.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** What a status means when nothing else was said. */
export const STATUS_RULES: readonly Rule[] = rules(
  'RFC 9110; RFC 6585; RFC 8470; RFC 7725; developers.cloudflare.com 5xx errors',
  [
    {
      is: 'network',
      origin: 'user',
      recoverable: false,
      status: [400],
      id: [NEEDS_HTTPS],
      say: PROVIDER_SENTENCES.needs_https,
    },
    { is: 'auth', status: [401, 403] },
    { is: 'auth', status: [451], say: PROVIDER_SENTENCES.region_law },
    { is: 'quota', status: [402] },
    { is: 'not_found', status: [404, 410] },
    {
      is: 'network',
      origin: 'user',
      recoverable: false,
      status: [407, 511],
      say: PROVIDER_SENTENCES.sign_in_first,
    },
    {
      is: 'network',
      origin: 'user',
      recoverable: false,
      status: between(300, 399),
      say: PROVIDER_SENTENCES.points_elsewhere,
    },
    { is: 'timeout', status: [408, 504] },
    { is: 'conflict', status: [409] },
    { is: 'context_length', status: [413] },
    { is: 'not_ready', status: [425] },
    { is: 'network', status: [421] },
    { is: 'server_error', status: [424] },
    { is: 'rate_limit', status: [429] },
    { is: 'overloaded', status: [498, 503, 529] },
    { is: 'cancelled', status: [499] },
    {
      is: 'invalid_request',
      origin: 'user',
      status: [405, 426, 501, 505],
      say: PROVIDER_SENTENCES.cannot_here,
    },
    { is: 'invalid_request', status: [400, 406, 411, 412, 414, 415, 416, 417, 422, 423, 428, 431] },
    { is: 'server_error', status: between(500, 599) },
  ],
);

/** Answers that began well and are none. */
export const SHAPE_RULES: readonly Rule[] = [
  // A prompt that passed has feedback too, beside its answer.
  ...rules('ai.google.dev/api/generate-content: PromptFeedback', [
    { is: 'content_filter', phase: ['finish', 'stream'], key: ['promptfeedback'] },
  ]),
  ...rules('a stream without its last frame: [DONE], message_stop, finishReason', [
    {
      is: 'truncated',
      origin: 'infrastructure',
      phase: ['stream', 'finish'],
      text: /without|(?:closed|ended|ends|stopped) (?:early|before)|before message_stop|premature|terminator|\[done\]/u,
    },
  ]),
  ...rules('cloud.baidu.com qianfan, platform.minimaxi.com and cloud.tencent.com hunyuan: error codes within a 200', [
    { is: 'invalid_request', id: ['invalid_parameter', 'invalid_parameter_value', 'missing_parameter'] },
    {
      is: 'invalid_request',
      key: ['error_code', 'base_resp'],
      text: /invalid (?:params?|parameters?|arguments?|json)\b|\bmust (?:be|have|not)\b|is (?:missing|required)/u,
    },
  ]),
  ...rules('openai-node streaming.ts and anthropic-sdk: an error within a stream throws', [
    { is: 'server_error', key: ['error', 'errors', 'error_code', 'base_resp'] },
    { is: 'server_error', id: ['error', 'response.failed', 'response.error'] },
    { is: 'truncated', id: ['response.incomplete', 'incomplete'] },
  ]),
  ...rules('AI SDK: a frame that is no JSON, or not of the form that was agreed', [
    {
      is: 'server_error',
      id: [
        'syntaxerror',
        'jsonparseerror',
        'typevalidationerror',
        'zoderror',
        '$zoderror',
        'invalidresponsedataerror',
        'emptyresponsebodyerror',
      ],
      say: PROVIDER_SENTENCES.unreadable,
    },
  ]),
  ...rules('an answer that is no answer', [
    { is: 'truncated', origin: 'infrastructure', phase: ['stream', 'finish'], key: ['eof'] },
    { is: 'empty_output', phase: ['finish'], key: ['choices', 'candidates', 'content', 'output', 'message'] },
    { is: 'empty_output', phase: ['finish'], status: [200], empty: true },
    { is: 'truncated', origin: 'infrastructure', phase: ['stream'], status: [200], empty: true },
    { is: 'truncated', origin: 'infrastructure', phase: ['stream', 'finish'], key: ['choices', 'delta', 'candidates'] },
  ]),
];
