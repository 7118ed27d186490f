import type { ScriptError, ScriptFinish, ScriptUsage, WireWriter } from './script.ts';

const FINISH: Readonly<Record<ScriptFinish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  filtered: 'refusal',
  refused: 'refusal',
};

/** Anthropic counts what its cache read and wrote beside the other input tokens. */
const usageOf = (usage: ScriptUsage) => ({
  input_tokens: usage.in - (usage.cached ?? 0) - (usage.cacheWrite ?? 0),
  cache_creation_input_tokens: usage.cacheWrite ?? 0,
  cache_read_input_tokens: usage.cached ?? 0,
  output_tokens: usage.out,
});

export const anthropicError = ({ type, message }: ScriptError) => ({
  type: 'error',
  error: { ...(type === undefined ? {} : { type }), message: message ?? 'Something went wrong.' },
  request_id: 'req_scripted',
});

/** The events of a streamed message (docs.claude.com/en/api/messages-streaming). */
export function anthropicWire(model: string): WireWriter {
  const frame = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model, stop_sequence: null };
  let block = -1;
  let open: string | null = null;

  const close = () => {
    if (open === null) return '';
    open = null;
    return frame('content_block_stop', { index: block });
  };
  const inBlock = (name: string, start: object) => {
    if (open === name) return '';
    const before = close();
    open = name;
    block++;
    return before + frame('content_block_start', { index: block, content_block: start });
  };
  const delta = (part: object) => frame('content_block_delta', { index: block, delta: part });

  return {
    begin: (usage) =>
      frame('message_start', {
        message: {
          ...message,
          content: [],
          stop_reason: null,
          ...(usage
            ? { usage: { ...usageOf(usage), output_tokens: 1 } }
            : { usage: { input_tokens: 0, output_tokens: 0 } }),
        },
      }) + frame('ping', {}),
    text: (text) => inBlock('text', { type: 'text', text: '' }) + delta({ type: 'text_delta', text }),
    reasoning: (thinking) =>
      inBlock('thinking', { type: 'thinking', thinking: '', signature: '' }) +
      delta({ type: 'thinking_delta', thinking }),
    tool: ({ index, id, name, argumentsText }) =>
      inBlock(`tool${String(index)}`, {
        type: 'tool_use',
        id: id ?? `toolu_${String(index)}`,
        name: name ?? 'tool',
        input: {},
      }) + (argumentsText === '' ? '' : delta({ type: 'input_json_delta', partial_json: argumentsText })),
    error: (error) => frame('error', anthropicError(error)),
    end: (finish, raw, usage) =>
      close() +
      frame('message_delta', {
        delta: { stop_reason: raw ?? FINISH[finish], stop_sequence: null },
        usage: { output_tokens: usage?.out ?? 0 },
      }) +
      frame('message_stop', {}),
    whole: (text, tools, finish, raw, usage) =>
      JSON.stringify({
        ...message,
        content: [
          { type: 'text', text },
          ...tools.map(({ id, name, argumentsText }) => ({
            type: 'tool_use',
            id,
            name,
            input: JSON.parse(argumentsText) as unknown,
          })),
        ],
        stop_reason: raw ?? FINISH[finish],
        usage: usage ? usageOf(usage) : { input_tokens: 0, output_tokens: 0 },
      }),
  };
}
