import { describe, expect, it } from 'vitest';
import type { CachedAnswer, SemanticRecords } from '../storage/store.ts';
import type { CacheQuestion } from './cache-key.ts';
import { EVALUATION } from './semantic/evaluation.ts';
import { sameAnswer, sameFacts } from './semantic/facts.ts';
import { leastThreshold, wilsonUpper } from './semantic/threshold.ts';
import { createSemanticCache } from './semantic-cache.ts';

const NEVER = new AbortController().signal;

const question = (text: string, patch: Partial<CacheQuestion> = {}): CacheQuestion => ({
  route: 'auto',
  policy: 'balanced',
  policyVersion: 1,
  messages: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text },
  ],
  sampling: { temperature: 0 },
  private: false,
  ...patch,
});

const answer = (text: string): CachedAnswer => ({
  text,
  toolCalls: [],
  finish: 'stop',
  modelId: 'm',
  modelName: 'M',
  usage: { tokensIn: 1, tokensCached: 0, tokensOut: 1 },
  costUsd: 0.1,
  storedAt: 1000,
});

/** Words are directions: questions with the same words in any order have similarity 1. */
function bagOfWords(text: string): number[] {
  const vector = new Array<number>(64).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let at = 7;
    for (const character of word) at = (at * 31 + (character.codePointAt(0) ?? 0)) % 64;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function make(options: { enabled?: boolean; certain?: boolean; random?: number } = {}) {
  const rows: { fingerprint: string; question: string; vector: Float32Array; answer: CachedAnswer }[] = [];
  const evidence: { similarity: number; wrong: boolean }[] = [];
  if (options.certain ?? true) for (let i = 0; i < 300; i++) evidence.push({ similarity: 0.8, wrong: false });
  const embedded: string[] = [];
  const records: SemanticRecords = {
    alike: (fingerprint) => rows.filter((row) => row.fingerprint === fingerprint),
    put: (fingerprint, text, vector, stored) =>
      void rows.push({ fingerprint, question: text, vector: Float32Array.from(vector), answer: stored }),
    evidence: () => [...evidence],
    addEvidence: (_embedder, more) => void evidence.push(...more),
    removeBefore: () => 0,
    removeOf: () => 0,
    clear: () => void rows.splice(0),
  };
  const cache = createSemanticCache({
    records,
    embedder: 'local/words',
    embed(texts) {
      embedded.push(...texts);
      return Promise.resolve(texts.map(bagOfWords));
    },
    clock: { now: () => 1000 },
    enabled: () => options.enabled ?? true,
    ttlMs: () => 60_000,
    maxWrongShare: () => 0.01,
    random: () => options.random ?? 1,
  });
  return { cache, evidence, embedded, rows };
}

describe('the semantic cache', () => {
  it('answers a question of the same words from an earlier answer', async () => {
    const { cache } = make();
    await cache.put(question('what is a switchyard?'), answer('A yard of tracks.'), null, NEVER);
    const hit = await cache.find(question('a switchyard, what is it is a?'), NEVER);
    expect(hit).toMatchObject({ answer: { text: 'A yard of tracks.' }, recheck: false });
    expect(await cache.find(question('how do bees make honey?'), NEVER)).toBeNull();
  });

  it.each([
    ['another system prompt', { messages: [{ role: 'user', text: 'what is a switchyard?' }] }],
    ['other sampling', { sampling: { temperature: 0, maxTokens: 5 } }],
    ['other tools', { tools: [{ name: 'look', parameters: {} }] }],
    ['another policy version', { policyVersion: 2 }],
  ] as const)('does not answer across %s', async (_what, patch) => {
    const { cache } = make();
    await cache.put(question('what is a switchyard?'), answer('A yard.'), null, NEVER);
    expect(await cache.find(question('what is a switchyard?', patch), NEVER)).toBeNull();
  });

  it('embeds and stores nothing of private questions, and nothing at all while it is off', async () => {
    const [on, off] = [make(), make({ enabled: false })];
    const secret = question('what is a switchyard?', { private: true });
    await on.cache.put(secret, answer('A yard.'), null, NEVER);
    await off.cache.put(question('what?'), answer('That.'), null, NEVER);
    expect([await on.cache.find(secret, NEVER), await off.cache.find(question('what?'), NEVER)]).toEqual([null, null]);
    await off.cache.measure(NEVER);
    expect([on.embedded, off.embedded, on.rows, off.rows]).toEqual([[], [], [], []]);
  });

  it('keeps nothing that comes after it was switched off', async () => {
    const options = { enabled: true };
    const { cache, rows } = make(options);
    const kept = cache.put(question('what is a switchyard?'), answer('A yard.'), null, NEVER);
    options.enabled = false;
    await kept;
    expect(rows).toEqual([]);
  });

  it('keeps no answer that declines', async () => {
    const { cache, rows } = make();
    await cache.put(question('what is a switchyard?'), answer('I’m sorry, but I can’t help with that.'), null, NEVER);
    expect(rows).toEqual([]);
  });

  it('serves nothing before enough was seen, but learns from answers that were made anyway', async () => {
    const { cache, evidence } = make({ certain: false });
    await cache.put(question('what is a switchyard?'), answer('A yard of tracks.'), null, NEVER);
    expect(await cache.find(question('what is a switchyard then?'), NEVER)).toBeNull();
    await cache.put(question('what is a switchyard then?'), answer('A yard of tracks.'), null, NEVER);
    await cache.put(question('what is a switchyard now?'), answer('Nobody can say.'), null, NEVER);
    expect(evidence.map(({ wrong }) => wrong)).toEqual([false, true]);
    expect(cache.state().threshold).toBeNull();
  });

  it('asks some hits anew and stops serving when they turn out wrong', async () => {
    const { cache } = make({ random: 0 });
    await cache.put(question('what is a switchyard?'), answer('A yard of tracks.'), null, NEVER);
    const hit = await cache.find(question('what is a switchyard then?'), NEVER);
    expect(hit?.recheck).toBe(true);
    if (!hit) return;
    for (let i = 0; i < 10; i++) cache.checked(hit, answer('Something else entirely.'));
    expect(await cache.find(question('what is a switchyard then?'), NEVER)).toBeNull();
  });

  it('goes on without a hit when vectors cannot be made', async () => {
    const broken = createSemanticCache({
      records: {
        alike: () => [],
        put: () => undefined,
        evidence: () => [],
        addEvidence: () => undefined,
        removeBefore: () => 0,
        removeOf: () => 0,
        clear: () => undefined,
      },
      embedder: 'e',
      embed: () => Promise.reject(new Error('no model')),
      clock: { now: () => 0 },
      enabled: () => true,
      ttlMs: () => 1,
      maxWrongShare: () => 0.2,
      random: () => 1,
    });
    await broken.put(question('what?'), answer('That.'), null, NEVER);
    await broken.measure(NEVER);
    expect(await broken.find(question('what?'), NEVER)).toBeNull();
  });

  it('measures its pairs once and serves only what that measurement allows', async () => {
    const { cache, evidence } = make({ certain: false });
    await cache.measure(NEVER);
    const count = evidence.length;
    await cache.measure(NEVER);
    expect([count > 50, evidence.length]).toEqual([true, count]);
    // Bags of words take one question for another too often.
    expect(cache.state().threshold).toBeNull();
    expect(cache.state().table.at(-1)).toMatchObject({ hits: count });
  });
});

describe('questions that read alike', () => {
  it.each([
    ['what is 15% of 80?', 'what is 18% of 80?'],
    ['is it safe to eat raw eggs?', 'is it not safe to eat raw eggs?'],
    ['should i enable caching?', 'should i disable caching?'],
    ['convert EUR to USD', 'convert USD to EUR'],
    ['convert pounds to euros', 'convert euros to pounds'],
    ['who wrote Faust?', 'who wrote Hamlet?'],
    ['what happened before the war?', 'what happened after the war?'],
    ["why doesn't it start?", 'why does it start?'],
    ['这个可以吃吗', '这个不可以吃吗'],
    ['is python3.11 faster?', 'is python3.12 faster?'],
    ['list three fruits', 'list four fruits'],
    ['who is the president of france?', 'who is the president of germany?'],
    ['translate hello into french', 'translate hello into german'],
    ['is aspirin safe for children?', 'is aspirin unsafe for children?'],
    ['do you recommend it?', 'do you hardly recommend it?'],
    ['how do i install node?', 'how do i install node on windows?'],
    ['where was he born?', 'when was he born?'],
    ['pick option a', 'pick option b'],
    ['est-ce que c’est possible ?', 'est-ce que ce n’est pas possible ?'],
    ['法国的首都是哪里', '德国的首都是哪里'],
    ['このアプリは安全ですか', 'このアプリは安全ではないですか'],
    ['٣ apples', '٤ apples'],
    ['how much is $5?', 'how much is €5?'],
    ['what is -5 squared?', 'what is 5 squared?'],
    ['is a > b?', 'is a < b?'],
  ])('are kept apart by their facts: %s / %s', (one, other) => {
    expect(sameFacts(one, other)).toBe(false);
  });

  it('are the same to the guard when only their wording differs', () => {
    expect(sameFacts('What is the capital of France?', 'Which city is the capital of France?')).toBe(true);
    expect(sameFacts('what is yoga?', "hello, what's yoga then?")).toBe(true);
    const same = EVALUATION.filter((pair) => pair.same);
    expect(same.filter(({ one, other }) => sameFacts(one, other)).length / same.length).toBeGreaterThan(0.9);
  });

  it('have the same answer only when numbers and most words agree', () => {
    expect(sameAnswer('It is 42 metres.', 'It is 42 metres!')).toBe(true);
    expect(sameAnswer('It is 42 metres.', 'It is 43 metres.')).toBe(false);
    expect(sameAnswer('Yes, it is.', 'No, it never was.')).toBe(false);
  });
});

describe('the similarity that is needed', () => {
  const rows = (count: number, similarity: number, wrong: boolean) =>
    Array.from({ length: count }, () => ({ similarity, wrong }));

  it('is the least one above which wrong hits surely stay within the bound', () => {
    const evidence = [...rows(400, 0.95, false), ...rows(100, 0.9, false), ...rows(40, 0.8, true)];
    expect(leastThreshold(evidence, 0.01)).toBe(0.9);
    expect(leastThreshold(evidence, 0.1)).toBe(0.8);
  });

  it('is unknown while too little was seen, and never unknown only because of the order', () => {
    expect(leastThreshold([], 0.2)).toBeNull();
    expect(leastThreshold(rows(100, 0.99, false), 0.01)).toBeNull();
    expect(leastThreshold(rows(300, 0.99, false), 0.01)).toBe(0.99);
    expect(leastThreshold([...rows(10, 0.99, true), ...rows(300, 0.99, false)], 0.01)).toBeNull();
  });

  it('comes from Wilson’s bound', () => {
    expect(wilsonUpper(0, 0)).toBe(1);
    expect(wilsonUpper(0, 268)).toBeCloseTo(0.01, 3);
    expect(wilsonUpper(5, 100)).toBeCloseTo(0.0991, 3);
  });
});
