import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { called, failed, finished, routed, said, startScriptedApi, TRACE } from '../support/scripted-api.ts';
import type { Line } from '../support/scripted-api.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];
const PNG = 'iVBORw0KGgo=';
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Says the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};
const twoCalls: Line[] = [
  routed(),
  called(0, '', { id: 'call_a', name: 'weather' }),
  called(0, '{"city":'),
  called(1, '{"city":"Oslo"}', { id: 'call_b', name: 'weather' }),
  called(0, '"Rome"}'),
  finished({ finish: 'tool_calls' }),
];

async function start(script: readonly Line[], options: Parameters<typeof startScriptedApi>[1] = {}) {
  const api = await startScriptedApi(() => script, options);
  const client = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'right', maxRetries: 0 });
  return { ...api, client };
}

describe('OpenAI’s own client', () => {
  it('reads a whole answer with its usage in detail', async () => {
    const { client } = await start([
      routed(),
      { kind: 'reasoning', text: 'Hm.' },
      said('Hello'),
      said(' there'),
      finished(),
    ]);
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'switchyard/auto', messages, user: 'u', metadata: { a: 'b' }, store: true, n: 1 })
      .withResponse();
    expect(data.choices[0]?.message).toMatchObject({
      content: 'Hello there',
      refusal: null,
      reasoning_content: 'Hm.',
    });
    expect(data.usage).toEqual({
      prompt_tokens: 50,
      completion_tokens: 10,
      total_tokens: 60,
      prompt_tokens_details: { cached_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 4 },
    });
    expect(request_id).toBe(TRACE);
    expect(response.headers.get('x-switchyard-route')).toBe('acme/big');
  });

  it('streams text, reasoning and usage through its stream helper', async () => {
    const { client } = await start([routed(), { kind: 'reasoning', text: 'Hm.' }, said('Hel'), said('lo'), finished()]);
    const stream = client.chat.completions.stream({
      model: 'acme/big',
      messages,
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe('Hello');
    expect(final.choices[0]?.finish_reason).toBe('stop');
    expect(final.usage?.total_tokens).toBe(60);
  });

  it('puts streamed tool calls together, interleaved as they came', async () => {
    const { client, asked } = await start(twoCalls);
    const stream = client.chat.completions.stream({
      model: 'switchyard/auto',
      messages,
      tools: [weather],
      tool_choice: 'required',
    });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.finish_reason).toBe('tool_calls');
    expect(final.choices[0]?.message.content).toBeNull();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
      { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
    ]);
    expect(asked[0]).toMatchObject({
      toolChoice: 'required',
      tools: [{ name: 'weather', description: 'Says the weather', parameters: weather.function.parameters }],
    });
  });

  it('gets whole tool calls, one when it wants one at a time, and sends their results back', async () => {
    const { client, asked } = await start(twoCalls);
    const ask = { model: 'switchyard/auto', messages, tools: [weather] };
    const whole = await client.chat.completions.create(ask);
    expect(whole.choices[0]?.message.content).toBeNull();
    expect(whole.choices[0]?.message.tool_calls).toHaveLength(2);
    const single = await client.chat.completions.create({ ...ask, parallel_tool_calls: false });
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1);
    const message = whole.choices[0]?.message;
    if (!message) throw new Error('no message');
    await client.chat.completions.create({
      ...ask,
      messages: [
        ...messages,
        message,
        { role: 'tool', tool_call_id: 'call_a', content: 'sunny' },
        { role: 'tool', tool_call_id: 'call_b', content: 'rain' },
      ],
    });
    expect(asked.at(-1)?.messages).toEqual([
      { role: 'user', text: 'hi' },
      {
        role: 'assistant',
        text: '',
        toolCalls: [
          { id: 'call_a', name: 'weather', argumentsText: '{"city":"Rome"}' },
          { id: 'call_b', name: 'weather', argumentsText: '{"city":"Oslo"}' },
        ],
      },
      { role: 'tool', text: 'sunny', toolCallId: 'call_a' },
      { role: 'tool', text: 'rain', toolCallId: 'call_b' },
    ]);
  });

  it('parses a JSON schema answer with its helper, and hears a refusal as one', async () => {
    const format = zodResponseFormat(z.object({ city: z.string() }), 'place');
    const { client, asked } = await start([routed(), said('{"city":'), said('"Rome"}'), finished()]);
    const ask = { model: 'switchyard/auto', messages, response_format: format };
    expect((await client.chat.completions.parse(ask)).choices[0]?.message.parsed).toEqual({ city: 'Rome' });
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
    expect(streamed.choices[0]?.message.parsed).toEqual({ city: 'Rome' });
    expect(asked[0]?.format).toMatchObject({
      type: 'json_schema',
      name: 'place',
      strict: true,
      schema: { type: 'object' },
    });
    const refused = await start([routed(), said('I will not.'), finished({ finish: 'refused' })]);
    const message = (await refused.client.chat.completions.parse(ask)).choices[0]?.message;
    expect([message?.refusal, message?.content, message?.parsed]).toEqual(['I will not.', null, null]);
  });

  it('sends images as data, never as an address', async () => {
    const { client, asked } = await start([routed(), said('A dot.'), finished()]);
    const see = (url: string) =>
      client.chat.completions.create({
        model: 'switchyard/auto',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url } },
            ],
          },
        ],
      });
    await see(`data:image/png;base64,${PNG}`);
    expect(asked[0]?.messages).toEqual([
      { role: 'user', text: 'What?', images: [{ mediaType: 'image/png', data: PNG }] },
    ]);
    for (const url of [
      'https://example.org/a.png',
      'data:image/png,raw',
      'data:image/svg+xml;base64,AAAA',
      'file:///a',
    ]) {
      await expect(see(url)).rejects.toMatchObject({ status: 400 });
    }
    expect(asked).toHaveLength(1);
  });

  it('meets each failure as the class of error it knows', async () => {
    const create = async (script: readonly Line[], stream: boolean) => {
      const { client } = await start(script);
      return client.chat.completions.create({ model: 'switchyard/auto', messages, stream });
    };
    for (const stream of [false, true]) {
      const rejects = (script: readonly Line[]) => expect(create(script, stream)).rejects;
      await rejects([failed('context_length')]).toMatchObject({ status: 400, code: 'context_length_exceeded' });
      await rejects([failed('context_length')]).toBeInstanceOf(BadRequestError);
      await rejects([routed(), failed('rate_limit', 2500)]).toBeInstanceOf(RateLimitError);
      await rejects([routed(), failed('rate_limit', 2500)]).toMatchObject({
        code: 'rate_limit_exceeded',
        headers: expect.objectContaining({}) as Headers,
      });
      await rejects([failed('budget')]).toMatchObject({ status: 429, code: 'insufficient_quota' });
      await rejects([failed('no_candidate')]).toMatchObject({ status: 503, code: 'no_candidate' });
      await rejects([failed('private_only')]).toBeInstanceOf(InternalServerError);
    }
    const { client, url } = await start([routed(), finished()]);
    const unknown = client.chat.completions.create({ model: 'gpt-5', messages });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
    await expect(stranger.models.list()).rejects.toMatchObject({ code: 'invalid_api_key' });
  });

  it('is not made to try again what cannot succeed', async () => {
    const api = await startScriptedApi(() => [failed('budget')]);
    const client = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'right', maxRetries: 3 });
    await expect(client.chat.completions.create({ model: 'switchyard/auto', messages })).rejects.toThrow();
    expect(api.asked).toHaveLength(1);
  });

  it('hears in mid-stream that the answer broke off, after every word that was said', async () => {
    const { client } = await start([routed(), said('Half an'), said(' answer'), failed('server_error')]);
    const stream = await client.chat.completions.create({ model: 'switchyard/auto', messages, stream: true });
    let text = '';
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toMatchObject({ code: 'server_error' });
    expect(text).toBe('Half an answer');
  });

  it('stops the model when it aborts, before and after the first word', async () => {
    for (const script of [['wait'], [routed(), said('a'), 'wait']] satisfies Line[][]) {
      const { client, aborted, asked } = await start(script);
      const leave = new AbortController();
      const reading = (async () => {
        const stream = await client.chat.completions.create(
          { model: 'switchyard/auto', messages, stream: true },
          { signal: leave.signal },
        );
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'a') leave.abort();
      })();
      const outcome = reading.catch((error: unknown) => error);
      if (script.length === 1) {
        await new Promise<void>((resolve) => {
          const look = (): void => void (asked.length > 0 ? resolve() : setImmediate(look));
          look();
        });
        leave.abort();
        expect(await outcome).toBeInstanceOf(APIUserAbortError);
      }
      await aborted;
    }
  });

  it('lists models and reads one', async () => {
    const { client } = await start([]);
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(['switchyard/auto', 'switchyard/local', 'acme/big']);
    expect(await client.models.retrieve('acme/big')).toMatchObject({ id: 'acme/big', owned_by: 'acme' });
    await expect(client.models.retrieve('acme/none')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('gets vectors back exactly, as floats and as base64', async () => {
    const vectors = [
      [0.5, -0.25, 1],
      [0, 1, 2],
    ];
    const { client, url } = await start([], {
      embed: ({ texts }) =>
        Promise.resolve({
          modelId: 'acme/small',
          vectors: vectors.slice(0, texts.length),
          tokensIn: 7,
          traceId: TRACE,
        }),
    });
    for (const encoding_format of [undefined, 'float', 'base64'] as const) {
      const made = await client.embeddings.create({
        model: 'switchyard/auto',
        input: ['a', 'b'],
        ...(encoding_format === undefined ? {} : { encoding_format }),
      });
      const got = made.data.map(({ embedding }) =>
        typeof embedding === 'string'
          ? [...new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer)]
          : embedding,
      );
      expect(got).toEqual(vectors);
      expect(made.usage.total_tokens).toBe(7);
    }
    const tokens = client.embeddings.create({ model: 'switchyard/auto', input: [1, 2, 3] });
    await expect(tokens).rejects.toMatchObject({ status: 400, code: 'tokens_not_supported' });
    const none = await startScriptedApi(() => []);
    const without = new OpenAI({ baseURL: `${none.url}/v1`, apiKey: 'right' });
    await expect(without.embeddings.create({ model: 'switchyard/auto', input: 'a' })).rejects.toMatchObject({
      status: 503,
    });
    expect(url).toContain('127.0.0.1');
  });

  it('hands private, policy, cache and the token’s budget on', async () => {
    const { client, asked } = await start([routed({ cache: 'exact', degraded: true }), said('x'), finished()]);
    const headers = {
      'x-switchyard-private': '1',
      'x-switchyard-policy': 'cheapest',
      'x-switchyard-cache': 'off',
    };
    const { response } = await client.chat.completions
      .create({ model: 'switchyard/auto', messages }, { headers })
      .withResponse();
    expect(asked[0]).toMatchObject({
      private: true,
      policy: 'cheapest',
      cache: false,
      token: { name: 'ci', usdPerDay: 2 },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-switchyard-cache': 'exact',
      'x-switchyard-degraded': '1',
    });
  });
});
