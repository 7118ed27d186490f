import type { ScriptError, ScriptFinish, ScriptUsage, WireWriter } from './script.ts';

const FINISH: Readonly<Record<ScriptFinish, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  filtered: 'SAFETY',
  refused: 'PROHIBITED_CONTENT',
};

/** Google counts the cached part among the prompt, and thinking apart from the answer. */
const usageOf = (usage: ScriptUsage) => ({
  promptTokenCount: usage.in,
  cachedContentTokenCount: usage.cached ?? 0,
  candidatesTokenCount: usage.out - (usage.reasoning ?? 0),
  thoughtsTokenCount: usage.reasoning ?? 0,
  totalTokenCount: usage.in + usage.out,
});

export const googleError = ({ type, code, message }: ScriptError) => ({
  error: {
    code: typeof code === 'number' ? code : 400,
    message: message ?? 'Something went wrong.',
    ...(type === undefined ? {} : { status: type }),
  },
});

/** Google sends arguments as a value; what is no JSON is sent as the text it is. */
function argsOf(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return text;
  }
}

/** `GenerateContentResponse` events; nothing marks the end but a `finishReason` (ai.google.dev/api/generate-content). */
export function googleWire(model: string): WireWriter {
  const base = { modelVersion: model, responseId: 'resp-1' };
  const frame = (value: unknown) => `data: ${JSON.stringify(value)}\r\n\r\n`;
  const parts = (list: readonly unknown[]) =>
    frame({ candidates: [{ content: { parts: list, role: 'model' }, index: 0 }], ...base });
  // Google sends a call whole, so its parts wait for the next one.
  const calls = new Map<number, { id: string; name: string; argumentsText: string }>();
  const callPart = (call: { id: string; name: string; argumentsText: string }) => ({
    functionCall: { id: call.id, name: call.name, args: argsOf(call.argumentsText) },
  });
  const last = (
    list: readonly unknown[],
    finish: ScriptFinish,
    raw: string | undefined,
    usage: ScriptUsage | null,
  ) => ({
    candidates: [{ content: { parts: list, role: 'model' }, finishReason: raw ?? FINISH[finish], index: 0 }],
    ...(usage ? { usageMetadata: usageOf(usage) } : {}),
    ...base,
  });
  return {
    begin: () => '',
    text: (text) => parts([{ text }]),
    reasoning: (text) => parts([{ text, thought: true }]),
    tool: ({ index, id, name, argumentsText }) => {
      const known = calls.get(index);
      if (known) known.argumentsText += argumentsText;
      else calls.set(index, { id: id ?? `call_${String(index)}`, name: name ?? 'tool', argumentsText });
      return '';
    },
    error: (error) => frame(googleError(error)),
    end: (finish, raw, usage) => {
      const whole = calls.size === 0 ? '' : parts([...calls.values()].map(callPart));
      return whole + frame(last([{ text: '' }], finish, raw, usage));
    },
    whole: (text, tools, finish, raw, usage) =>
      JSON.stringify(last([{ text }, ...tools.map(callPart)], finish, raw, usage)),
  };
}
