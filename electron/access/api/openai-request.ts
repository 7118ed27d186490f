import { z } from 'zod';
import { REASONING_EFFORTS } from '../../contract/names.ts';
import type { CompleteRequest } from '../../orchestration/complete/complete.ts';
import { conversationOf, imageOfUrl, routeOf } from './conversation.ts';
import type { Image, Said } from './conversation.ts';
import type { Asked } from './dialect.ts';
import { badRequest } from './errors.ts';
import { readFields, readObject, typeOf } from './json.ts';
import { formatOf, toolsOf } from './openai-tools.ts';
import { completionBody, createOpenAiSpeaker } from './openai-response.ts';
import { refuseUnsupported } from './openai-unsupported.ts';

const content = z
  .union([z.string(), z.array(z.unknown())], { error: 'it must be a text or a list of parts' })
  .nullish();

const wireCall = z.looseObject({
  id: z.string().min(1).max(500),
  type: z.literal('function').nullish(),
  function: z.looseObject({ name: z.string().min(1).max(256), arguments: z.string() }),
});

const wireMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  refusal: z.string().nullish(),
  tool_calls: z.array(wireCall).max(1000).nullish(),
  tool_call_id: z.string().max(500).nullish(),
});

/** `max`, which some models know above all others, is the most that is known here. */
const effort = z
  .enum([...REASONING_EFFORTS, 'max'])
  .transform((said) => (said === 'max' ? 'xhigh' : said))
  .nullish();

const wireRequest = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(wireMessage).min(1).max(100_000),
  stream: z.boolean().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).max(1000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  repeat_penalty: z.number().min(0.5).max(2).optional(),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
  max_completion_tokens: z.number().int().min(1).max(1_000_000).optional(),
  seed: z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).optional(),
  stop: z
    .union([z.string().max(1000), z.array(z.string().max(1000)).max(4)], {
      error: 'it must be a text or a list of at most 4 texts, each of at most 1000 characters',
    })
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning_effort: effort,
  /** As OpenRouter has it. */
  reasoning: z.looseObject({ effort }).nullish(),
  /** As DeepSeek, Kimi and GLM, as Qwen and as vLLM switch it; only what switches it off says how hard. */
  thinking: z.looseObject({ type: z.unknown().optional() }).nullish().catch(null),
  enable_thinking: z.unknown().optional(),
  chat_template_kwargs: z.looseObject({ enable_thinking: z.unknown().optional() }).nullish().catch(null),
});

const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string() }) }),
]);

const PARTS: ReadonlySet<string> = new Set(['text', 'refusal', 'image_url']);

function contentOf(value: z.infer<typeof content>, role: Said['role'], at: string): { text: string; images: Image[] } {
  if (typeof value === 'string') return { text: value, images: [] };
  let text = '';
  const images: Image[] = [];
  for (const [index, raw] of (value ?? []).entries()) {
    const place = `${at}[${index}]`;
    const type = typeOf(raw);
    if (type === null || !PARTS.has(type)) {
      throw badRequest(
        `A part ${type === null ? 'without a type' : `of type "${type}"`} cannot be read: send "text" or "image_url".`,
        place,
        'unsupported_content',
      );
    }
    const read = readFields(part, raw, place);
    if (read.type === 'text') text += read.text;
    else if (read.type === 'refusal') text += read.refusal;
    else if (role === 'user') images.push(imageOfUrl(read.image_url.url, place));
    else throw badRequest('Only messages of the user can hold images.', place, 'unsupported_content');
  }
  return { text, images };
}

function saidOf(message: z.infer<typeof wireMessage>, index: number): Said {
  const at = `messages[${index}]`;
  if (message.role === 'function') {
    throw badRequest('Messages of role "function" are of the past: send "tool" with `tool_call_id`.', `${at}.role`);
  }
  const role = message.role === 'developer' ? 'system' : message.role;
  const { text, images } = contentOf(message.content, role, `${at}.content`);
  const calls = role === 'assistant' ? (message.tool_calls ?? []) : [];
  if (role === 'tool' && (message.tool_call_id ?? '') === '') {
    throw badRequest('A tool message names the call it answers in `tool_call_id`.', `${at}.tool_call_id`);
  }
  return {
    at: `${at}.content`,
    role,
    text: text === '' && role === 'assistant' ? (message.refusal ?? '') : text,
    images,
    toolCalls: calls.map((call) => ({
      id: call.id,
      name: call.function.name,
      argumentsText: call.function.arguments,
    })),
    ...(role === 'tool' && message.tool_call_id ? { toolCallId: message.tool_call_id } : {}),
  };
}

function samplingOf(wire: z.infer<typeof wireRequest>): CompleteRequest['sampling'] {
  const maxTokens = wire.max_completion_tokens ?? wire.max_tokens;
  const isOff =
    wire.thinking?.type === 'disabled' ||
    wire.enable_thinking === false ||
    wire.chat_template_kwargs?.enable_thinking === false;
  const reasoningEffort = wire.reasoning_effort ?? wire.reasoning?.effort ?? (isOff ? 'none' : undefined);
  // A nucleus of nothing is the single best token: greedy.
  const temperature = wire.top_p === 0 ? 0 : wire.temperature;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(wire.top_p === undefined || wire.top_p === 0 ? {} : { topP: wire.top_p }),
    ...(wire.top_k === undefined ? {} : { topK: wire.top_k }),
    ...(wire.min_p === undefined ? {} : { minP: wire.min_p }),
    ...(wire.repeat_penalty === undefined ? {} : { repeatPenalty: wire.repeat_penalty }),
    // Many programs always send a zero, and some models refuse the field itself.
    ...(wire.presence_penalty ? { presencePenalty: wire.presence_penalty } : {}),
    ...(wire.frequency_penalty ? { frequencyPenalty: wire.frequency_penalty } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(wire.seed === undefined ? {} : { seed: wire.seed >>> 0 }),
    ...(reasoningEffort ? { reasoningEffort } : {}),
  };
}

/** Reads the body of POST /v1/chat/completions (https://platform.openai.com/docs/api-reference/chat/create). */
export function parseChatCompletion(body: string, known: ReadonlySet<string>): Asked {
  const fields = readObject(body);
  const wire = readFields(wireRequest, fields);
  refuseUnsupported(fields);
  const { tools, toolChoice } = toolsOf(fields['tools'], fields['tool_choice']);
  const format = formatOf(fields['response_format']);
  const includeUsage = wire.stream_options?.include_usage ?? false;
  return {
    model: wire.model,
    stream: wire.stream ?? false,
    oneCall: wire.parallel_tool_calls === false,
    request: {
      messages: conversationOf(wire.messages.map(saidOf)),
      route: routeOf(wire.model, known),
      sampling: samplingOf(wire),
      stop: wire.stop === undefined ? [] : [wire.stop].flat().filter((sequence) => sequence !== ''),
      source: 'api',
      ...(tools.length === 0 ? {} : { tools }),
      ...(toolChoice === null ? {} : { toolChoice }),
      ...(wire.parallel_tool_calls === false && tools.length > 0 ? { oneCall: true } : {}),
      ...(format === null ? {} : { format }),
    },
    speaker: (head) => createOpenAiSpeaker(head, includeUsage),
    body: completionBody,
  };
}
