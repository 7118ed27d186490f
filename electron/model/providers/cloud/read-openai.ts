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
  if ((error !== undefined && error !== null) || isBareError(chunk)) {
    reading.problem ??= { phase: 'stream', body: chunk };
    return;
  }
  // Several answers were never asked for, so the first is the only one. Some servers number in strings.
  const choice = list(field(chunk, 'choices')).find((each) => Number(field(each, 'index') ?? 0) === 0);
  if (choice !== undefined) readChoice(reading, choice);
  const usage = field(chunk, 'usage') ?? field(field(chunk, 'x_groq'), 'usage');
  if (typeof usage === 'object' && usage !== null) {
    const input = field(usage, 'prompt_tokens_details');
    const output = field(usage, 'completion_tokens_details');
    const reasoning = field(output, 'reasoning_tokens');
    const counted = usageFrom({
      tokensIn: field(usage, 'prompt_tokens'),
      // DeepSeek and Moonshot say it beside the details; OpenRouter and LiteLLM say what was written to the cache.
      cached: field(input, 'cached_tokens') ?? field(usage, 'prompt_cache_hit_tokens') ?? field(usage, 'cached_tokens'),
      cacheWrite: field(input, 'cache_write_tokens') ?? field(usage, 'cache_creation_input_tokens'),
      tokensOut: field(usage, 'completion_tokens'),
      ...(countedBeside(usage, reasoning) ? { written: field(usage, 'completion_tokens') } : {}),
      reasoning,
    });
    // Some servers end with counts of nothing, after those that count.
    if (counted.tokensIn + counted.tokensOut > 0) reading.usage = counted;
  }
}

/**
 * An error without a place of its own, in an answer that began well: vLLM before 0.10 (`object: "error"`), FastChat and Qianfan
 * (`error_code`), MiniMax (`base_resp.status_code`). 0 = all is well.
 */
function isBareError(chunk: unknown): boolean {
  const code = field(chunk, 'error_code') ?? field(field(chunk, 'base_resp'), 'status_code') ?? 0;
  return field(chunk, 'object') === 'error' || code !== 0;
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
  // Clients wait for calls that never came.
  else if (said === 'tool_calls' && reading.toolCount() === 0) reading.finish = 'stop';
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

/** A part of a call. A few servers number every call 0 or none at all, and some give no ids. */
function readCall(reading: Reading, call: unknown, at: number, count: number): void {
  const id = textOf(field(call, 'id')) ?? '';
  const made = field(call, 'function');
  const name = textOf(field(made, 'name')) ?? '';
  const written = field(made, 'arguments');
  // Some hand over an object where a text belongs.
  const argumentsText = typeof written === 'object' && written !== null ? JSON.stringify(written) : written;
  const begins = name !== '' && typeof argumentsText === 'string' && argumentsText.trimStart().startsWith('{');
  const number = field(call, 'index') ?? (id === '' && count > 1 ? at : null);
  reading.tool(keyOf(reading, number, id, name !== '', begins), {
    id,
    name,
    signature: field(field(field(call, 'extra_content'), 'google'), 'thought_signature'),
    argumentsText,
  });
}

/** The call that a part belongs to: by its number and its id, else the one spoken of last. `begins` = with a name and the first bracket of its arguments. */
function keyOf(reading: Reading, number: unknown, id: string, named: boolean, begins: boolean): string {
  const last = reading.lastTool();
  const plain = number === null ? `id ${id}` : `index ${String(number)}`;
  if (id !== '') {
    const known = reading.toolOf(plain)?.givenId ?? null;
    // A new id with a name is a new call.
    const own = `${plain} ${id}`;
    return known !== null && known !== id && (named || reading.toolOf(own) !== null) ? own : plain;
  }
  const key = last !== null && (number === null || last.startsWith(`${plain} `)) ? last : plain;
  // A name behind arguments that are whole is a new call.
  return begins && reading.toolOf(key)?.isWhole === true ? `${key} ${String(reading.toolCount())}` : key;
}
