import { createJsonEnd } from '../../base/json-end.ts';
import type { ModelMessage, ModelTool, ModelToolChoice } from '../model.ts';
import { createTextReader } from './calls-in-text.ts';
import type { CallReaderDeps, Said } from './calls-in-text.ts';

/** A message as the engine takes it. */
export interface EngineMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

const callLine = (name: string, argumentsText: string): string =>
  `{"name": ${JSON.stringify(name)}, "arguments": ${argumentsText.trim() || '{}'}}`;

const described = ({ name, description, parameters }: ModelTool): string =>
  JSON.stringify({ name, ...(description === undefined ? {} : { description }), parameters });

/** What a model is told of its tools. It is for the model, whatever language a person speaks. */
function instructions(tools: readonly ModelTool[], choice: ModelToolChoice): string {
  const must = choice !== 'auto';
  return [
    `You ${must ? 'now call one of these tools' : 'can call these tools'}, one JSON object a line, with its parameters as JSON Schema:`,
    ...tools.map(described),
    `To call a tool, answer with nothing but a line like this: ${callLine('tool', '{"parameter": "value"}')}`,
    ...(must ? [] : ['When no tool helps, or its result is there, answer in plain words.']),
  ].join('\n');
}

/** The tools of a request that the model may call; empty = none. */
export function callable(tools: readonly ModelTool[] = [], choice: ModelToolChoice = 'auto'): readonly ModelTool[] {
  if (choice === 'none') return [];
  return typeof choice === 'string' ? tools : tools.filter(({ name }) => name === choice.name);
}

/**
 * Messages as the engine takes them: text of three roles. Calls and results of tools stand in it as lines, in the form the model is asked
 * to call them in. null = there is something else among them.
 */
export function engineMessages(
  messages: readonly ModelMessage[],
  tools: readonly ModelTool[] = [],
  choice: ModelToolChoice = 'auto',
): EngineMessage[] | null {
  const names = new Map<string, string>();
  const taken: EngineMessage[] = [];
  /** Results of several calls are one message: templates want the two sides to take turns. */
  let afterResult = false;
  for (const { role, text, images, toolCalls = [], toolCallId = '' } of messages) {
    if ((images?.length ?? 0) > 0) return null;
    for (const { id, name } of toolCalls) names.set(id, name);
    if (role === 'tool') {
      const result = `Result of ${names.get(toolCallId) ?? 'the tool'}:\n${text}`;
      const before = afterResult ? taken.pop() : undefined;
      taken.push({ role: 'user', text: before ? `${before.text}\n\n${result}` : result });
    } else {
      const calls = toolCalls.map(({ name, argumentsText }) => callLine(name, argumentsText));
      taken.push({ role, text: [...(text === '' && calls.length > 0 ? [] : [text]), ...calls].join('\n') });
    }
    afterResult = role === 'tool';
  }
  if (tools.length === 0) return taken;
  const told = instructions(tools, choice);
  const [first, ...rest] = taken;
  return first?.role === 'system'
    ? [{ role: 'system', text: `${first.text}\n\n${told}` }, ...rest]
    : [{ role: 'system', text: told }, ...taken];
}

/** The beginning of a call, up to where its arguments begin. */
const HEAD = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*(?=\S)/u;

/** Reads calls out of what a model writes under the engine's grammar for tools, as it comes. */
export function createCallReader(deps: CallReaderDeps) {
  const { mintId } = deps;
  const words = createTextReader(deps);
  let state: 'start' | 'head' | 'arguments' | 'tail' | 'text' = 'start';
  let held = '';
  let index = -1;
  /** Finds the end of a call's arguments, behind which its own brace follows. */
  let argumentsEnd = createJsonEnd();

  return {
    /** What this text adds; `tokens` made it. */
    push(text: string, tokens: number): Said[] {
      if (state === 'text') return words.push(text, tokens);
      const events: Said[] = [];
      let rest = held + text;
      held = '';
      for (;;) {
        if (state === 'start') {
          if (rest.trim() === '') {
            held = rest;
            return events;
          }
          // Only what begins the reply may be a text: the grammar lets none follow a call.
          if (index < 0 && !rest.trimStart().startsWith('{')) {
            state = 'text';
            return words.push(rest, tokens);
          }
          state = 'head';
        }
        if (state === 'head') {
          const head = HEAD.exec(rest);
          if (!head) {
            held = rest;
            return events;
          }
          index++;
          const name = JSON.parse(head[1] ?? '""') as string;
          events.push({ kind: 'tool', index, id: mintId(), name, argumentsText: '' });
          rest = rest.slice(head[0].length);
          argumentsEnd = createJsonEnd();
          state = 'arguments';
        }
        if (state === 'arguments') {
          const end = argumentsEnd(rest);
          const argumentsText = end < 0 ? rest : rest.slice(0, end);
          if (argumentsText !== '') events.push({ kind: 'tool', index, argumentsText });
          if (end < 0) return events;
          rest = rest.slice(end);
          state = 'tail';
        }
        const brace = rest.indexOf('}');
        if (brace < 0) return events;
        rest = rest.slice(brace + 1);
        state = 'start';
      }
    },
    /** What was held back and is no call after all. */
    finish(): Said[] {
      if (state === 'text') return words.finish();
      const rest = index >= 0 ? '' : held;
      held = '';
      return rest === '' ? [] : [{ kind: 'delta', text: rest, tokens: 0 }];
    },
    /** Calls that were begun. */
    calls: (): number => index + 1 + words.calls(),
  };
}
