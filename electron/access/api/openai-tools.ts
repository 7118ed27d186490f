import { z } from 'zod';
import type { CompleteRequest } from '../../orchestration/complete/complete.ts';
import { badRequest } from './errors.ts';
import { readFields } from './json.ts';

export type Tool = NonNullable<CompleteRequest['tools']>[number];
export type ToolChoice = NonNullable<CompleteRequest['toolChoice']>;
export type Format = NonNullable<CompleteRequest['format']>;

const name = z.string().min(1).max(128);
const schema = z.record(z.string(), z.unknown());

const wireTools = z
  .array(
    z.looseObject({
      type: z.literal('function', { error: 'only tools of type "function" can be used' }),
      function: z.looseObject({
        name,
        description: z.string().max(100_000).nullish(),
        parameters: schema.nullish(),
        strict: z.boolean().nullish(),
      }),
    }),
  )
  .max(512);

/** A tool without parameters takes none; said as a schema, since most providers refuse an empty one. */
const parametersOf = (given: Tool['parameters'] | null | undefined): Tool['parameters'] =>
  given && Object.keys(given).length > 0 ? given : { type: 'object', properties: {} };

export function refuseTwins(tools: readonly Tool[]): void {
  if (new Set(tools.map((tool) => tool.name)).size < tools.length) {
    throw badRequest('Two tools have the same name: give each its own.', 'tools');
  }
}

/** `tools` of a request; empty = none. */
function readTools(value: unknown): Tool[] {
  if (value === undefined) return [];
  const tools = readFields(wireTools, value, 'tools').map(({ function: tool }): Tool => ({
    name: tool.name,
    ...(tool.description ? { description: tool.description } : {}),
    parameters: parametersOf(tool.parameters),
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
  }));
  refuseTwins(tools);
  return tools;
}

/** Refuses a choice of a tool that was not offered. */
export function checkChosen(choice: ToolChoice | null, tools: readonly Tool[]): void {
  if (choice === null || choice === 'auto' || choice === 'none') return;
  if (choice === 'required') {
    if (tools.length === 0) throw badRequest('A tool is required, but `tools` offers none.', 'tool_choice');
  } else if (!tools.some((tool) => tool.name === choice.name)) {
    throw badRequest(
      `\`tool_choice\` names "${choice.name}", which is not among \`tools\`: offer it there, or choose another.`,
      'tool_choice',
    );
  }
}

const named = z.looseObject({ type: z.literal('function'), function: z.looseObject({ name }) });

const wireChoice = z.union(
  [
    z.enum(['auto', 'none', 'required']),
    named,
    z.looseObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(named).min(1).max(512) }),
    }),
  ],
  {
    error:
      'say "auto", "none", "required", {"type":"function","function":{"name":…}} or ' +
      '{"type":"allowed_tools","allowed_tools":{"mode":…,"tools":[…]}}',
  },
);

/** `tools` and `tool_choice` of a request; no choice = the model decides. Only allowed tools are offered to it. */
export function toolsOf(
  offered: unknown,
  chosen: unknown,
): { readonly tools: readonly Tool[]; readonly toolChoice: ToolChoice | null } {
  const tools = readTools(offered);
  if (chosen === undefined) return { tools, toolChoice: null };
  const parsed = readFields(wireChoice, chosen, 'tool_choice');
  if (typeof parsed !== 'string' && parsed.type === 'allowed_tools') {
    const names = parsed.allowed_tools.tools.map(({ function: tool }) => tool.name);
    for (const each of names) checkChosen({ name: each }, tools);
    return { tools: tools.filter((tool) => names.includes(tool.name)), toolChoice: parsed.allowed_tools.mode };
  }
  const toolChoice = typeof parsed === 'string' ? parsed : { name: parsed.function.name };
  checkChosen(toolChoice, tools);
  return { tools, toolChoice };
}

const wireFormat = z.discriminatedUnion(
  'type',
  [
    z.looseObject({ type: z.literal('text') }),
    z.looseObject({ type: z.literal('json_object') }),
    z.looseObject({
      type: z.literal('json_schema'),
      json_schema: z.looseObject({ name: z.string().min(1).max(128), schema, strict: z.boolean().nullish() }),
    }),
  ],
  { error: 'its `type` is "text", "json_object" or "json_schema"' },
);

/** `response_format` of a request; null = free text. */
export function formatOf(value: unknown): Format | null {
  if (value === undefined) return null;
  const format = readFields(wireFormat, value, 'response_format');
  if (format.type === 'text') return null;
  if (format.type === 'json_object') return { type: 'json' };
  const { name, schema, strict } = format.json_schema;
  return { type: 'json_schema', name, schema, strict: strict ?? false };
}
