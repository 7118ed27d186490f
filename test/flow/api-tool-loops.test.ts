import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { describe, expect, it } from 'vitest';
import type { AnswerScript, Wire } from '../support/providers/script.ts';
import type { Script } from '../support/providers/start-provider.ts';
import { routedApi } from '../support/routed-api.ts';

const WIRES: readonly Wire[] = ['openai', 'anthropic', 'google'];
const PNG = 'iVBORw0KGgo=';
const city = { type: 'object', properties: { city: { type: 'string' } } } as const;

/** Calls two tools at once, the first without arguments, then says what came of it; every byte comes by itself. */
const askThenTell: Script = (_, number): AnswerScript =>
  number % 2 === 0
    ? {
        steps: [
          { text: 'Let me see 🙂. ' },
          { tool: { index: 0, id: 'c1', name: 'now', argumentsText: '' } },
          { tool: { index: 1, id: 'c2', name: 'weather', argumentsText: '' } },
          { tool: { index: 1, argumentsText: '{"city":"Tromsø ' } },
          { tool: { index: 1, argumentsText: '🌞"}' } },
        ],
        finish: 'tool_calls',
        split: [1],
      }
    : { steps: [{ text: 'It is ' }, { text: 'sunny.' }] };

const weatherTools = (heard: string[]) => [
  {
    type: 'function' as const,
    function: {
      name: 'now',
      description: 'Says the time',
      parameters: { type: 'object', properties: {} },
      parse: (text: string) => JSON.parse(text) as object,
      function: (given: object) => {
        heard.push(JSON.stringify(given));
        return 'noon';
      },
    },
  },
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'Says the weather',
      parameters: city,
      parse: (text: string) => JSON.parse(text) as object,
      function: (given: object) => {
        heard.push(JSON.stringify(given));
        return 'sunny';
      },
    },
  },
];

describe.each(WIRES)('the clients’ own loops over tools, by a provider of the %s wire', (wire) => {
  it.each([false, true])('OpenAI’s calls its tools and comes to an end, streamed: %s', async (stream) => {
    const { openai, far } = await routedApi(wire, askThenTell);
    const heard: string[] = [];
    const ask = {
      model: 'far/big',
      messages: [{ role: 'user' as const, content: 'weather?' }],
      tools: weatherTools(heard),
    };
    const runner = stream
      ? openai.chat.completions.runTools({ ...ask, stream })
      : openai.chat.completions.runTools(ask);
    expect(await runner.finalContent()).toBe('It is sunny.');
    expect(heard).toEqual(['{}', '{"city":"Tromsø 🌞"}']);
    expect(far.requests[1]?.bodyText).toContain('noon');
  });

  it.each([false, true])('Anthropic’s calls its tools and comes to an end, streamed: %s', async (stream) => {
    const { anthropic, far } = await routedApi(wire, askThenTell);
    const heard: unknown[] = [];
    const tools = [
      betaTool({
        name: 'now',
        description: 'Says the time',
        inputSchema: { type: 'object', properties: {} },
        run: (given) => {
          heard.push(given);
          throw new Error('the clock broke');
        },
      }),
      betaTool({
        name: 'weather',
        description: 'Says the weather',
        inputSchema: city,
        run: (given) => {
          heard.push(given);
          const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PNG };
          return [
            { type: 'text' as const, text: 'sunny' },
            { type: 'image' as const, source },
          ];
        },
      }),
    ];
    const messages = [{ role: 'user' as const, content: 'weather?' }];
    const ask = { model: 'far/big', max_tokens: 100, messages, tools };
    const final = await (stream
      ? anthropic.beta.messages.toolRunner({ ...ask, stream })
      : anthropic.beta.messages.toolRunner(ask));
    expect(final.content).toMatchObject([{ type: 'text', text: 'It is sunny.' }]);
    expect(heard).toEqual([{}, { city: 'Tromsø 🌞' }]);
    for (const part of ['weather?', 'Error: the clock broke', 'sunny', PNG])
      expect(far.requests[1]?.bodyText).toContain(part);
  });
});

describe('what goes out of a loop over tools', () => {
  const loop = async (wire: Wire, first: AnswerScript) => {
    const { openai, far } = await routedApi(wire, (_, at) => (at === 0 ? first : {}));
    const messages = [{ role: 'user' as const, content: 'weather?' }];
    await openai.chat.completions.runTools({ model: 'far/big', messages, tools: weatherTools([]) }).finalContent();
    return far.requests[1]?.body;
  };

  it('thoughts behind calls go back to a compatible server, which asks for them', async () => {
    const call = { index: 0, id: 'c1', name: 'now', argumentsText: '{}' };
    const steps = [{ reasoning: 'Which ' }, { reasoning: 'time?' }, { tool: call }];
    expect(await loop('openai', { steps, finish: 'tool_calls' })).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', reasoning_content: 'Which time?' }, { role: 'tool' }],
    });
  });

  it('signed thoughts go back to Anthropic while it thinks', async () => {
    const piece = (event: object): string => `event: x\ndata: ${JSON.stringify(event)}\n\n`;
    const at = (index: number, delta: object): string => piece({ type: 'content_block_delta', index, delta });
    const raw = [
      piece({
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      }),
      at(0, { type: 'thinking_delta', thinking: 'Which ' }),
      at(0, { type: 'thinking_delta', thinking: 'time?' }),
      at(0, { type: 'signature_delta', signature: 'c2ln' }),
      piece({ type: 'content_block_stop', index: 0 }),
      piece({
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c1', name: 'now', input: {} },
      }),
      piece({ type: 'content_block_stop', index: 1 }),
      piece({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } }),
      piece({ type: 'message_stop' }),
    ].join('');
    const script: Script = (_, nth) => (nth === 0 ? { steps: [{ raw }] } : {});
    const { openai, far } = await routedApi('anthropic', script);
    const messages = [{ role: 'user' as const, content: 'weather?' }];
    const ask = { model: 'far/big', messages, tools: weatherTools([]), reasoning_effort: 'high' as const };
    await openai.chat.completions.runTools(ask).finalContent();
    expect(far.requests[1]?.body).toMatchObject({
      thinking: {},
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Which time?', signature: 'c2ln' },
            { type: 'tool_use', id: 'c1' },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result' }] },
      ],
    });
  });

  it('blocks of reasoning go back whole to a server that sends such', async () => {
    const sealed = { type: 'reasoning.encrypted', data: 'c2VhbGVk', id: 'c1', index: 1 };
    const piece = (detail: object): { raw: string } => ({
      raw: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_details: [detail] } }] })}\n\n`,
    });
    const said = (text: string) => piece({ type: 'reasoning.text', text, index: 0 });
    const tool = { index: 0, id: 'c1', name: 'now', argumentsText: '{}' };
    const steps = [said('Which '), said('time?'), piece(sealed), { tool }];
    expect(await loop('openai', { steps, finish: 'tool_calls' })).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          reasoning_details: [{ type: 'reasoning.text', text: 'Which time?', index: 0 }, sealed],
        },
        { role: 'tool' },
      ],
    });
  });

  it('signatures of calls go back to Google, through its own address and a compatible one', async () => {
    const functionCall = { name: 'now', args: {} };
    const parts = [{ functionCall, thoughtSignature: 'c2ln' }];
    const raw = `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts } }] })}\n\n`;
    expect(await loop('google', { steps: [{ raw }] })).toMatchObject({
      contents: [{ role: 'user' }, { role: 'model', parts: [{ functionCall, thoughtSignature: 'c2ln' }] }, {}],
    });
    const extra_content = { google: { thought_signature: 'c2ln' } };
    const made = { index: 0, id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' }, extra_content };
    const delta = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [made] } }] })}\n\n`;
    expect(await loop('openai', { steps: [{ raw: delta }], finish: 'tool_calls' })).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{ id: 'c1', extra_content }] }, { role: 'tool' }],
    });
  });

  it('results of calls made together go to Google together, as it takes them', async () => {
    const { openai, far } = await routedApi('google', askThenTell);
    const tools = weatherTools([]);
    const ask = { model: 'far/big', messages: [{ role: 'user' as const, content: 'weather?' }], tools };
    await openai.chat.completions.runTools(ask).finalContent();
    expect(far.requests[1]?.body).toMatchObject({
      contents: [
        { role: 'user' },
        { role: 'model' },
        { role: 'user', parts: [{ functionResponse: { id: 'c1' } }, { functionResponse: { id: 'c2' } }] },
      ],
    });
  });

  it('ids of calls that are too long for OpenAI go out short, each its own, with their results', async () => {
    const { openai, far } = await routedApi('openai');
    const ids = ['a', 'b', 'call_short'].map((end) => (end.length > 1 ? end : `${'x'.repeat(60)}${end}`));
    const calls = ids.map((id) => ({ id, type: 'function' as const, function: { name: 'now', arguments: '{}' } }));
    const results = ids.map((id) => ({ role: 'tool' as const, tool_call_id: id, content: 'noon' }));
    const asked = [
      { role: 'user' as const, content: 'time?' },
      { role: 'assistant' as const, tool_calls: calls },
    ];
    await openai.chat.completions.create({ model: 'far/big', messages: [...asked, ...results] });
    const { messages } = far.requests[0]?.body as {
      messages: { tool_calls?: { id: string }[]; tool_call_id?: string }[];
    };
    const sent = messages[1]?.tool_calls?.map(({ id }) => id) ?? [];
    expect(messages.slice(2).map(({ tool_call_id }) => tool_call_id)).toEqual(sent);
    expect(new Set(sent).size).toBe(3);
    expect(sent.every((id) => id.length <= 40)).toBe(true);
    expect(sent[2]).toBe('call_short');
  });

  it('only the tools that are allowed are offered', async () => {
    const { openai, far } = await routedApi('openai');
    const tools = ['now', 'weather'].map((name) => ({ type: 'function' as const, function: { name } }));
    const allowed = (name: string) => ({
      type: 'allowed_tools' as const,
      allowed_tools: { mode: 'required' as const, tools: [{ type: 'function', function: { name } }] },
    });
    const ask = { model: 'far/big', messages: [{ role: 'user' as const, content: 'weather?' }], tools };
    await openai.chat.completions.create({ ...ask, tool_choice: allowed('weather') });
    expect(far.requests[0]?.body).toMatchObject({
      tool_choice: 'required',
      tools: [{ function: { name: 'weather' } }],
    });
    await expect(openai.chat.completions.create({ ...ask, tool_choice: allowed('tea') })).rejects.toMatchObject({
      status: 400,
      param: 'tool_choice',
    });
  });

  it('who asks for a conversation kept on the server hears that there is none', async () => {
    const { anthropic, far } = await routedApi('openai');
    const thread = anthropic.beta.messages.thread({ model: 'far/big', max_tokens: 10 });
    await expect(thread.send({ role: 'user', content: 'hi' })).rejects.toMatchObject({
      status: 400,
      errorCode: 'thread_unsupported_request',
    });
    expect(far.requests).toHaveLength(0);
  });
});

describe('vectors of this machine alone', () => {
  it('are never made by a provider', async () => {
    const { openai, far, addVectors } = await routedApi('openai');
    addVectors();
    const made = await openai.embeddings.create({ model: 'switchyard/auto', input: 'rain' });
    expect(made.model).toBe('far/vectors');
    const before = far.others.length;
    await expect(openai.embeddings.create({ model: 'switchyard/local', input: 'rain' })).rejects.toMatchObject({
      status: 503,
      code: 'no_candidate',
    });
    expect(far.others).toHaveLength(before);
  });
});
