import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { startLocalApi } from '../support/local-api.ts';
import type { LocalApi } from '../support/local-api.ts';

let api: LocalApi;
let client: OpenAI;
beforeAll(async () => {
  api = await startLocalApi('nonsense', { name: 'Nonsense', endless: true });
  ({ client } = api);
});
afterAll(() => api.dispose());

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Says the weather of a city',
    parameters: {
      type: 'object',
      properties: {
        unit: { enum: ['celsius', 'fahrenheit'] },
        days: { type: 'integer' },
        where: { type: 'object', properties: { inside: { type: 'boolean' } }, required: ['inside'] },
        rest: { description: 'anything' },
      },
      required: ['unit', 'days', 'where'],
    },
  },
};
const noArguments = { type: 'function' as const, function: { name: 'clock' } };
const ask = {
  model: STARTER_MODEL_ID,
  messages: [{ role: 'user' as const, content: 'What is the weather in Oslo?' }],
  max_tokens: 300,
  seed: 7,
};

interface Weather {
  readonly unit: string;
  readonly days: number;
  readonly where: { readonly inside: boolean };
}
function checkWeather(text: string): void {
  const read = JSON.parse(text) as Weather;
  expect(['celsius', 'fahrenheit']).toContain(read.unit);
  expect(Number.isInteger(read.days)).toBe(true);
  expect(typeof read.where.inside).toBe('boolean');
}

describe('a model of this machine that is given tools', () => {
  it('calls the tool that is required, with arguments of its schema', async () => {
    const choice = { type: 'function' as const, function: { name: 'get_weather' } };
    const made = await client.chat.completions.create({ ...ask, tools: [weather, noArguments], tool_choice: choice });
    const [answer] = made.choices;
    expect(answer?.finish_reason).toBe('tool_calls');
    const [call, ...more] = answer?.message.tool_calls ?? [];
    expect(more).toEqual([]);
    if (call?.type !== 'function') throw new Error('There is no call.');
    expect(call.id).toMatch(/^call_/);
    expect(call.function.name).toBe('get_weather');
    checkWeather(call.function.arguments);
  });

  it('streams a call as it is written, to OpenAI’s own reader', async () => {
    const stream = client.chat.completions.stream({
      ...ask,
      tools: [weather],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    let parts = 0;
    for await (const chunk of stream) parts += chunk.choices[0]?.delta.tool_calls?.length ?? 0;
    const { choices } = await stream.finalChatCompletion();
    expect(parts).toBeGreaterThan(2);
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    const [call] = choices[0]?.message.tool_calls ?? [];
    if (call?.type !== 'function') throw new Error('There is no call.');
    checkWeather(call.function.arguments);
  });

  it('calls it even when all it writes is noise', async () => {
    const { unit, days, where } = weather.function.parameters.properties;
    const parameters = { ...weather.function.parameters, properties: { unit, days, where } };
    const made = await client.chat.completions.create({
      ...ask,
      model: 'local/nonsense',
      temperature: 1.5,
      tools: [noArguments, { ...weather, function: { ...weather.function, parameters } }],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    const [call] = made.choices[0]?.message.tool_calls ?? [];
    if (call?.type !== 'function') throw new Error(`There is no call but ${JSON.stringify(made.choices)}.`);
    checkWeather(call.function.arguments);
  });

  it('lets noise be words when nothing is required', async () => {
    const made = await client.chat.completions.create({
      ...ask,
      model: 'local/nonsense',
      max_tokens: 16,
      tools: [weather, noArguments],
    });
    expect(made.choices[0]?.message.content).toBeTruthy();
    expect(made.choices[0]?.message.tool_calls ?? []).toEqual([]);
  });

  it('gives a tool without parameters none', async () => {
    const made = await client.chat.completions.create({
      ...ask,
      tools: [noArguments],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    const [call] = made.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: 'function', function: { name: 'clock' } });
    expect(call?.type === 'function' ? (JSON.parse(call.function.arguments) as unknown) : null).toEqual({});
  });

  it('may answer in words when nothing is required, calls and results behind it', async () => {
    const calls = [{ id: 'call_1', type: 'function' as const, function: { name: 'clock', arguments: '{}' } }];
    const made = await client.chat.completions.create({
      ...ask,
      max_tokens: 24,
      messages: [
        ...ask.messages,
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', tool_call_id: 'call_1', content: 'noon' },
      ],
      tools: [weather, noArguments],
    });
    const { message } = made.choices[0] ?? {};
    expect((message?.content ?? '').length + (message?.tool_calls?.length ?? 0)).toBeGreaterThan(0);
  });

  it('calls a tool whose schema no grammar can be made of with some JSON', async () => {
    const odd = { name: 'odd', parameters: { type: 'object', properties: { a: { $ref: '#/nowhere' } } } };
    const made = await client.chat.completions.create({
      ...ask,
      tools: [{ type: 'function', function: odd }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      max_tokens: 400,
    });
    const [call] = made.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: 'function', function: { name: 'odd' } });
  });
});
