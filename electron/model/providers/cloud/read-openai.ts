import type { ModelFinish } from '../../model.ts';
import type { ReasoningDetail } from './call-thoughts.ts';
import { field, list, rowOf, textOf } from './json.ts';
import type { Reading } from './reading.ts';
import { usageFrom } from './usage.ts';

/** Reasons of OpenAI and of servers that speak its dialect. null = the answer failed in the middle. */
const FINISH: Readonly<Record<string, ModelFinish | null>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'filtered',
  refusal: 'refused',
  error: null,
  abort: null,
  insufficient_system_resource: null,
};

/**
 * Reads `chat.completion.chunk` events, and whole `chat.completion` documents where a server does not stream
 * (platform.openai.com/docs/api-reference/chat-streaming). Prompt tokens hold the cached ones.
 */
export function readOpenAi(reading: Reading, chunk: unknown): void {
  const error = field(chunk, 'error');
  if (error !== undefined && error !== null) {
    reading.problem ??= { phase: 'stream', body: chunk };
    return;
  }
  // Several answers were never asked for, so the first is the only one.
  const choice = list(field(chunk, 'choices')).find((each) => (field(each, 'index') ?? 0) === 0);
  if (choice !== undefined) readChoice(reading, choice);
  const usage = field(chunk, 'usage') ?? field(field(chunk, 'x_groq'), 'usage');
  if (typeof usage === 'object' && usage !== null) {
    const input = field(usage, 'prompt_tokens_details');
    const output = field(usage, 'completion_tokens_details');
    const reasoning = field(output, 'reasoning_tokens');
    reading.usage = usageFrom({
      tokensIn: field(usage, 'prompt_tokens'),
      // DeepSeek and Moonshot say it beside the details; OpenRouter and LiteLLM say what was written to the cache.
      cached: field(input, 'cached_tokens') ?? field(usage, 'prompt_cache_hit_tokens') ?? field(usage, 'cached_tokens'),
      cacheWrite: field(input, 'cache_write_tokens') ?? field(usage, 'cache_creation_input_tokens'),
      tokensOut: field(usage, 'completion_tokens'),
      ...(countedBeside(usage, reasoning) ? { written: field(usage, 'completion_tokens') } : {}),
      reasoning,
    });
  }
}

/** xAI counts reasoning beside what was written, which the total shows (docs.x.ai, reasoning); OpenAI counts it within. */
function countedBeside(usage: unknown, reasoning: unknown): boolean {
  const [prompt, completion, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) =>
    Number(field(usage, name)),
  );
  return Number(reasoning) > 0 && total === (prompt ?? 0) + (completion ?? 0) + Number(reasoning);
}

function readChoice(reading: Reading, choice: unknown): void {
  const error = field(choice, 'error');
  if (error !== undefined && error !== null) {
    reading.problem ??= { phase: 'stream', body: { error } };
    return;
  }
  // Azure: learn.microsoft.com azure/ai-foundry/openai/concepts/content-filter, "content_filter_error".
  const filterError = field(field(choice, 'content_filter_results') ?? field(choice, 'content_filter_result'), 'error');
  if (filterError !== undefined && filterError !== null) reading.filterFailed = true;
  // A server that ends a stream with the whole message does not say it twice.
  const delta = field(choice, 'delta') ?? (reading.begun() ? undefined : field(choice, 'message'));
  // Servers that think in this field want it back with the results of calls.
  const thought = field(delta, 'reasoning_content');
  reading.reasoning(thought ?? field(delta, 'reasoning'), typeof thought === 'string');
  for (const piece of list(field(delta, 'reasoning_details')))
    if (typeof piece === 'object' && piece !== null) reading.detail(piece as ReasoningDetail);
  readContent(reading, field(delta, 'content'));
  reading.refusal += (textOf(field(delta, 'refusal')) ?? '').slice(0, 2000 - reading.refusal.length);
  const calls = list(field(delta, 'tool_calls'));
  for (const [at, call] of calls.entries()) readCall(reading, call, at, calls.length);
  const logprobs = list(field(field(choice, 'logprobs'), 'content'));
  for (const entry of logprobs) reading.logprob(field(entry, 'logprob'));

  const raw = textOf(field(choice, 'finish_reason'));
  if (raw === null || raw === '') return;
  reading.finishRaw = raw;
  const finish = rowOf(FINISH, raw.toLowerCase());
  if (finish === null) {
    reading.problem ??= { phase: 'finish', body: { finish_reason: raw } };
    return;
  }
  // Some servers stop with `stop` though they called tools.
  const said = finish ?? 'stop';
  if (said === 'stop' && reading.toolCount() > 0) reading.finish = 'tool_calls';
  else if (said === 'stop' && reading.refusal !== '') reading.finish = 'refused';
  else reading.finish = said;
}

/** Text, or the list of parts that some servers (Mistral) send. */
function readContent(reading: Reading, content: unknown): void {
  if (typeof content === 'string') {
    reading.text(content);
    return;
  }
  for (const part of list(content)) {
    if (field(part, 'type') === 'thinking')
      for (const thought of list(field(part, 'thinking'))) reading.reasoning(field(thought, 'text'));
    else reading.text(field(part, 'text'));
  }
}

function readCall(reading: Reading, call: unknown, at: number, count: number): void {
  const id = textOf(field(call, 'id')) ?? '';
  const made = field(call, 'function');
  const name = textOf(field(made, 'name')) ?? '';
  const given = field(call, 'index');
  const fallback = count > 1 || id !== '' ? `id ${id} ${String(at)}` : 'last';
  let key = typeof given === 'number' ? `index ${String(given)}` : fallback;
  // A few servers number every call 0: a new id with a name is a new call.
  const known = reading.toolOf(key)?.givenId ?? null;
  if (known !== null && id !== '' && name !== '' && known !== id) key = `${key} ${id}`;
  const written = field(made, 'arguments');
  reading.tool(key, {
    id,
    name,
    // Some hand over an object where a text belongs.
    signature: field(field(field(call, 'extra_content'), 'google'), 'thought_signature'),
    argumentsText: typeof written === 'object' && written !== null ? JSON.stringify(written) : written,
  });
}
