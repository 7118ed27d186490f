import { z } from 'zod';
import type { CompleteRequest } from '../../orchestration/complete/complete.ts';
import { MAX_MESSAGE_CHARS, ROUTE_AUTO, ROUTE_LOCAL } from '../../contract/names.ts';
import { ApiRefusal, badRequest } from './errors.ts';

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const content = z.union([z.string(), z.array(z.unknown())]).nullish();

const wireMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
});

const wireRequest = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(wireMessage).min(1).max(100_000),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).max(1000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repeat_penalty: z.number().min(0.5).max(2).optional(),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
  max_completion_tokens: z.number().int().min(1).max(1_000_000).optional(),
  seed: z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).optional(),
  stop: z.union([z.string().max(1000), z.array(z.string().max(1000)).max(4)]).optional(),
});

export interface ChatCompletion {
  readonly request: CompleteRequest;
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const isPlainFormat = (value: unknown): boolean => z.looseObject({ type: z.literal('text') }).safeParse(value).success;

/** Fields that would change the meaning of the answer if they were ignored, unless they hold this harmless value. */
const UNSUPPORTED: readonly { field: string; harmless: (value: unknown) => boolean; what: string }[] = [
  { field: 'n', harmless: (value) => value === 1, what: 'one answer a request: leave out `n`' },
  { field: 'tools', harmless: isEmptyList, what: 'text only, no tools yet: leave out `tools`' },
  { field: 'functions', harmless: isEmptyList, what: 'text only, no functions yet: leave out `functions`' },
  { field: 'response_format', harmless: isPlainFormat, what: 'plain text yet: leave out `response_format`' },
  { field: 'logprobs', harmless: (value) => value === false, what: 'no log probabilities: leave out `logprobs`' },
  { field: 'logit_bias', harmless: (value) => JSON.stringify(value) === '{}', what: 'no `logit_bias`: leave it out' },
  { field: 'audio', harmless: () => false, what: 'text only: leave out `audio`' },
  {
    field: 'modalities',
    harmless: (value) => JSON.stringify(value) === '["text"]',
    what: 'text only: leave out `modalities`',
  },
];

function refuseUnsupported(body: Readonly<Record<string, unknown>>): void {
  for (const { field, harmless, what } of UNSUPPORTED) {
    if (body[field] !== undefined && !harmless(body[field])) {
      throw badRequest(`Switchyard gives ${what}.`, field, 'unsupported_parameter');
    }
  }
}

function textOf(value: z.infer<typeof content>, at: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return value
    .map((part, index) => {
      const parsed = textPart.safeParse(part);
      if (!parsed.success)
        throw badRequest('Only parts of type "text" can be read.', `${at}[${index}]`, 'unsupported_content');
      return parsed.data.text;
    })
    .join('');
}

/** System text goes to the front as one message; neighbours of one role become one, as chat templates expect. */
function toMessages(wire: z.infer<typeof wireRequest>['messages']): CompleteRequest['messages'] {
  const system: string[] = [];
  const talk: { role: 'user' | 'assistant'; text: string }[] = [];
  wire.forEach((message, index) => {
    const at = `messages[${index}]`;
    if (message.role === 'tool' || message.role === 'function') {
      throw badRequest('Tools are not supported yet: send only system, user and assistant messages.', `${at}.role`);
    }
    const text = textOf(message.content, `${at}.content`);
    if (text.length > MAX_MESSAGE_CHARS) {
      throw badRequest(`A message is longer than ${MAX_MESSAGE_CHARS} characters: send less text.`, `${at}.content`);
    }
    if (message.role === 'system' || message.role === 'developer') {
      if (text.trim() !== '') system.push(text);
      return;
    }
    const last = talk.at(-1);
    if (last?.role === message.role) last.text += `\n\n${text}`;
    else talk.push({ role: message.role, text });
  });
  const last = talk.at(-1);
  if (last?.role !== 'user') throw badRequest('The last message must be one of the user.', 'messages');
  if (last.text.trim() === '') throw badRequest('The last message is empty: write something to answer.', 'messages');
  return system.length === 0 ? talk : [{ role: 'system', text: system.join('\n\n') }, ...talk];
}

const routeOf = (model: string, knownModelIds: ReadonlySet<string>): string => {
  if (model === 'switchyard/auto') return ROUTE_AUTO;
  if (model === 'switchyard/local') return ROUTE_LOCAL;
  if (knownModelIds.has(model)) return model;
  throw new ApiRefusal({
    status: 404,
    message: `There is no model "${model}" here: GET /v1/models lists those there are, or ask for switchyard/auto.`,
    code: 'model_not_found',
    param: 'model',
  });
};

const withoutNulls = (value: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));

/** Reads the body of POST /v1/chat/completions (https://platform.openai.com/docs/api-reference/chat/create). */
export function parseChatCompletion(body: string, knownModelIds: ReadonlySet<string>): ChatCompletion {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON: send one JSON object.', null, 'invalid_json');
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw badRequest('The body must be one JSON object with `model` and `messages`.', null, 'invalid_json');
  }
  // Some clients send null for what they leave out.
  const fields = withoutNulls(raw);
  const parsed = wireRequest.safeParse(fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? '';
    throw badRequest(`\`${param}\` is not as expected: ${issue?.message ?? 'invalid'}.`, param === '' ? null : param);
  }
  refuseUnsupported(fields);
  const wire = parsed.data;
  const maxTokens = wire.max_completion_tokens ?? wire.max_tokens;
  // A nucleus of nothing is the single best token: greedy.
  const temperature = wire.top_p === 0 ? 0 : wire.temperature;
  return {
    model: wire.model,
    stream: wire.stream ?? false,
    includeUsage: wire.stream_options?.include_usage ?? false,
    request: {
      messages: toMessages(wire.messages),
      route: routeOf(wire.model, knownModelIds),
      sampling: {
        ...(temperature === undefined ? {} : { temperature }),
        ...(wire.top_p === undefined || wire.top_p === 0 ? {} : { topP: wire.top_p }),
        ...(wire.top_k === undefined ? {} : { topK: wire.top_k }),
        ...(wire.min_p === undefined ? {} : { minP: wire.min_p }),
        ...(wire.repeat_penalty === undefined ? {} : { repeatPenalty: wire.repeat_penalty }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
        ...(wire.seed === undefined ? {} : { seed: wire.seed >>> 0 }),
      },
      stop: wire.stop === undefined ? [] : [wire.stop].flat().filter((sequence) => sequence !== ''),
      source: 'api',
    },
  };
}
