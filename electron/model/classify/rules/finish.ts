import { PROVIDER_SENTENCES } from '../../../contract/sentences/faults.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** Reasons to end that are no ordinary end. */
export const FINISH_RULES: readonly Rule[] = [
  ...rules('ai.google.dev/api/generate-content: BlockReason (the prompt), FinishReason (the answer)', [
    // Google blocks a prompt before it answers, and names the reason where an answer would be.
    { is: 'content_filter', key: ['blockreason', 'block_reason'] },
    {
      is: 'content_filter',
      origin: 'model',
      finish: [
        'safety',
        'recitation',
        'prohibited_content',
        'blocklist',
        'spii',
        'image_safety',
        'image_prohibited_content',
        'image_recitation',
        'language',
        'model_armor',
      ],
    },
    {
      is: 'malformed_output',
      finish: [
        'malformed_function_call',
        'unexpected_tool_call',
        'too_many_tool_calls',
        'malformed_response',
        'missing_thought_signature',
        'malformed_tool_use',
        'malformed_model_output',
      ],
    },
    { is: 'empty_output', finish: ['no_image', 'image_other'] },
  ]),
  ...rules(
    'platform.openai.com, docs.claude.com, docs.mistral.ai, docs.aws.amazon.com Converse: StopReason; cohere finish_reason',
    [
      {
        is: 'content_filter',
        origin: 'model',
        finish: [
          'content_filter',
          'content_filtered',
          'content-filter',
          'guardrail_intervened',
          'guardrails',
          'sensitive',
          'error_toxic',
          'error_limit_toxic',
        ],
      },
      { is: 'refused', finish: ['refusal', 'refused'] },
      { is: 'refused', key: ['refusal'], status: [200] },
      { is: 'refused', id: ['refusal'] },
      {
        is: 'truncated',
        finish: [
          'length',
          'max_tokens',
          'max_output_tokens',
          'model_length',
          'limit',
          'max_completion_tokens',
          'max_length',
          'token_limit',
        ],
      },
      {
        is: 'truncated',
        finish: ['model_context_window_exceeded', 'context_window_exceeded'],
        say: PROVIDER_SENTENCES.no_room,
      },
      { is: 'context_length', finish: ['error_limit', 'context_length_exceeded'] },
      { is: 'malformed_output', finish: ['tool_use_failed', 'invalid_tool_call'] },
      { is: 'cancelled', finish: ['abort', 'aborted', 'user_cancel', 'cancelled'] },
      { is: 'timeout', finish: ['timeout'] },
      { is: 'rate_limit', finish: ['rate_limit'] },
      // DeepSeek: "interrupted due to insufficient resource of the inference system".
      { is: 'overloaded', finish: ['insufficient_system_resource'] },
    ],
  ),
];

/** Ends that only say that something failed: what the rest of the answer says comes first. */
export const FAILED_FINISH_RULES: readonly Rule[] = rules(
  'openrouter.ai/docs/api/reference/errors-and-debugging; docs.mistral.ai; Google OTHER',
  [{ is: 'server_error', finish: ['error', 'failed', 'network_error', 'other'] }],
);

/** Checks of what came back: their words are ours, or those of a gateway that checks. */
export const OUTPUT_RULES: readonly Rule[] = rules('the checks of an answer; litellm exceptions.py', [
  // A loop runs into the limit and has no end: that it is one says more.
  {
    is: 'degenerate_output',
    of: ['output'],
    text: /repe(?:at|tit)|n-?gram|gibberish|degenerat|endless loop|over and over|garbled|mojibake|(?:non-?printable|control) char|(?:another|different|other|unexpected|wrong) (?:language|script)|not (?:in )?the language/u,
  },
  // What is cut does not parse either.
  { is: 'truncated', of: ['output'], finish: ['length', 'max_tokens'] },
  {
    is: 'truncated',
    origin: 'infrastructure',
    of: ['output'],
    text: /terminator|\[done\]|without (?:an? )?(?:end|done|finish|message_stop|stop)|ended early|connection|closed before|no finish|cut off/u,
  },
  { is: 'truncated', of: ['output'], text: /length|max.?tokens|truncat|token limit/u },
  {
    is: 'degenerate_output',
    of: ['output'],
    text: /repe(?:at|tit)|loop|\bscript|gibberish|degenerat|n-?gram|garbage|wrong language|entropy/u,
  },
  {
    is: 'refused',
    of: ['output'],
    text: /refus|declin|can(?:no|')t help|unable to (?:help|assist)|i(?:'m| am) sorry/u,
  },
  { is: 'malformed_output', of: ['output'], text: /parse|schema|json|tool|argument|malformed|fence|xml|format/u },
  {
    is: 'malformed_output',
    of: ['output'],
    key: ['json', 'xml', 'schema', 'tool_calls', 'tool_call', 'arguments', 'tool', 'function'],
  },
  {
    is: 'empty_output',
    of: ['output'],
    text: /empty|no (?:text|content|output|answer|visible)|blank|whitespace|nothing|only reasoning/u,
  },
  {
    is: 'unverified',
    of: ['output'],
    text: /check|verif|risk|leak|confiden|judge|disagree|consisten|evidence|citation|ground|hallucinat|unsafe|review/u,
  },
  {
    is: 'unverified',
    of: ['output'],
    key: ['check', 'checks', 'verification', 'verified', 'confidence', 'risk', 'judge', 'citations', 'leak', 'leakage'],
  },
  { is: 'degenerate_output', of: ['output'], key: ['repetition', 'loop', 'script', 'repeat', 'language'] },
  { is: 'refused', of: ['output'], key: ['refusal'] },
  { is: 'empty_output', of: ['output'], key: ['text', 'content', 'empty'] },
]);
