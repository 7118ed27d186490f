import { CONTEXT, GPU, LOADING, MEMORY, MODEL_FILE, TIMEOUT } from './patterns.ts';
import type { ClassifyRule } from './rule.ts';

/** The engine's own process: how it ended says what to do. */
export const PROCESS: readonly ClassifyRule[] = [
  { code: 'cancelled', phase: ['process'], codes: ['aborterror', 'abort_err', 'cancelled', 'canceled'] },
  {
    code: 'gpu_lost',
    phase: ['process'],
    text: /device lost|devicelost|gpu (?:has )?(?:fallen|hung|lost|reset)|vk::devicelost|illegal memory access/u,
  },
  { code: 'local_oom', phase: ['process'], text: MEMORY },
  {
    code: 'local_oom',
    phase: ['process'],
    codes: ['oom', 'local_oom', 'outofmemory', 'outofmemoryerror', 'insufficientmemoryerror', '137', 'enomem'],
  },
  { code: 'gpu_lost', phase: ['process'], text: GPU },
  { code: 'not_ready', phase: ['process'], text: LOADING },
  { code: 'model_file_corrupt', phase: ['process'], text: MODEL_FILE },
  { code: 'not_found', phase: ['process'], codes: ['enoent'] },
  { code: 'context_length', phase: ['process'], text: CONTEXT },
  { code: 'timeout', phase: ['process'], text: TIMEOUT },
  { code: 'local_crash', phase: ['process'] },
];

/** What a finished answer says of itself. */
export const FINISH: readonly ClassifyRule[] = [
  // Azure says so when its filter could not run: the answer stands, unfiltered.
  { code: 'none', codes: ['content_filter_error'] },
  { code: 'none', text: /^\s*:/u, phase: ['stream'] },
  {
    code: 'malformed_output',
    phase: ['finish'],
    codes: [
      'malformed_function_call',
      'unexpected_tool_call',
      'tool_use_failed',
      'json_validate_failed',
      'has:json',
      'has:schema',
      'has:tool_call',
    ],
  },
  {
    code: 'content_filter',
    phase: ['finish'],
    origin: 'prompt',
    codes: ['has:blockreason', 'has:promptfeedback', 'prompt_filtered'],
  },
  {
    code: 'content_filter',
    phase: ['finish', 'stream'],
    origin: 'model',
    codes: [
      'content_filter',
      'content_filtered',
      'safety',
      'recitation',
      'blocklist',
      'prohibited_content',
      'spii',
      'image_safety',
      'guardrail_intervened',
      'language',
    ],
  },
  { code: 'refused', phase: ['finish'], codes: ['refusal', 'refused', 'has:refusal'] },
  {
    code: 'truncated',
    phase: ['finish'],
    origin: 'prompt',
    codes: ['length', 'max_tokens', 'max_output_tokens', 'model_length', 'model_context_window_exceeded', 'incomplete'],
  },
  {
    code: 'degenerate_output',
    phase: ['finish'],
    codes: [
      'repetition',
      'has:repetition',
      'loop',
      'has:loop',
      'has:ngram',
      'degenerate',
      'has:script',
      'has:language',
    ],
  },
  { code: 'empty_output', phase: ['finish'], codes: ['empty', 'has:empty', 'has:content', 'has:text', 'no_output'] },
  { code: 'malformed_output', phase: ['finish'], text: /json|schema|does not parse|tool call|arguments/u },
  { code: 'degenerate_output', phase: ['finish'], text: /repeat|loop|n-?gram|wrong script|gibberish/u },
  { code: 'refused', phase: ['finish'], text: /refus|declin|cannot help|can't help/u },
  { code: 'empty_output', phase: ['finish'], text: /empty|no (?:text|output|content|visible)|blank/u },
  {
    code: 'server_error',
    phase: ['finish'],
    codes: ['error', 'other', 'finish_reason_unspecified'],
    text: /error|other|unspecified/u,
  },
  {
    code: 'truncated',
    phase: ['finish'],
    origin: 'infrastructure',
    text: /terminator|\[done\]|without|message_stop|cut|premature|closed/u,
  },
];
