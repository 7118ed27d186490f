import type { ScriptError, ScriptFinish, ScriptUsage, WireWriter } from './script.ts';

const FINISH: Readonly<Record<ScriptFinish, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  filtered: 'content_filter',
  refused: 'stop',
};

const usageOf = (usage: ScriptUsage) => ({
  prompt_tokens: usage.in,
  completion_tokens: usage.out,
  total_tokens: usage.in + usage.out,
  prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
  completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
});

/** Error bodies of OpenAI: `param` and `code` are null when there is nothing to say. */
export const openAiError = ({ type, code, message }: ScriptError) => ({
  error: {
    message: message ?? 'Something went wrong.',
    ...(type === undefined ? {} : { type }),
    param: null,
    code: code ?? null,
  },
});

/** `chat.completion.chunk` events ended by `[DONE]` (platform.openai.com/docs/api-reference/chat-streaming). */
export function openAiWire(model: string, includeUsage: boolean): WireWriter {
  const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000, model };
  const frame = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const delta = (part: unknown, logprobs: unknown = null) =>
    frame({ ...base, choices: [{ index: 0, delta: part, logprobs, finish_reason: null }] });
  return {
    begin: () => delta({ role: 'assistant', content: '' }),
    text: (text, logprob) =>
      delta(
        { content: text },
        logprob === undefined ? null : { content: [{ token: text, logprob, top_logprobs: [] }] },
      ),
    reasoning: (text) => delta({ reasoning_content: text }),
    tool: ({ index, id, name, argumentsText }) =>
      delta({
        tool_calls: [
          {
            index,
            ...(id === undefined ? {} : { id, type: 'function' }),
            function: { ...(name === undefined ? {} : { name }), arguments: argumentsText },
          },
        ],
      }),
    error: (error) => frame(openAiError(error)),
    end: (finish, raw, usage) =>
      (finish === 'refused' ? delta({ refusal: 'I cannot help with that.' }) : '') +
      frame({ ...base, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: raw ?? FINISH[finish] }] }) +
      (usage && includeUsage ? frame({ ...base, choices: [], usage: usageOf(usage) }) : '') +
      'data: [DONE]\n\n',
    whole: (text, tools, finish, raw, usage) =>
      JSON.stringify({
        ...base,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: text,
              refusal: finish === 'refused' ? 'I cannot help with that.' : null,
              ...(tools.length === 0
                ? {}
                : {
                    tool_calls: tools.map(({ id, name, argumentsText }) => ({
                      id,
                      type: 'function',
                      function: { name, arguments: argumentsText },
                    })),
                  }),
            },
            logprobs: null,
            finish_reason: raw ?? FINISH[finish],
          },
        ],
        ...(usage ? { usage: usageOf(usage) } : {}),
      }),
  };
}
