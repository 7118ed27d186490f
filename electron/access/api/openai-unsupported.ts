import { badRequest } from './errors.ts';

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Fields that would change the meaning of the answer if they were ignored, unless they hold this harmless value. */
const UNSUPPORTED: readonly { field: string; harmless: (value: unknown) => boolean; what: string }[] = [
  { field: 'n', harmless: (value) => value === 1, what: 'one answer a request: leave out `n`' },
  { field: 'functions', harmless: isEmptyList, what: 'tools, not the older functions: send `tools`' },
  {
    field: 'function_call',
    harmless: (value) => value === 'auto' || value === 'none',
    what: 'tools, not the older functions: send `tool_choice`',
  },
  { field: 'logprobs', harmless: (value) => value === false, what: 'no log probabilities: leave out `logprobs`' },
  {
    field: 'top_logprobs',
    harmless: (value) => value === 0,
    what: 'no log probabilities: leave out `top_logprobs`',
  },
  { field: 'logit_bias', harmless: (value) => JSON.stringify(value) === '{}', what: 'no `logit_bias`: leave it out' },
  { field: 'audio', harmless: () => false, what: 'text only: leave out `audio`' },
  {
    field: 'modalities',
    harmless: (value) => JSON.stringify(value) === '["text"]',
    what: 'text only: leave out `modalities`',
  },
  { field: 'web_search_options', harmless: () => false, what: 'no web search: leave out `web_search_options`' },
];

/** Refuses what cannot be ignored honestly; everything else that is not known is. */
export function refuseUnsupported(body: Readonly<Record<string, unknown>>): void {
  for (const { field, harmless, what } of UNSUPPORTED) {
    if (body[field] !== undefined && !harmless(body[field])) {
      throw badRequest(`Switchyard gives ${what}.`, field, 'unsupported_parameter');
    }
  }
}
