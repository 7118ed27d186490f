import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CachedAnswer, ExactRecords } from '../storage/store.ts';
import { createAnswerCache, exactKey, flightKey, mayCache, type CacheQuestion } from './cache.ts';

const QUESTION: CacheQuestion = {
  route: 'auto',
  policy: 'balanced',
  policyVersion: 3,
  models: 'acme/big there\nlocal/small /models/small.gguf',
  messages: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'What is this?', images: [{ mediaType: 'image/png', data: 'aGVsbG8=' }] },
    { role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'look', argumentsText: '{"a":1}' }] },
    { role: 'tool', text: 'a cat', toolCallId: 'c1' },
  ],
  sampling: { temperature: 0, topP: 0.9, maxTokens: 100, seed: 4 },
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', required: ['a', 'b'] }, strict: true }],
  toolChoice: { name: 'look' },
  format: { type: 'json_schema', name: 'out', schema: { type: 'object' }, strict: false },
  stop: ['END', '\n'],
  logprobs: false,
  locale: 'en',
  source: 'api',
  private: false,
};

/** Every place of a value that holds something other than an object or a list. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

/** The same with one leaf changed, or, with `undefined`, taken out. */
function withLeaf(value: unknown, path: readonly string[], change: (leaf: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((inner, i) => (String(i) === name ? withLeaf(inner, rest, change) : inner));
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(fields.map(([key, inner]) => [key, key === name ? withLeaf(inner, rest, change) : inner]));
}

function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((inner) => shuffled(inner, seed));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, inner], i) => ({ key, inner, at: ((i + 1) * seed) % 7919 }));
  return Object.fromEntries(fields.sort((a, b) => a.at - b.at).map(({ key, inner }) => [key, shuffled(inner, seed)]));
}

const keyOf = (question: unknown): string => exactKey(question as CacheQuestion);

describe('questions in flight', () => {
  it.each([1, 5000])('are told apart by all that is in them, %i letters long', (length) => {
    const asked = (end: string) =>
      flightKey({ ...QUESTION, messages: [{ role: 'user', text: 'x'.repeat(length) + end }] });
    expect([asked('a') === asked('a'), asked('a') === asked('b')]).toEqual([true, false]);
    expect(asked('a').length).toBeLessThan(5000);
  });
});

describe('the key of a question', () => {
  it('changes with every single field of it, and with each one taken out', () => {
    const seen = new Set([exactKey(QUESTION)]);
    const paths = leaves(QUESTION);
    for (const path of paths) {
      const changed = withLeaf(QUESTION, path, (leaf) =>
        typeof leaf === 'number' ? leaf + 1 : typeof leaf === 'boolean' ? !leaf : `${String(leaf)}x`,
      );
      const removed = withLeaf(QUESTION, path, () => undefined);
      seen.add(keyOf(changed)).add(keyOf(removed));
    }
    expect(paths.length).toBeGreaterThan(30);
    expect(seen.size).toBe(1 + 2 * paths.length);
  });

  it('does not change with the order of names, and does with the order of messages', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7918 }), (seed) => {
        expect(keyOf(shuffled(QUESTION, seed))).toBe(exactKey(QUESTION));
      }),
      { seed: 3 },
    );
    expect(exactKey({ ...QUESTION, messages: QUESTION.messages.toReversed() })).not.toBe(exactKey(QUESTION));
  });

  it('differs for any two questions that differ in their words, however these are cut into messages', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', '}', 'é') });
    const messages = fc.array(fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), text }));
    fc.assert(
      fc.property(messages, messages, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(keyOf({ ...QUESTION, messages: one }) === keyOf({ ...QUESTION, messages: other })).toBe(same);
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});

const ANSWER: CachedAnswer = {
  text: 'A cat.',
  toolCalls: [],
  finish: 'stop',
  modelId: 'openai/gpt-x',
  modelName: 'GPT X',
  usage: { tokensIn: 10, tokensCached: 0, tokensOut: 3 },
  costUsd: 0.01,
  storedAt: 1000,
};

function make() {
  const rows = new Map<string, CachedAnswer>();
  const state = { now: 1000, asked: 0 };
  const records: ExactRecords = {
    get: (key) => {
      state.asked++;
      return rows.get(key) ?? null;
    },
    put: (key, answer, conversationId) => conversationId !== 'withdrawn' && rows.set(key, answer) === rows,
    removeBefore: () => 0,
    removeOf: (conversationId) => Number(conversationId === 'c' && rows.delete('k')),
    clear: () => {
      rows.clear();
    },
  };
  const clock = { now: () => state.now };
  const cache = createAnswerCache({ store: records, clock, ttlMs: () => 60_000, mostHeld: 2 });
  return { cache, rows, state, records };
}

describe('the exact cache', () => {
  it('answers from memory, else from what is stored, until the time to live is over', () => {
    const { cache, rows, state } = make();
    rows.set('stored', ANSWER);
    cache.put('k', ANSWER, null);
    expect([cache.get('k'), cache.get('stored'), cache.get('stored'), cache.get('other')]).toEqual([
      ANSWER,
      ANSWER,
      ANSWER,
      null,
    ]);
    expect(state.asked).toBe(2);
    state.now += 60_000;
    expect(cache.get('k')).toBeNull();
  });

  it('has nothing to do with private questions, neither way', () => {
    const { cache, rows, state } = make();
    const key = exactKey({ ...QUESTION, private: true });
    cache.put(key, ANSWER, null);
    rows.set(key, ANSWER);
    expect(cache.get(key)).toBeNull();
    expect([rows.size, state.asked]).toEqual([1, 0]);
  });

  it('keeps whole answers only', () => {
    const { cache, rows } = make();
    cache.put('empty', { ...ANSWER, text: ' \n' }, null);
    cache.put('no calls', { ...ANSWER, finish: 'tool_calls' }, null);
    cache.put('huge', { ...ANSWER, text: 'x'.repeat(2_000_000) }, null);
    cache.put('declined', { ...ANSWER, text: 'I’m sorry, but I can’t help with that.' }, null);
    cache.put('said a key', { ...ANSWER, reasoning: `The key is sk-${'a1B2'.repeat(10)}.` }, null);
    const argumentsText = `{"key":"sk-${'a1B2'.repeat(10)}"}`;
    cache.put(
      'calls with a key',
      { ...ANSWER, finish: 'tool_calls', toolCalls: [{ id: 'c', name: 'a', argumentsText }] },
      null,
    );
    cache.put('thought much', { ...ANSWER, reasoning: 'x'.repeat(2_000_000) }, null);
    cache.put('cut', { ...ANSWER, finish: 'length' } as unknown as CachedAnswer, null);
    expect(rows.size).toBe(0);
  });

  it('forgets what was used longest ago from memory, not from what is stored', () => {
    const { cache, state } = make();
    for (const key of ['a', 'b']) cache.put(key, ANSWER, null);
    cache.get('a');
    cache.put('c', ANSWER, null);
    expect([cache.get('a'), cache.get('c')]).toEqual([ANSWER, ANSWER]);
    expect(state.asked).toBe(0);
    expect(cache.get('b')).toEqual(ANSWER);
    expect(state.asked).toBe(1);
  });

  it('gives nothing more of a conversation that was withdrawn, nor keeps what comes late of it', () => {
    const { cache, rows } = make();
    cache.put('k', ANSWER, 'c');
    cache.put('other', ANSWER, null);
    cache.forget('c');
    cache.put('late', ANSWER, 'withdrawn');
    expect([cache.get('k'), cache.get('late'), cache.get('other')]).toEqual([null, null, ANSWER]);
    expect([...rows.keys()]).toEqual(['other']);
  });

  it('answers nothing when it cannot read or write, and forgets all when told to', () => {
    const { cache, records } = make();
    records.get = () => {
      throw new Error('disk');
    };
    records.put = () => {
      throw new Error('disk');
    };
    expect(cache.get('k')).toBeNull();
    cache.put('k', ANSWER, null);
    expect(cache.get('k')).toEqual(ANSWER);
    cache.clear();
    expect(cache.get('k')).toBeNull();
  });

  it('is used as the settings say: never, where sampling is fixed, or always', () => {
    const fixed = { private: false, sampling: { temperature: 0 } };
    const seeded = { private: false, sampling: { temperature: 0.7, seed: 1 } };
    const free = { private: false, sampling: {} };
    expect([fixed, seeded, free].map((question) => mayCache(question, 'deterministic'))).toEqual([true, true, false]);
    expect(mayCache(free, 'always')).toBe(true);
    expect(mayCache(fixed, 'off')).toBe(false);
    expect(mayCache({ private: true, sampling: { temperature: 0 } }, 'always')).toBe(false);
  });
});
