import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiRefusal } from './errors.ts';
import { parseChatCompletion } from './openai-request.ts';

const known = new Set(['local/tiny']);
const parse = (body: unknown) => parseChatCompletion(JSON.stringify(body), known);
const ask = { model: 'switchyard/auto', messages: [{ role: 'user', content: 'hi' }] };

function refusal(body: unknown): ApiRefusal['error'] {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof ApiRefusal) return error.error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('reading a chat completion request', () => {
  it('takes the shortest request there is', () => {
    expect(parse(ask)).toMatchObject({
      stream: false,
      request: { route: 'auto', messages: [{ role: 'user', text: 'hi' }], sampling: {}, stop: [], source: 'api' },
    });
  });

  it('carries sampling over and prefers max_completion_tokens', () => {
    const body = { ...ask, temperature: 0.3, top_p: 0.9, seed: -1, max_tokens: 5, max_completion_tokens: 7, stop: 'X' };
    expect(parse(body).request).toMatchObject({
      sampling: { temperature: 0.3, topP: 0.9, seed: 4_294_967_295, maxTokens: 7 },
      stop: ['X'],
    });
  });

  it('carries penalties over, but none of zero, which many programs always send', () => {
    const sampled = (more: object) => parse({ ...ask, ...more }).request.sampling;
    expect(sampled({ presence_penalty: 1.5, frequency_penalty: -2 })).toEqual({
      presencePenalty: 1.5,
      frequencyPenalty: -2,
    });
    expect(sampled({ presence_penalty: 0, frequency_penalty: 0 })).toEqual({});
    expect(refusal({ ...ask, presence_penalty: 2.5 })).toMatchObject({ status: 400, param: 'presence_penalty' });
  });

  it('reads a nucleus of zero as greedy', () => {
    expect(parse({ ...ask, top_p: 0, temperature: 1 }).request.sampling).toEqual({ temperature: 0 });
  });

  it('treats null as left out', () => {
    expect(parse({ ...ask, temperature: null, stop: null, stream: null, tools: null }).stream).toBe(false);
  });

  it('joins text parts, gathers system text in front and merges neighbours of one role', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'system', content: 'be brief' },
      { role: 'developer', content: 'be kind' },
      { role: 'user', content: 'c' },
    ];
    expect(parse({ ...ask, messages }).request.messages).toEqual([
      { role: 'system', text: 'be brief\n\nbe kind' },
      { role: 'user', text: 'ab\n\nc' },
    ]);
  });

  it('takes an instruction that comes last as what is asked', () => {
    const system = { role: 'system', content: 'Say hi.' };
    const talk = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const developer = { role: 'developer', content: 'Now in French.' };
    expect(parse({ ...ask, messages: [system] }).request.messages).toEqual([{ role: 'user', text: 'Say hi.' }]);
    expect(parse({ ...ask, messages: [system, ...talk, developer] }).request.messages).toEqual([
      { role: 'system', text: 'Say hi.' },
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'b' },
      { role: 'user', text: 'Now in French.' },
    ]);
    expect(parse({ ...ask, messages: [{ role: 'user', content: 'a' }, system] }).request.messages).toEqual([
      { role: 'system', text: 'Say hi.' },
      { role: 'user', text: 'a' },
    ]);
  });

  it('offers a tool without parameters with a schema that takes none, however they are left out', () => {
    const tools = [{}, { parameters: null }, { parameters: {} }].map((more, at) => ({
      type: 'function',
      function: { name: `f${String(at)}`, ...more },
    }));
    const offered = parse({ ...ask, tools }).request.tools?.map(({ parameters }) => parameters);
    expect(offered).toEqual(Array(3).fill({ type: 'object', properties: {} }));
  });

  it('leaves out a message of the assistant that says nothing', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null },
      { role: 'assistant' },
      { role: 'user', content: 'b' },
    ];
    expect(parse({ ...ask, messages }).request.messages).toEqual([{ role: 'user', text: 'a\n\nb' }]);
  });

  it.each([
    ['n of two', { n: 2 }, 'n'],
    ['a tool without a name', { tools: [{ type: 'function', function: {} }] }, 'tools.0.function.name'],
    ['a tool of another kind', { tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools.0.type'],
    [
      'a JSON schema without a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format.json_schema.schema',
    ],
    ['log probabilities', { logprobs: true }, 'logprobs'],
    ['a temperature out of range', { temperature: 3 }, 'temperature'],
    ['a stream that is no yes or no', { stream: 'yes' }, 'stream'],
    ['no messages', { messages: [] }, 'messages'],
    ['an assistant in the last place', { messages: [{ role: 'assistant', content: 'hm' }] }, 'messages'],
    ['an empty question', { messages: [{ role: 'user', content: ' \n' }] }, 'messages'],
    [
      'a picture',
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0].image_url',
    ],
    [
      'a message of two million characters',
      { messages: [{ role: 'user', content: 'x'.repeat(2e6) }] },
      'messages[0].content',
    ],
  ])('refuses %s and names the field', (_, extra, param) => {
    expect(refusal({ ...ask, ...extra })).toMatchObject({ status: 400, param });
  });

  it('ignores what changes nothing here, known or not', () => {
    expect(parse({ ...ask, user: 'x', store: true, n: 1, tools: [], response_format: { type: 'text' } }).model).toBe(
      'switchyard/auto',
    );
  });

  it('offers each local model by its id and refuses one it does not have', () => {
    expect(parse({ ...ask, model: 'local/tiny' }).request.route).toBe('local/tiny');
    expect(parse({ ...ask, model: 'switchyard/local' }).request.route).toBe('local');
    expect(refusal({ ...ask, model: 'gpt-5' })).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });

  it('answers any JSON at all with a request or a refusal, never another error', () => {
    const shaped = fc.record(
      {
        model: fc.jsonValue(),
        messages: fc.jsonValue(),
        stop: fc.jsonValue(),
        seed: fc.jsonValue(),
        n: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          shaped.map((v) => JSON.stringify(v)),
        ),
        (body) => {
          try {
            parseChatCompletion(body, known);
          } catch (error) {
            expect(error).toBeInstanceOf(ApiRefusal);
          }
        },
      ),
    );
  });
});
