import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../model.ts';
import {
  createThoughtMemory,
  signedForGoogle,
  thinkerOf,
  thoughtsToReturn,
  wantsSignatures,
  withDetail,
} from './call-thoughts.ts';

const question = (text: string): ModelMessage => ({ role: 'user', text });
const call = { id: 'c1', name: 'now', argumentsText: '{}' };
const called: ModelMessage = { role: 'assistant', text: '', toolCalls: [call] };
const result: ModelMessage = { role: 'tool', text: 'noon', toolCallId: 'c1' };
const thoughts = { reasoning: 'Let me look.', signatures: new Map([['c1', 'sig']]), details: [] };

/** A memory that knows what was thought before the call. */
function knowing(messages: readonly ModelMessage[] = [question('what time?')]) {
  const memory = createThoughtMemory();
  memory.keep('p/m', messages, { text: '', calls: [call] }, thoughts);
  return memory;
}

describe('blocks of reasoning that come in pieces', () => {
  const whole = (...pieces: Record<string, unknown>[]) =>
    pieces.reduce<ReturnType<typeof withDetail>>((details, piece) => withDetail(details, piece), []);
  const said = (text: string, more: object = {}) => ({ type: 'reasoning.text', text, index: 0, ...more });

  it('are put together, with the signature that comes last', () => {
    const last = { type: 'reasoning.text', text: '', signature: 'sig', format: null, index: 0 };
    expect(whole(said('Let me ', { format: 'anthropic' }), said('look.'), last)).toEqual([
      { type: 'reasoning.text', text: 'Let me look.', signature: 'sig', format: 'anthropic', index: 0 },
    ]);
  });

  it.each([
    ['of another kind', said('a'), { type: 'reasoning.summary', summary: 'b', index: 0 }],
    ['of another place', said('a'), said('b', { index: 1 })],
    ['of another id', said('a', { id: 'x' }), said('b', { id: 'y' })],
    ['that are sealed', { type: 'reasoning.encrypted', data: 'a' }, { type: 'reasoning.encrypted', data: 'b' }],
  ])('stay apart %s', (_what, first, second) => {
    expect(whole(first, second)).toEqual([first, second]);
  });
});

describe('thoughts behind calls of tools', () => {
  it('are found when the results come', () => {
    expect(
      knowing()
        .find('p/m', [question('what time?'), called, result])
        .get(1),
    ).toBe(thoughts);
  });

  it('are found though what was said before the question was shortened', () => {
    const before = [question('hello'), { role: 'assistant' as const, text: 'Hello.' }, question('what time?')];
    expect(
      knowing(before)
        .find('p/m', [question('what time?'), called, result])
        .get(1),
    ).toBe(thoughts);
  });

  it('of each step of a loop go back together', () => {
    const memory = knowing();
    const again = { ...call, id: 'c2' };
    const soFar = [question('what time?'), called, result];
    memory.keep(
      'p/m',
      soFar,
      { text: '', calls: [again] },
      { reasoning: 'Once more.', signatures: new Map(), details: [] },
    );
    const found = memory.find('p/m', [...soFar, { ...called, toolCalls: [again] }, result]);
    expect([...found.values()].map(({ reasoning }) => reasoning)).toEqual(['Let me look.', 'Once more.']);
  });

  it.each([
    ['another model', 'p/other', [question('what time?'), called, result]],
    ['another question with a call of the same id', 'p/m', [question('what day?'), called, result]],
    [
      'a call of the same id with other arguments',
      'p/m',
      [question('what time?'), { ...called, toolCalls: [{ ...call, argumentsText: '{"in":"Rome"}' }] }, result],
    ],
    [
      'the same words about another picture',
      'p/m',
      [{ ...question('what time?'), images: [{ mediaType: 'image/png', data: 'AAAA' }] }, called, result],
    ],
    ['words where calls were', 'p/m', [question('what time?'), { role: 'assistant' as const, text: '' }]],
  ])('are not found for %s', (_what, modelId, messages) => {
    expect(knowing().find(modelId, messages).size).toBe(0);
  });

  it('are found though the client wrote the arguments anew', () => {
    const memory = createThoughtMemory();
    const made = { ...call, argumentsText: '{"in": "Rome", "at": {"h": 1.0, "m": 2}}' };
    memory.keep('p/m', [question('what time?')], { text: 'Wait.', calls: [made] }, thoughts);
    const back = { ...call, argumentsText: '{"at":{"m":2,"h":1},"in":"Rome"}' };
    expect(memory.find('p/m', [question('what time?'), { ...called, toolCalls: [back] }]).get(1)).toBe(thoughts);
  });

  it('are found before plain words as well, and in turns long past', () => {
    const memory = knowing();
    const soFar = [question('what time?'), called, result];
    memory.keep(
      'p/m',
      soFar,
      { text: 'Noon. ', calls: [] },
      { reasoning: 'So it is.', signatures: new Map(), details: [] },
    );
    const all = [...soFar, { role: 'assistant' as const, text: 'Noon.' }, question('and now?')];
    expect([...memory.find('p/m', all).keys()]).toEqual([1, 3]);
  });

  it('are those of one address, one conversation and one token alone', () => {
    const config = { kind: 'openai-compatible', baseUrl: 'https://a.example/v1' } as const;
    const origin = { traceId: 't', conversationId: null, private: false, tokenName: 'ci', purpose: 'chat' } as const;
    const request = { modelId: 'p/m', origin };
    const all = [
      thinkerOf(config, request),
      thinkerOf({ ...config, baseUrl: 'https://b.example/v1' }, request),
      thinkerOf(config, { ...request, origin: { ...origin, tokenName: 'other' } }),
      thinkerOf(config, { ...request, origin: { ...origin, conversationId: 'c' } }),
    ];
    expect(new Set(all).size).toBe(4);
    expect(thinkerOf(config, { ...request, origin: { ...origin, traceId: 'u' } })).toBe(all[0]);
  });

  it('are forgotten, the oldest first, before they take much memory', () => {
    const memory = createThoughtMemory();
    const long = { reasoning: 'x'.repeat(1_000_000), signatures: new Map(), details: [] };
    for (let at = 0; at < 20; at++) memory.keep('p/m', [question(String(at))], { text: '', calls: [call] }, long);
    const isKept = (at: number) => memory.find('p/m', [question(String(at)), called]).size === 1;
    expect([isKept(0), isKept(3), isKept(4), isKept(19)]).toEqual([false, false, true, true]);
  });
});

describe('thoughts that go back', () => {
  const said: ModelMessage = { role: 'assistant', text: 'Noon.' };
  const past = [question('what time?'), called, result, said, question('and now?'), called, result];
  const returned = (modelId: string, baseUrl: string, found: ReadonlyMap<number, typeof thoughts>) =>
    [...thoughtsToReturn({ modelId, messages: past }, { kind: 'openai-compatible', baseUrl }, found)].map(
      ([at, { reasoning }]) => [at, reasoning],
    );

  it('are those behind calls since the last question', () => {
    const all = new Map([1, 3, 5].map((at) => [at, thoughts]));
    expect(returned('p/m', 'https://models.example/v1', all)).toEqual([[5, 'Let me look.']]);
  });

  it.each([
    ['deepseek/deepseek-v4-pro', 'https://api.deepseek.com'],
    ['kimi/kimi-k2.5', 'https://api.moonshot.cn/v1'],
    ['gateway/moonshotai/Kimi-K2.5', 'https://models.example/v1'],
  ])('are all that ever stood beside tools for %s, with something in the place of what nobody knows', (id, url) => {
    expect(returned(id, url, new Map([[5, thoughts]]))).toEqual([
      [1, ' '],
      [3, ' '],
      [5, 'Let me look.'],
    ]);
  });

  it.each([
    ['groq/moonshotai/kimi-k2', 'https://api.groq.com/openai/v1'],
    ['m/moonshot-v1-8k', 'https://api.moonshot.cn/v1'],
    ['x/deepseek-chat', 'https://api.deepseek.com.example/v1'],
  ])('are none for %s, which never showed any', (id, url) => {
    expect(returned(id, url, new Map())).toEqual([]);
  });

  it('are none where no tool is about', () => {
    const request = { modelId: 'd/deepseek-v4-pro', messages: [question('a'), said, question('b')] };
    expect(
      thoughtsToReturn(request, { kind: 'openai-compatible', baseUrl: 'https://api.deepseek.com' }, new Map()).size,
    ).toBe(0);
  });
});

describe('calls that nobody signed', () => {
  it('say so in the first of each step since the question', () => {
    const two = { ...called, toolCalls: [call, { ...call, id: 'c2' }] };
    const signed = signedForGoogle([question('a'), called, question('b'), two, result], new Map());
    expect([...signed].map(([at, { signatures }]) => [at, [...signatures]])).toEqual([
      [3, [['c1', 'skip_thought_signature_validator']]],
    ]);
  });

  it('matter to Google’s own models from the third on', () => {
    const google = 'https://generativelanguage.googleapis.com/v1beta/openai';
    expect(wantsSignatures('g/gemini-3.1-pro-preview', google)).toBe(true);
    expect(wantsSignatures('g/gemini-2.5-pro', google)).toBe(false);
    expect(wantsSignatures('g/gemini-3-pro', 'https://openrouter.ai/api/v1')).toBe(false);
  });
});
