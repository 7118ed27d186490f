import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { called, finished, routed, said, startScriptedApi, TRACE } from '../support/scripted-api.ts';
import type { Line } from '../support/scripted-api.ts';

/** Names of the fields that a type promises. */
type Promised<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
/** All of them, by the client's own types: the compiler refuses a list that misses one. */
type Fields<T> = Readonly<Record<Promised<T>, true>>;

type Beta = Anthropic.Beta.BetaMessage;
const message: Fields<Anthropic.Message> & Fields<Beta> = {
  id: true,
  container: true,
  content: true,
  context_management: true,
  diagnostics: true,
  model: true,
  role: true,
  stop_details: true,
  stop_reason: true,
  stop_sequence: true,
  type: true,
  usage: true,
};
const deltaUsage: Fields<Anthropic.MessageDeltaUsage> & Fields<Anthropic.Beta.BetaMessageDeltaUsage> = {
  cache_creation_input_tokens: true,
  cache_read_input_tokens: true,
  fallback_credit: true,
  input_tokens: true,
  iterations: true,
  output_tokens: true,
  output_tokens_details: true,
  server_tool_use: true,
};
const usage: Fields<Anthropic.Usage> & Fields<Anthropic.Beta.BetaUsage> = {
  ...deltaUsage,
  cache_creation: true,
  inference_geo: true,
  service_tier: true,
  speed: true,
};
const messageDelta: Fields<Anthropic.RawMessageDeltaEvent> & Fields<Anthropic.Beta.BetaRawMessageDeltaEvent> = {
  context_management: true,
  delta: true,
  type: true,
  usage: true,
};
const delta: Fields<Anthropic.RawMessageDeltaEvent.Delta> = {
  container: true,
  stop_details: true,
  stop_reason: true,
  stop_sequence: true,
};
const text: Fields<Anthropic.TextBlock> = { citations: true, text: true, type: true };
const thinking: Fields<Anthropic.ThinkingBlock> = { signature: true, thinking: true, type: true };
const call: Fields<Anthropic.ToolUseBlock> = { caller: true, id: true, input: true, name: true, type: true };
const refusal: Fields<Anthropic.RefusalStopDetails> = { category: true, explanation: true, type: true };
const counted: Fields<Anthropic.MessageTokensCount> & Fields<Anthropic.Beta.BetaMessageTokensCount> = {
  context_management: true,
  input_tokens: true,
};
const model: Fields<Anthropic.ModelInfo> & Fields<Anthropic.Beta.BetaModelInfo> & Fields<OpenAI.Model> = {
  allowed_fallback_models: true,
  capabilities: true,
  created: true,
  created_at: true,
  deprecated_at: true,
  display_name: true,
  id: true,
  lifecycle: true,
  line: true,
  max_input_tokens: true,
  max_tokens: true,
  object: true,
  owned_by: true,
  retires_at: true,
  type: true,
};
const completion: Fields<OpenAI.ChatCompletion> = { id: true, choices: true, created: true, model: true, object: true };
const choice: Fields<OpenAI.ChatCompletion.Choice> = {
  finish_reason: true,
  index: true,
  logprobs: true,
  message: true,
};
const said1: Fields<OpenAI.ChatCompletionMessage> = { content: true, refusal: true, role: true };
const chunkChoice: Fields<OpenAI.ChatCompletionChunk.Choice> = { delta: true, finish_reason: true, index: true };

const expectFields = (value: unknown, fields: object): void => {
  expect(Object.keys(value ?? {})).toEqual(expect.arrayContaining(Object.keys(fields)));
};
const blockFields = { text, thinking, tool_use: call };
const expectBlock = (block: Anthropic.ContentBlock): void => {
  if (block.type === 'text' || block.type === 'thinking' || block.type === 'tool_use')
    expectFields(block, blockFields[block.type]);
  else throw new Error(`a block of type ${block.type}`);
};

const everything: Line[] = [
  routed(),
  { kind: 'reasoning', text: 'Hm.' },
  said('Let me look.'),
  called(0, '{"city":"Rome"}', { id: 'call_a', name: 'weather' }),
  finished({ finish: 'tool_calls' }),
];
const messages = [{ role: 'user' as const, content: 'hi' }];
const ask = { model: 'switchyard/auto', max_tokens: 100, messages };

async function start(script: readonly Line[] = everything) {
  const { url } = await startScriptedApi(() => script);
  return {
    anthropic: new Anthropic({ baseURL: url, apiKey: 'right', maxRetries: 0 }),
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'right', maxRetries: 0 }),
  };
}

describe('answers hold every field that the official clients’ types promise', () => {
  it('of a message, whole', async () => {
    const { anthropic } = await start();
    const whole = await anthropic.messages.create(ask);
    expectFields(whole, message);
    expectFields(whole.usage, usage);
    expect(whole.content).toHaveLength(3);
    whole.content.forEach(expectBlock);
    expect(whole.usage.output_tokens_details).toEqual({ thinking_tokens: 4 });
  });

  it('of a message, streamed, in each of its events and put together', async () => {
    const { anthropic } = await start();
    for await (const event of await anthropic.messages.create({ ...ask, stream: true })) {
      if (event.type === 'message_start') {
        expectFields(event.message, message);
        expectFields(event.message.usage, usage);
      } else if (event.type === 'content_block_start') expectBlock(event.content_block);
      else if (event.type === 'message_delta') {
        expectFields(event, messageDelta);
        expectFields(event.delta, delta);
        expectFields(event.usage, deltaUsage);
      }
    }
    const final = await anthropic.messages.stream(ask).finalMessage();
    const whole = await anthropic.messages.create(ask);
    expect(final).toEqual({ ...whole, content: final.content, parsed_output: null });
    final.content.forEach(expectBlock);
  });

  it('of a refusal', async () => {
    const { anthropic } = await start([routed(), said('No.'), finished({ finish: 'refused' })]);
    const { stop_reason, stop_details } = await anthropic.messages.create(ask);
    expect(stop_reason).toBe('refusal');
    expectFields(stop_details, refusal);
    const streamed = await anthropic.messages.stream(ask).finalMessage();
    expect(streamed.stop_details).toEqual(stop_details);
  });

  it('of a model, and of a count of tokens', async () => {
    const { anthropic, openai } = await start();
    for await (const one of anthropic.models.list()) expectFields(one, model);
    expectFields(await anthropic.models.retrieve('acme/big'), model);
    for await (const one of openai.models.list()) expectFields(one, model);
    expectFields(await anthropic.messages.countTokens({ model: 'acme/big', messages }), counted);
  });

  it('of a completion, whole and streamed', async () => {
    const { openai } = await start();
    const whole = await openai.chat.completions.create({ model: 'acme/big', messages });
    expectFields(whole, completion);
    expectFields(whole.choices[0], choice);
    expectFields(whole.choices[0]?.message, said1);
    for await (const chunk of await openai.chat.completions.create({ model: 'acme/big', messages, stream: true })) {
      expectFields(chunk, completion);
      expectFields(chunk.choices[0], chunkChoice);
    }
  });

  it('and what they get may be sent back as it is', async () => {
    const { anthropic } = await start();
    const { content } = await anthropic.messages.create(ask);
    const result = { type: 'tool_result' as const, tool_use_id: 'call_a', content: 'sunny' };
    const again = [...messages, { role: 'assistant' as const, content }, { role: 'user' as const, content: [result] }];
    expect((await anthropic.messages.create({ ...ask, messages: again })).type).toBe('message');
  });

  it('and an id of their request, whatever was asked', async () => {
    const { anthropic, openai } = await start();
    const ids = [
      (await openai.models.retrieve('acme/big'))._request_id,
      (await openai.models.list().withResponse()).request_id,
      (await anthropic.messages.countTokens({ model: 'acme/big', messages }))._request_id,
    ];
    for (const id of ids) expect(id).toMatch(/^req_/u);
    expect((await anthropic.messages.create(ask))._request_id).toBe(TRACE);
  });
});
