import { UNSAID } from '../facts.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** What looks like news of a failure and is none. */
export const NOTICE_RULES: readonly Rule[] = [
  ...rules('html.spec.whatwg.org server-sent-events: a line that begins with a colon is a comment', [
    { is: 'not_an_error', phase: ['stream', 'finish', 'pre'], status: [200], text: /^:[^\n]*\n?$/u },
    { is: 'not_an_error', phase: ['stream'], text: /^(?:\[done\]|retry: ?\d+|keep-?alive)\n?$/u },
  ]),
  ...rules('openrouter.ai/docs/api/reference/streaming', [
    { is: 'not_an_error', phase: ['stream', 'pre'], status: [200], text: /: ?openrouter processing/u },
  ]),
  ...rules('docs.claude.com/en/docs/build-with-claude/streaming', [
    {
      is: 'not_an_error',
      phase: ['stream'],
      id: ['ping', 'message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
    },
    { is: 'not_an_error', finish: ['pause_turn'] },
  ]),
  ...rules(
    'learn.microsoft.com azure/ai-foundry/openai/concepts/content-filter: the filter itself failed, the answer counts',
    [
      { is: 'degraded_ok', id: ['content_filter_error'], status: [200], origin: 'infrastructure', recoverable: true },
      { is: 'degraded_ok', text: /content_filter_error/u, status: [200], origin: 'infrastructure', recoverable: true },
    ],
  ),
];

const ENDS = [
  'stop',
  'end_turn',
  'stop_sequence',
  'tool_calls',
  'tool_call',
  'tool_use',
  'function_call',
  'eos',
  'eos_token',
  'complete',
  'completed',
  'finish_reason_unspecified',
  'word',
  'stop_word',
  'load',
  'unload',
];

/** Ordinary ends, when nothing else was found. */
export const ORDINARY_RULES: readonly Rule[] = rules('reasons to end of OpenAI, Anthropic, Google, Bedrock, Cohere', [
  { is: 'empty_output', phase: ['finish'], key: [UNSAID], finish: ['stop', 'end_turn', 'stop_sequence'] },
  { is: 'not_an_error', phase: ['finish', 'stream'], finish: ENDS },
  {
    is: 'not_an_error',
    phase: ['stream', 'finish'],
    status: [200],
    key: ['prompt_filter_results', 'usage', 'usagemetadata', 'timings'],
  },
]);
