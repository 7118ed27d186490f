import { z } from 'zod';
import { REASONING_BUDGETS } from '../../contract/names.ts';
import type { ReasoningEffort } from '../../contract/names.ts';
import type { CompleteRequest } from '../../orchestration/complete/complete.ts';
import { createAnthropicSpeaker, messageBody } from './anthropic-response.ts';
import { blocksOf, systemOf } from './anthropic-blocks.ts';
import { conversationOf, routeOf } from './conversation.ts';
import type { Asked } from './dialect.ts';
import { badRequest } from './errors.ts';
import { refuseUnsupported } from './anthropic-unsupported.ts';
import { readFields, readObject } from './json.ts';
import { checkChosen, refuseTwins } from './openai-tools.ts';
import type { Format, Tool, ToolChoice } from './openai-tools.ts';

const schema = z.record(z.string(), z.unknown());
const content = z.union([z.string(), z.array(z.unknown())], { error: 'it must be a text or a list of blocks' });
const name = z.string().min(1).max(128);

const conversation = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z
    .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content }))
    .min(1)
    .max(100_000),
  system: content.optional(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('custom', { error: 'only tools of your own can be used, not those of a provider' }).nullish(),
        name,
        description: z.string().max(100_000).nullish(),
        input_schema: schema,
        strict: z.boolean().nullish(),
      }),
    )
    .max(512)
    .optional(),
});

const format = z.looseObject({ type: z.literal('json_schema'), schema });

const wireRequest = conversation.extend({
  max_tokens: z.number().int().min(1).max(1_000_000),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).max(1_000_000).optional(),
  stop_sequences: z.array(z.string().max(1000)).max(64).optional(),
  tool_choice: z
    .looseObject({
      type: z.enum(['auto', 'any', 'tool', 'none']),
      name: name.nullish(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .optional(),
  output_config: z
    .looseObject({ format: format.nullish(), effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish() })
    .optional(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.number().nullish() }).nullish(),
  output_format: format.optional(),
});

type Wire = z.infer<typeof wireRequest>;

const toolsOf = (wire: Pick<Wire, 'tools'>): Tool[] => {
  const tools = (wire.tools ?? []).map((tool): Tool => ({
    name: tool.name,
    ...(tool.description ? { description: tool.description } : {}),
    parameters: tool.input_schema,
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
  }));
  refuseTwins(tools);
  return tools;
};

function choiceOf({ tool_choice: choice }: Wire, tools: readonly Tool[]): ToolChoice | null {
  if (choice === undefined) return null;
  if (choice.type === 'tool' && !choice.name) {
    throw badRequest('`tool_choice` of type "tool" needs the `name` of one.', 'tool_choice.name');
  }
  const chosen: ToolChoice =
    choice.type === 'any' ? 'required' : choice.type === 'tool' ? { name: choice.name ?? '' } : choice.type;
  checkChosen(chosen, tools);
  return chosen;
}

const formatOf = (wire: Wire): Format | null => {
  const asked = wire.output_config?.format ?? wire.output_format;
  return asked ? { type: 'json_schema', name: 'output', schema: asked.schema, strict: true } : null;
};

/** How hard to think, as it is said: by its name, or by a budget. Left to the model = undefined. */
function effortOf({ output_config: config, thinking }: Wire): ReasoningEffort | undefined {
  if (thinking?.type === 'disabled') return 'none';
  if (config?.effort) return config.effort === 'max' ? 'xhigh' : config.effort;
  // Such a model thinks only where it is told to, and hard unless something else is said (docs.claude.com, adaptive thinking).
  if (thinking?.type === 'adaptive') return 'high';
  const budget = thinking?.budget_tokens;
  if (typeof budget !== 'number') return undefined;
  return (['low', 'medium'] as const).find((effort) => budget <= REASONING_BUDGETS[effort]) ?? 'high';
}

const samplingOf = (wire: Wire): CompleteRequest['sampling'] => {
  const temperature = wire.top_p === 0 ? 0 : wire.temperature;
  const reasoningEffort = effortOf(wire);
  return {
    maxTokens: wire.max_tokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(wire.top_p === undefined || wire.top_p === 0 ? {} : { topP: wire.top_p }),
    // The contract's own limit; a larger one picks from as good as everything.
    ...(wire.top_k === undefined ? {} : { topK: Math.min(1000, wire.top_k) }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  };
};

const messagesOf = (wire: Pick<Wire, 'messages' | 'system'>, asks = true): CompleteRequest['messages'] =>
  conversationOf(
    [
      ...systemOf(wire.system),
      ...wire.messages.flatMap(({ role, content }, index) => blocksOf(role, content, `messages.${index}.content`)),
    ],
    asks,
  );

/** Reads the body of POST /v1/messages (https://docs.anthropic.com/en/api/messages). */
export function parseMessages(body: string, known: ReadonlySet<string>): Asked {
  const fields = readObject(body);
  const wire = readFields(wireRequest, fields);
  refuseUnsupported(fields);
  const tools = toolsOf(wire);
  const toolChoice = choiceOf(wire, tools);
  const format = formatOf(wire);
  return {
    model: wire.model,
    stream: wire.stream ?? false,
    oneCall: wire.tool_choice?.disable_parallel_tool_use === true,
    request: {
      messages: messagesOf(wire),
      route: routeOf(wire.model, known),
      sampling: samplingOf(wire),
      stop: (wire.stop_sequences ?? []).filter((sequence) => sequence !== ''),
      source: 'api',
      ...(tools.length === 0 ? {} : { tools }),
      ...(toolChoice === null ? {} : { toolChoice }),
      ...(wire.tool_choice?.disable_parallel_tool_use === true && tools.length > 0 ? { oneCall: true } : {}),
      ...(format === null ? {} : { format }),
    },
    speaker: createAnthropicSpeaker,
    body: messageBody,
  };
}

/** UTF-8 bytes a token of prose holds on average, for models whose own count is not at hand. */
const BYTES_A_TOKEN = 4;
const TOKENS_A_MESSAGE = 4;
const TOKENS_AN_IMAGE = 1500;

/** About how many tokens the conversation of POST /v1/messages/count_tokens takes: an estimate, as theirs is. */
export function countTokens(body: string, known: ReadonlySet<string>): number {
  const wire = readFields(conversation, readObject(body));
  routeOf(wire.model, known);
  const bytes = (text: string): number => Buffer.byteLength(text);
  const tools = toolsOf(wire).reduce((sum, tool) => sum + bytes(JSON.stringify(tool)), 0);
  return messagesOf(wire, false).reduce(
    (sum, { text, toolCalls, images }) =>
      sum +
      TOKENS_A_MESSAGE +
      Math.ceil((bytes(text) + (toolCalls ? bytes(JSON.stringify(toolCalls)) : 0)) / BYTES_A_TOKEN) +
      (images?.length ?? 0) * TOKENS_AN_IMAGE,
    Math.ceil(tools / BYTES_A_TOKEN),
  );
}
