import Anthropic, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { called, failed, finished, routed, said, startScriptedApi, TRACE } from '../support/scripted-api.ts';
import type { Line } from '../support/scripted-api.ts';

// Fields its types have dropped and its users still send.
const older = { temperature: 0.5, top_p: 0.9, top_k: 5 };
const messages = [{ role: 'user' as const, content: 'hi' }];
const ask = { model: 'switchyard/auto', max_tokens: 100, messages };
const weather = {
  name: 'weather',
  description: 'Says the weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
};
const twoCalls: Line[] = [
  routed(),
  said('Let me look.'),
  called(0, '', { id: 'call_a', name: 'weather' }),
  called(0, '{"city":'),
  called(1, '{"city":', { id: 'call_b', name: 'weather' }),
  called(0, '"Rome"}'),
  called(1, '"Oslo"}'),
  finished({ finish: 'tool_calls' }),
];
const bothCalls = [
  { type: 'text', text: 'Let me look.' },
  { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Rome' } },
  { type: 'tool_use', id: 'call_b', name: 'weather', input: { city: 'Oslo' } },
];

async function start(script: readonly Line[]) {
  const api = await startScriptedApi(() => script);
  const client = new Anthropic({ baseURL: api.url, apiKey: 'right', maxRetries: 0 });
  return { ...api, client };
}

describe('Anthropic’s own client', () => {
  it('reads a whole answer; the usage leaves cached tokens out of the input as theirs does', async () => {
    const { client, asked } = await start([
      routed(),
      { kind: 'reasoning', text: 'Hm.' },
      said('Hello'),
      said(' there'),
      finished({ stopSequence: 'END', tokensCacheWrite: 5 }),
    ]);
    const { data, response } = await client.messages
      .create({
        ...ask,
        system: [{ type: 'text', text: 'be brief' }],
        ...older,
        stop_sequences: ['END'],
        thinking: { type: 'enabled', budget_tokens: 50 },
        metadata: { user_id: 'u' },
      })
      .withResponse();
    expect(data).toMatchObject({
      id: `msg_${TRACE}`,
      role: 'assistant',
      model: 'acme/big',
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Hello there' },
      ],
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage: { input_tokens: 25, cache_read_input_tokens: 20, cache_creation_input_tokens: 5, output_tokens: 10 },
    });
    expect(response.headers.get('x-switchyard-trace-id')).toBe(TRACE);
    expect(asked[0]).toMatchObject({
      messages: [
        { role: 'system', text: 'be brief' },
        { role: 'user', text: 'hi' },
      ],
      sampling: { temperature: 0.5, topP: 0.9, topK: 5, maxTokens: 100 },
      stop: ['END'],
      token: { name: 'ci' },
    });
  });

  it('streams thinking and text as blocks one after the other', async () => {
    const { client } = await start([
      routed(),
      { kind: 'reasoning', text: 'H' },
      { kind: 'reasoning', text: 'm' },
      said('Hel'),
      said('lo'),
      finished({ finish: 'length' }),
    ]);
    const stream = client.messages.stream(ask);
    const kinds: string[] = [];
    stream.on('streamEvent', ({ type }) => kinds.push(type));
    const final = await stream.finalMessage();
    expect(final.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm' },
      { type: 'text', text: 'Hello' },
    ]);
    expect(final.stop_reason).toBe('max_tokens');
    expect(final.usage).toMatchObject({ input_tokens: 30, cache_read_input_tokens: 20, output_tokens: 10 });
    expect(kinds).toEqual([
      'message_start',
      ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
      ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ]);
  });

  it('puts tool calls together however they came, streamed or not', async () => {
    const { client, asked } = await start(twoCalls);
    const tooled = { ...ask, tools: [weather], tool_choice: { type: 'any' as const } };
    const whole = await client.messages.create(tooled);
    expect(whole).toMatchObject({ content: bothCalls, stop_reason: 'tool_use' });
    const stream = client.messages.stream(tooled);
    const blocks: unknown[] = [];
    stream.on('contentBlock', (block) => blocks.push(block));
    const final = await stream.finalMessage();
    expect(final).toMatchObject({ content: bothCalls, stop_reason: 'tool_use' });
    expect(blocks).toMatchObject(bothCalls);
    expect(asked[0]).toMatchObject({
      toolChoice: 'required',
      tools: [{ name: 'weather', description: 'Says the weather', parameters: weather.input_schema }],
    });
    const single = await client.messages.create({
      ...tooled,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(single.content).toHaveLength(2);
  });

  it('sends tool results and images back', async () => {
    const { client, asked } = await start([routed(), said('Sunny.'), finished()]);
    const image = {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0KGgo=' },
    };
    await client.messages.create({
      ...ask,
      tools: [weather],
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'secret', signature: 'x' },
            { type: 'text', text: 'Look.' },
            { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Rome' } },
            { type: 'tool_use', id: 'call_b', name: 'weather', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_a', content: [{ type: 'text', text: 'sunny' }, image] },
            { type: 'tool_result', tool_use_id: 'call_b', content: 'no city', is_error: true },
            { type: 'text', text: 'So?' },
          ],
        },
      ],
    });
    expect(asked[0]?.messages).toEqual([
      { role: 'user', text: 'hi' },
      {
        role: 'assistant',
        text: 'Look.',
        toolCalls: [
          { id: 'call_a', name: 'weather', argumentsText: '{"city":"Rome"}' },
          { id: 'call_b', name: 'weather', argumentsText: '{}' },
        ],
      },
      { role: 'tool', text: 'sunny', toolCallId: 'call_a' },
      { role: 'tool', text: 'Error: no city', toolCallId: 'call_b' },
      { role: 'user', text: 'So?', images: [{ mediaType: 'image/png', data: 'iVBORw0KGgo=' }] },
    ]);
    const byAddress = client.messages.create({
      ...ask,
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }] },
      ],
    });
    await expect(byAddress).rejects.toMatchObject({ status: 400 });
  });

  it('meets each failure as the class of error it knows, in its own shape', async () => {
    for (const stream of [false, true]) {
      const create = async (script: readonly Line[]) =>
        (await start(script)).client.messages.create({ ...ask, stream });
      await expect(create([failed('context_length')])).rejects.toBeInstanceOf(BadRequestError);
      await expect(create([failed('context_length')])).rejects.toMatchObject({
        type: 'invalid_request_error',
        apiMessage: expect.stringMatching(/^prompt is too long: The message is longer/u) as string,
      });
      await expect(create([routed(), failed('rate_limit', 2500)])).rejects.toBeInstanceOf(RateLimitError);
      await expect(create([failed('no_candidate')])).rejects.toMatchObject({
        status: 503,
        requestID: TRACE,
        error: { type: 'error', error: { type: 'api_error' }, request_id: TRACE },
      });
      await expect(create([failed('overloaded')])).rejects.toMatchObject({
        error: { error: { type: 'overloaded_error' } },
      });
    }
    const { client, url } = await start([routed(), finished()]);
    await expect(client.messages.create({ ...ask, model: 'claude' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.messages.create({ ...ask, max_tokens: 0 })).rejects.toMatchObject({ status: 400 });
    const stranger = new Anthropic({ baseURL: url, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.messages.create(ask)).rejects.toBeInstanceOf(AuthenticationError);
    const bearer = new Anthropic({ baseURL: url, apiKey: null, authToken: 'right', maxRetries: 0 });
    expect((await bearer.messages.create(ask)).type).toBe('message');
  });

  it('hears in mid-stream that the answer broke off, after every word that was said', async () => {
    const { client } = await start([routed(), said('Half an'), said(' answer'), failed('overloaded')]);
    const stream = await client.messages.create({ ...ask, stream: true });
    let text = '';
    const read = async () => {
      for await (const event of stream) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      }
    };
    await expect(read()).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } });
    expect(text).toBe('Half an answer');
  });

  it('stops the model when it aborts', async () => {
    const { client, aborted } = await start([routed(), said('a'), 'wait']);
    const stream = client.messages.stream(ask);
    stream.on('text', () => {
      stream.abort();
    });
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    await aborted;
  });

  it('lists models, in pages where it wants them, and counts tokens', async () => {
    const { client } = await start([]);
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(['switchyard/auto', 'switchyard/local', 'acme/big']);
    expect((await client.models.retrieve('acme/big')).display_name).toBe('Big');
    const page = await client.models.list({ limit: 2 });
    expect([page.data.length, page.hasNextPage()]).toEqual([2, true]);
    const paged = [];
    for await (const { id } of client.models.list({ limit: 1 })) paged.push(id);
    expect(paged).toEqual(ids);
    const back = await client.models.list({ before_id: 'acme/big', limit: 1 });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([['switchyard/local'], true]);
    await expect(client.models.list({ after_id: 'acme/none' })).rejects.toMatchObject({ status: 400 });
    await expect(client.models.list({ limit: 0 })).rejects.toMatchObject({ status: 400 });
    const counted = await client.messages.countTokens({ model: 'acme/big', messages, system: 'x'.repeat(400) });
    expect(counted.input_tokens).toBeGreaterThan(100);
  });
});
