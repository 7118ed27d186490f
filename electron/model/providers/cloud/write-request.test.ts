import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudConfig, question } from '../../../../test/support/providers/ask.ts';
import type { ModelMessage, ModelRequest } from '../../model.ts';
import { languageModel } from './language-model.ts';
import { callOptions } from './prompt.ts';
import { filled, formOf, marked, partsAround } from './request-forms.ts';
import { writeRequest } from './write-request.ts';

const config = cloudConfig('openai-compatible', 'http://127.0.0.1:9/v1');

/** What the library itself sends for this request. */
async function byLibrary(request: ModelRequest): Promise<string> {
  let body = '';
  const model = languageModel(config, 'big', null, (_, init) => {
    body = typeof init?.body === 'string' ? init.body : '';
    return Promise.reject(new Error('Enough.'));
  });
  await expect(model.doStream(callOptions(request, config))).rejects.toThrow('Enough.');
  return body;
}

const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '"', '\\', 'text 0', '\u2028', '{"a":1}'),
);
const message: fc.Arbitrary<ModelMessage> = fc.record({ role: fc.constantFrom('user', 'assistant'), text: words });
const requests = fc
  .record({
    system: fc.option(words, { nil: null }),
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    temperature: fc.option(fc.constantFrom(0, 0.5), { nil: undefined }),
    stop: fc.constantFrom([], ['END', '"']),
  })
  .map(({ system, messages, temperature, stop }) =>
    question({
      messages: [...(system === null ? [] : [{ role: 'system' as const, text: system }]), ...messages],
      sampling: temperature === undefined ? {} : { temperature },
      stop,
    }),
  );

describe('a request to a compatible server', () => {
  it('is to the letter what the library writes, however often its form was met', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const expected = await byLibrary(request);
        const written = [];
        for (let time = 0; time < 2; time++) {
          const { body, url, headers } = await writeRequest(config, 'big', 'the-key', request);
          written.push(headers);
          expect(body).toBe(expected);
          expect(url).toBe('http://127.0.0.1:9/v1/chat/completions');
        }
        expect(written[1]).toEqual(written[0]);
      }),
    );
  });

  it('carries the key of its time and none that was remembered', async () => {
    const first = await writeRequest(config, 'big', 'one', question());
    const second = await writeRequest(config, 'big', 'two', question());
    const without = await writeRequest(config, 'big', null, question());
    expect([first, second, without].map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer one',
      'Bearer two',
      undefined,
    ]);
  });

  it('goes where the settings say now', async () => {
    await writeRequest(config, 'big', null, question());
    const moved = await writeRequest({ ...config, baseUrl: 'http://127.0.0.1:8/v1' }, 'small', null, question());
    expect(moved.url).toContain('127.0.0.1:8');
    expect(moved.body).toContain('"small"');
  });
});

describe('the form of a request', () => {
  it('is the same for other words, and another for other roles, sampling or stops', () => {
    const base = question({ messages: [{ role: 'user', text: 'a' }] });
    const others = [
      question({ messages: [{ role: 'assistant', text: 'a' }] }),
      question({ messages: [{ role: 'user', text: '' }] }),
      question({ messages: [{ role: 'user', text: 'a' }], sampling: { seed: 1 } }),
      question({ messages: [{ role: 'user', text: 'a' }], stop: ['x'] }),
      question({ messages: [{ role: 'user', text: 'a' }], logprobs: true }),
    ];
    expect(formOf({ ...base, messages: [{ role: 'user', text: 'b' }] })).toBe(formOf(base));
    expect(new Set([base, ...others].map(formOf)).size).toBe(6);
  });

  it('is none for what holds more than words', () => {
    const image = { mediaType: 'image/png', data: 'aGVsbG8=' };
    const tool = { name: 'look', parameters: { type: 'object' } };
    expect(formOf(question({ messages: [{ role: 'user', text: 'a', images: [image] }] }))).toBeNull();
    expect(formOf(question({ messages: [{ role: 'tool', text: 'a', toolCallId: '1' }] }))).toBeNull();
    expect(formOf(question({ tools: [tool] }))).toBeNull();
    expect(formOf(question({ format: { type: 'json' } }))).toBeNull();
  });

  it('is not taken from a body that changes a text, leaves it out or says it twice', () => {
    const { marks } = marked(question({ messages: [{ role: 'user', text: 'a' }] }));
    const written = JSON.stringify(marks[0]);
    expect(partsAround(`{"content":${written}}`, marks)).toEqual(['{"content":', '}']);
    expect(partsAround('{"content":"else"}', marks)).toBeNull();
    expect(partsAround(`{"content":${written},"again":${written}}`, marks)).toBeNull();
    expect(partsAround(`{"content":${JSON.stringify(`${marks[0] ?? ''}!`)}}`, marks)).toBeNull();
  });

  it('puts each text in its place', () => {
    const messages = [
      { role: 'system' as const, text: 'S' },
      { role: 'user' as const, text: '' },
      { role: 'user' as const, text: '"q"' },
    ];
    const form = { url: '', headers: {}, parts: ['[', ',', ']'] };
    expect(filled(form, question({ messages }))).toBe('["S","\\"q\\""]');
  });
});

describe('a request to Google', () => {
  it('holds arguments that are no object inside one, since it refuses anything else', async () => {
    const google = cloudConfig('google', 'http://127.0.0.1:9/v1beta');
    const toolCalls = ['{"city":', '[1]', '{"city":"Rome"}', ''].map((argumentsText, at) => ({
      id: `c${String(at)}`,
      name: 'weather',
      argumentsText,
    }));
    const messages: ModelMessage[] = [
      { role: 'user', text: 'hi' },
      { role: 'assistant', text: '', toolCalls },
      ...toolCalls.map(({ id }) => ({ role: 'tool' as const, text: 'sunny', toolCallId: id })),
    ];
    const { body } = await writeRequest(google, 'big', 'the-key', question({ messages }));
    const args = [{ arguments: '{"city":' }, { arguments: [1] }, { city: 'Rome' }, {}];
    expect(JSON.parse(body)).toMatchObject({
      contents: [{}, { parts: args.map((each) => ({ functionCall: { args: each } })) }, {}],
    });
  });
});

describe('a conversation that the assistant began', () => {
  const messages: ModelMessage[] = [
    { role: 'system', text: 'Be kind.' },
    { role: 'assistant', text: 'How can I help?' },
    { role: 'user', text: 'With tea.' },
  ];
  it.each([
    ['anthropic', 'messages', ['user', 'assistant', 'user']],
    ['google', 'contents', ['user', 'model', 'user']],
    ['openai', 'messages', ['system', 'assistant', 'user']],
  ] as const)('goes to a provider of kind %s as it takes one', async (kind, field, roles) => {
    const { body } = await writeRequest(
      cloudConfig(kind, 'http://127.0.0.1:9/v1'),
      'big',
      'the-key',
      question({ messages }),
    );
    expect(JSON.parse(body)).toMatchObject({ [field]: roles.map((role) => ({ role })) });
  });
});

describe('stop sequences', () => {
  const stop = ['\n\n', 'A', 'B', 'C', 'D', 'E', ' '];
  it.each([
    ['anthropic', 'stop_sequences', ['A', 'B', 'C', 'D', 'E']],
    ['openai', 'stop', ['\n\n', 'A', 'B', 'C']],
    ['openai-compatible', 'stop', stop],
  ] as const)('go to a provider of kind %s as far as it takes them', async (kind, field, sent) => {
    const { body } = await writeRequest(
      cloudConfig(kind, 'http://127.0.0.1:9/v1'),
      'big',
      'the-key',
      question({ stop }),
    );
    expect(JSON.parse(body)).toMatchObject({ [field]: sent });
  });

  it('go to Google five at most', async () => {
    const google = cloudConfig('google', 'http://127.0.0.1:9/v1beta');
    const { body } = await writeRequest(google, 'big', 'the-key', question({ stop }));
    expect(JSON.parse(body)).toMatchObject({ generationConfig: { stopSequences: stop.slice(0, 5) } });
  });
});

describe('half a letter, where a program has cut a text', () => {
  const piece = fc.oneof(
    fc.constantFrom('\ud83d', '\ude00', '\\', '\\ud83d', '"', '😀'),
    fc.string({ unit: 'binary' }),
  );
  const cut = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `a${pieces.join('')}`);

  it.each(['openai', 'openai-compatible', 'anthropic', 'google'] as const)(
    'goes to a provider of kind %s as the sign for a letter that is lost, and nothing else changes',
    async (kind) => {
      const there = cloudConfig(kind, 'http://127.0.0.1:9/v1');
      const sent = async (text: string): Promise<string> => {
        const messages: ModelMessage[] = [{ role: 'user', text }];
        return (await writeRequest(there, 'big', 'the-key', question({ messages }))).body;
      };
      await fc.assert(
        fc.asyncProperty(cut, async (text) => {
          const body: unknown = JSON.parse(await sent(text));
          expect(JSON.stringify(body)).toContain(JSON.stringify(text.toWellFormed()));
        }),
      );
    },
  );

  it('goes so in results and arguments of tools', async () => {
    const toolCalls = [{ id: 'c1', name: 'weather', argumentsText: JSON.stringify({ city: 'Rome \ud83d' }) }];
    const messages: ModelMessage[] = [
      { role: 'user', text: 'hi' },
      { role: 'assistant', text: '', toolCalls },
      { role: 'tool', text: 'sunny \ude00', toolCallId: 'c1' },
    ];
    const anthropic = cloudConfig('anthropic', 'http://127.0.0.1:9/v1');
    const { body } = await writeRequest(anthropic, 'big', 'the-key', question({ messages }));
    expect(body).not.toMatch(/\\ud/u);
    expect(JSON.parse(body)).toMatchObject({
      messages: [{}, { content: [{ input: { city: 'Rome \ufffd' } }] }, { content: [{ content: 'sunny \ufffd' }] }],
    });
  });
});

describe('a request to Anthropic', () => {
  it('names calls of other models by ids it takes, in call and result alike', async () => {
    const toolCalls = [{ id: 'functions.weather:0', name: 'weather', argumentsText: '{}' }];
    const messages: ModelMessage[] = [
      { role: 'user', text: 'hi' },
      { role: 'assistant', text: '', toolCalls },
      { role: 'tool', text: 'sunny', toolCallId: 'functions.weather:0' },
    ];
    const anthropic = cloudConfig('anthropic', 'http://127.0.0.1:9/v1');
    const { body } = await writeRequest(anthropic, 'big', 'the-key', question({ messages }));
    expect(JSON.parse(body)).toMatchObject({
      messages: [
        {},
        { content: [{ type: 'tool_use', id: 'functions_weather_0' }] },
        { content: [{ type: 'tool_result', tool_use_id: 'functions_weather_0' }] },
      ],
    });
  });
});
