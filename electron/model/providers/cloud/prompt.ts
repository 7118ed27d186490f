import { hash } from 'node:crypto';
import type { JSONObject, JSONSchema7, LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider';
import type { ProviderConfig } from '../../../contract/providers.ts';
import type { ModelMessage, ModelRequest, ModelToolCall } from '../../model.ts';
import type { Thinking } from './anthropic-thinking.ts';
import { signedForGoogle, thoughtsToReturn, wantsSignatures } from './call-thoughts.ts';
import type { CallThoughts, ReasoningDetail } from './call-thoughts.ts';
import { effortAt, hasFixedSampling } from './effort.ts';

/** Providers that keep a prompt's beginning do so where they are told to; the others do it by themselves. */
const CACHED_HERE = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

/** Longest id of a call that OpenAI takes, in UTF-16 units, itself or behind a compatible server (its error `string_above_max_length`). */
const LONGEST_ID = 40;

/** The id of a call as this provider takes it: other models' ids may hold what Anthropic refuses, or be too long for OpenAI. */
function idOf(id: string, kind: ProviderConfig['kind']): string {
  if (kind === 'anthropic') return id.replace(/[^\w-]/gu, '_');
  if (kind === 'google' || id.length <= LONGEST_ID) return id;
  return `call_${hash('sha256', id, 'hex').slice(0, 32)}`;
}

function inputOf({ argumentsText }: ModelToolCall, kind: ProviderConfig['kind']): unknown {
  let input: unknown = argumentsText;
  try {
    input = JSON.parse(argumentsText === '' ? '{}' : argumentsText);
  } catch {
    // What a model wrote as arguments may be anything; it goes back to it as it was.
  }
  // Google refuses a whole request for arguments that are no object; Anthropic's library makes one of them itself.
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return kind === 'google' && !isObject ? { arguments: input } : input;
}

/** Results that follow one another go out as one message: Google takes those of calls made together in no other way. */
function together(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const joined: LanguageModelV4Prompt = [];
  for (const message of prompt) {
    const last = joined.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') last.content.push(...message.content);
    else joined.push(message);
  }
  return joined;
}

/** A conversation that the assistant greets first: these providers answer none that no user has begun. */
function begunByUser(prompt: LanguageModelV4Prompt, kind: ProviderConfig['kind']): LanguageModelV4Prompt {
  const first = prompt.findIndex(({ role }) => role !== 'system');
  if ((kind !== 'anthropic' && kind !== 'google') || prompt[first]?.role !== 'assistant') return prompt;
  const begin = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Begin.' }] };
  return [...prompt.slice(0, first), begin, ...prompt.slice(first)];
}

/** The libraries for Google and for compatible servers, which Google has one of, write it where it belongs. */
const signedBy = (signature: string | undefined) =>
  signature === undefined ? {} : { providerOptions: { google: { thoughtSignature: signature } } };

type AssistantContent = Extract<LanguageModelV4Prompt[number], { role: 'assistant' }>['content'];

/** A block of thinking as Anthropic's library writes it, signed or sealed. */
function thoughtPart({ type, thinking, signature, data }: ReasoningDetail): AssistantContent {
  if (type === 'thinking' && typeof thinking === 'string' && typeof signature === 'string')
    return [{ type: 'reasoning', text: thinking, providerOptions: { anthropic: { signature } } }];
  if (type === 'redacted_thinking' && typeof data === 'string')
    return [{ type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: data } } }];
  return [];
}

/** Fields of a message that the library passes on as they are. */
const withDetails = (details: readonly ReasoningDetail[]) => ({
  providerOptions: { openaiCompatible: { reasoning_details: details as readonly JSONObject[] } },
});

/** Messages as the AI SDK takes them. The beginning of long conversations is marked for the provider's cache. */
export function promptOf(
  messages: readonly ModelMessage[],
  kind: ProviderConfig['kind'],
  thoughts: ReadonlyMap<number, CallThoughts> = new Map(),
): LanguageModelV4Prompt {
  const names = new Map(messages.flatMap(({ toolCalls }) => toolCalls ?? []).map(({ id, name }) => [id, name]));
  const marks = kind === 'anthropic' && messages.length > 2;
  const stable = messages.findLastIndex(({ role }, at) => role === 'assistant' && at < messages.length - 1);
  const prompt = messages.map((message, at): LanguageModelV4Prompt[number] => {
    const options = marks && (message.role === 'system' || at === stable) ? { providerOptions: CACHED_HERE } : {};
    const text = { type: 'text' as const, text: message.text };
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.text, ...options };
      case 'user':
        return {
          role: 'user',
          content: [
            ...(message.text === '' ? [] : [text]),
            ...(message.images ?? []).map(({ mediaType, data }) => ({
              type: 'file' as const,
              mediaType,
              data: { type: 'data' as const, data },
            })),
          ],
          ...options,
        };
      case 'assistant': {
        const { reasoning = '', signatures, details = [] } = thoughts.get(at) ?? {};
        return {
          role: 'assistant',
          content: [
            ...(kind === 'anthropic' ? details.flatMap(thoughtPart) : []),
            // Written as `reasoning_content`; the others have no place for it.
            ...(reasoning === '' || kind !== 'openai-compatible'
              ? []
              : [{ type: 'reasoning' as const, text: reasoning }]),
            ...(message.text === '' ? [] : [text]),
            ...(message.toolCalls ?? []).map((call) => ({
              type: 'tool-call' as const,
              toolCallId: idOf(call.id, kind),
              toolName: call.name,
              input: inputOf(call, kind),
              ...signedBy(signatures?.get(call.id)),
            })),
          ],
          ...options,
          ...(details.length === 0 || kind !== 'openai-compatible' ? {} : withDetails(details)),
        };
      }
      case 'tool': {
        const id = message.toolCallId ?? '';
        const output = { type: 'text' as const, value: message.text };
        return {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: idOf(id, kind), toolName: names.get(id) ?? 'tool', output }],
          ...options,
        };
      }
    }
  });
  return together(begunByUser(prompt, kind));
}

/** Most stop sequences a provider takes; more make it refuse the request. */
const MOST_STOPS: Partial<Record<ProviderConfig['kind'], number>> = { openai: 4, google: 5 };

/** Those a provider takes. Whoever asked cuts the answer at all of them, so one that is not sent costs only what is written after it. */
function stopsOf({ stop = [] }: ModelRequest, kind: ProviderConfig['kind']): string[] {
  const taken = kind === 'anthropic' ? stop.filter((sequence) => sequence.trim() !== '') : stop;
  return taken.slice(0, MOST_STOPS[kind]);
}

/** What only one provider's library knows by name. Google knows no way to ask for one call at a time. */
function providerOptions(
  { format, logprobs, oneCall, tools, sampling }: ModelRequest,
  { kind, id }: ProviderConfig,
  thinking: Thinking,
  fields: JSONObject = {},
) {
  const alone = oneCall === true && tools !== undefined && tools.length > 0;
  const asked = logprobs === true ? { logprobs: true } : {};
  const strict = format?.type === 'json_schema' ? { strictJsonSchema: format.strict } : {};
  switch (kind) {
    case 'openai':
      return { providerOptions: { openai: { ...asked, ...strict, ...(alone ? { parallelToolCalls: false } : {}) } } };
    case 'openai-compatible': {
      const plain = { ...asked, ...fields, ...(alone ? { parallel_tool_calls: false } : {}) };
      return { providerOptions: { openaiCompatible: strict, [id]: plain } };
    }
    case 'anthropic':
      return {
        providerOptions: {
          anthropic: {
            ...(alone ? { disableParallelToolUse: true } : {}),
            ...(thinking !== null && 'budgetTokens' in thinking ? { thinking: { type: 'enabled', ...thinking } } : {}),
          },
        },
      };
    case 'google': {
      // It keeps its thoughts to itself unless they are asked for.
      const thinks = sampling.reasoningEffort !== undefined && sampling.reasoningEffort !== 'none';
      return thinks ? { providerOptions: { google: { thinkingConfig: { includeThoughts: true } } } } : {};
    }
    case 'local':
      return {};
  }
}

/** Only where they are sure to be taken: Anthropic has none, and most of Google's models refuse a request for them. */
function penaltiesOf({ frequencyPenalty, presencePenalty }: ModelRequest['sampling'], kind: ProviderConfig['kind']) {
  if (kind !== 'openai' && kind !== 'openai-compatible') return {};
  return {
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
  };
}

/** Everything of a request but who is asked, as the AI SDK takes it. */
export function callOptions(
  request: ModelRequest,
  config: ProviderConfig,
  thoughts?: ReadonlyMap<number, CallThoughts>,
  thinking: Thinking = null,
): LanguageModelV4CallOptions {
  const { kind } = config;
  const { sampling, tools, toolChoice, format } = request;
  const stops = stopsOf(request, kind);
  const isFixed = hasFixedSampling(request, config);
  const { reasoning, fields } =
    kind === 'anthropic'
      ? { reasoning: thinking !== null && 'effort' in thinking ? thinking.effort : undefined }
      : effortAt(request, config);
  const returned = thoughts && thoughtsToReturn(request, config, thoughts);
  // Anthropic has to be told how long an answer may be, and refuses what would not fit beside the prompt.
  const longest = sampling.maxTokens ?? (kind === 'anthropic' ? request.roomTokens : undefined);
  return {
    prompt: promptOf(
      request.messages,
      kind,
      kind === 'openai-compatible' && wantsSignatures(request.modelId, config.baseUrl)
        ? signedForGoogle(request.messages, returned ?? new Map())
        : returned,
    ),
    ...(longest === undefined ? {} : { maxOutputTokens: longest }),
    ...(sampling.temperature === undefined || isFixed ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === undefined || isFixed ? {} : { topP: sampling.topP }),
    ...(sampling.topK === undefined || sampling.topK === 0 || kind === 'openai' ? {} : { topK: sampling.topK }),
    ...(sampling.seed === undefined || kind === 'anthropic'
      ? {}
      : { seed: kind === 'google' ? sampling.seed & 0x7fff_ffff : sampling.seed }),
    ...(isFixed ? {} : penaltiesOf(sampling, kind)),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(stops.length > 0 ? { stopSequences: stops } : {}),
    ...(format === undefined
      ? {}
      : {
          responseFormat:
            format.type === 'json'
              ? { type: 'json' as const }
              : { type: 'json' as const, name: format.name, schema: format.schema as JSONSchema7 },
        }),
    ...(tools && tools.length > 0
      ? {
          tools: tools.map(({ name, description, parameters, strict }) => ({
            type: 'function' as const,
            name,
            inputSchema: parameters as JSONSchema7,
            ...(description === undefined ? {} : { description }),
            ...(strict === undefined ? {} : { strict }),
          })),
        }
      : {}),
    ...(toolChoice === undefined || !tools?.length
      ? {}
      : {
          toolChoice:
            typeof toolChoice === 'string'
              ? { type: toolChoice }
              : { type: 'tool' as const, toolName: toolChoice.name },
        }),
    ...providerOptions(request, config, thinking, fields),
  };
}
