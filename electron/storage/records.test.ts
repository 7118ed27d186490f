import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EGRESS_END as END, makeEgress as entry, makeStore, overwriteTableEnd } from '../../test/flow/storage-kit.ts';
import { openDatabase } from '../../native/sqlite/index.ts';
import type { BenchReport } from '../contract/entities/bench.ts';
import type { EgressListed } from '../contract/providers.ts';
import { MOST_ANSWERS } from './answer-cache.ts';
import type { CachedAnswer } from './store.ts';

const CHAT = '01890a5d-ac96-774b-bcce-b302099a8057';

/** As the log gives it back. */
const listed = (id: string, patch: Partial<EgressListed> = {}): EgressListed => ({
  ...entry(id),
  tokenName: null,
  via: null,
  outcome: null,
  conversationTitle: null,
  ...patch,
});

describe('the log of what left the machine', () => {
  it('names the conversation by its title of today and the token by its name, and says how the answer ended', () => {
    const { store } = makeStore();
    store.chat.create({ id: CHAT, title: 'First words', private: false, route: 'auto', at: 1 });
    store.egress.begin(entry('a', { conversationId: CHAT }));
    store.egress.begin(entry('b', { conversationId: null, tokenName: 'ci' }));
    store.egress.end('b', { bytesOut: 100, bytesIn: 7, status: 200, durationMs: 3, outcome: 'cut' });
    store.chat.update(CHAT, { title: 'Renamed' }, 2);
    expect(store.egress.list({ limit: 10 }).entries).toEqual([
      listed('b', { conversationId: null, tokenName: 'ci', bytesIn: 7, status: 200, durationMs: 3, outcome: 'cut' }),
      listed('a', { conversationId: CHAT, conversationTitle: 'Renamed' }),
    ]);
    store.chat.remove(CHAT, 3);
    expect(store.egress.list({ limit: 10 }).entries[1]).toEqual(listed('a', { conversationId: CHAT }));
  });

  it('keeps through which proxy a request went', () => {
    const kit = makeStore();
    kit.store.egress.begin(entry('a', { via: 'proxy:3128' }));
    kit.store.dispose();
    expect(kit.reopen().egress.list({ limit: 10 }).entries).toEqual([listed('a', { via: 'proxy:3128' })]);
  });

  it('has a request before it goes, and how it ended afterwards', () => {
    const kit = makeStore();
    kit.store.egress.begin(entry('a'));
    kit.store.egress.end('a', END);
    kit.store.dispose();
    const { entries, totalBytesOut } = kit.reopen().egress.list({ limit: 10 });
    expect(entries).toEqual([listed('a', END)]);
    expect(totalBytesOut).toBe(120);
  });

  it('has what a killed process began, once, also when it is found by two', () => {
    const kit = makeStore();
    kit.store.egress.begin(entry('a'));
    // Nothing was disposed of: this is what the next process, or another one meanwhile, finds.
    expect(kit.reopen().egress.list({ limit: 10 }).entries).toEqual([listed('a')]);
    kit.store.egress.end('a', END);
    kit.store.dispose();
    const { entries, totalBytesOut } = kit.reopen().egress.list({ limit: 10 });
    expect(entries).toEqual([listed('a', END)]);
    expect(totalBytesOut).toBe(120);
  });

  it('keeps what can be read of a journal that was cut in the middle of a line', () => {
    const kit = makeStore();
    kit.store.egress.begin(entry('a'));
    appendFileSync(`${kit.path}-egress`, '{"id":"b","at":10');
    expect(
      kit
        .reopen()
        .egress.list({ limit: 10 })
        .entries.map(({ id }) => id),
    ).toEqual(['a']);
    expect(statSync(`${kit.path}-egress`).size).toBe(0);
  });

  it('empties its journal once the rows are written', () => {
    const { store, path } = makeStore();
    for (let i = 0; i < 20; i++) store.egress.begin(entry(String(i)));
    expect(statSync(`${path}-egress`).size).toBeGreaterThan(1000);
    expect(store.egress.list({ limit: 50 }).entries).toHaveLength(20);
    expect(statSync(`${path}-egress`).size).toBe(0);
  });

  it('lets nothing leave when the journal cannot be written', () => {
    const { store, path } = makeStore();
    mkdirSync(`${path}-egress`);
    expect(() => store.egress.begin(entry('a'))).toThrow();
    expect(store.egress.list({ limit: 10 }).entries).toEqual([]);
  });

  it('is read newest first, page by page, of one conversation or all', () => {
    const { store } = makeStore();
    for (let i = 0; i < 5; i++) store.egress.begin(entry(String(i), { conversationId: i % 2 === 0 ? 'even' : null }));
    const first = store.egress.list({ limit: 2 });
    const second = store.egress.list({ limit: 2, before: first.next ?? '' });
    const third = store.egress.list({ limit: 2, before: second.next ?? '' });
    expect([first, second, third].map(({ entries }) => entries.map(({ id }) => id))).toEqual([
      ['4', '3'],
      ['2', '1'],
      ['0'],
    ]);
    expect([first.totalBytesOut, third.next]).toEqual([500, null]);
    expect(store.egress.list({ limit: 10, conversationId: 'even' })).toMatchObject({ totalBytesOut: 300, next: null });
  });

  it('cannot be changed or shortened, not even by hand', () => {
    const kit = makeStore();
    kit.store.egress.begin(entry('a'));
    kit.store.egress.end('a', { ...END, bytesOut: 100 });
    kit.store.egress.list({ limit: 1 });
    kit.store.egress.begin(entry('b'));
    kit.store.egress.list({ limit: 1 });
    const db = openDatabase({ path: kit.path });
    for (const sql of [
      'DELETE FROM egress',
      `UPDATE egress SET bytes_out = 0 WHERE id = 'a'`,
      `UPDATE egress SET host = 'elsewhere', ended = 1 WHERE id = 'b'`,
      `INSERT OR REPLACE INTO egress SELECT * FROM egress`,
    ])
      expect(() => db.exec(sql), sql).toThrow(/append-only/);
    db.close();
  });
});

const answer = (text: string, storedAt = 1000): CachedAnswer => ({
  text,
  toolCalls: [],
  finish: 'stop',
  modelId: 'm',
  modelName: 'M',
  usage: { tokensIn: 1, tokensCached: 0, tokensOut: 1 },
  costUsd: 0.1,
  storedAt,
});

describe('kept answers', () => {
  it('outlive the process, are replaced, removed by age and cleared', () => {
    const kit = makeStore();
    kit.store.cache.exact.put('a', answer('one'), null);
    kit.store.cache.exact.put('a', answer('two', 2000), null);
    kit.store.cache.exact.put('b', answer('three', 500), null);
    kit.store.dispose();
    const { exact } = kit.reopen().cache;
    expect([exact.get('a'), exact.get('b'), exact.get('c')]).toEqual([answer('two', 2000), answer('three', 500), null]);
    expect(exact.removeBefore(1000)).toBe(1);
    expect(exact.get('b')).toBeNull();
    exact.clear();
    expect(exact.get('a')).toBeNull();
  });

  it('go with the conversation they were made in, and are not kept of one that is deleted or private', () => {
    const { store } = makeStore();
    const { exact, semantic } = store.cache;
    const id = (n: number) => `01890000-0000-7000-8000-00000000000${String(n)}`;
    for (const [n, isPrivate] of [false, false, true].entries())
      store.chat.create({ id: id(n), title: '', private: isPrivate, route: 'auto', at: 1 });
    for (const n of [0, 1, 2]) {
      exact.put(`k${String(n)}`, answer('x'), id(n));
      semantic.put('f', `q${String(n)}`, [1], answer('x'), id(n));
    }
    const left = () => [
      [0, 1, 2].filter((n) => exact.get(`k${String(n)}`) !== null),
      semantic
        .alike('f', 0)
        .map(({ question }) => question)
        .toSorted(),
    ];
    expect(left()).toEqual([
      [0, 1],
      ['q0', 'q1'],
    ]);
    store.chat.remove(id(0), 5);
    expect(exact.put('late', answer('x'), id(0))).toBe(false);
    store.chat.purgeDeletedBefore(6);
    expect(left()).toEqual([[1], ['q1']]);
    expect([exact.removeOf(id(1)), semantic.removeOf(id(1))]).toEqual([1, 1]);
    expect(left()).toEqual([[], []]);
    semantic.put('f', 'old', [1], answer('x', 10), null);
    expect([semantic.removeBefore(11), semantic.removeBefore(11)]).toEqual([1, 0]);
  });

  it('are so many at most: the oldest go', () => {
    const { store, path } = makeStore();
    const db = openDatabase({ path });
    db.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO exact_answers (key, stored_at, size, body) SELECT 'k' || i, i, 10, '{}' FROM n`,
      MOST_ANSWERS,
    );
    store.cache.exact.put('newest', answer('x', 1e9), null);
    expect(db.get('SELECT count(*) AS n, min(stored_at) AS oldest FROM exact_answers')).toEqual({
      n: MOST_ANSWERS,
      oldest: 2,
    });
    db.run(`UPDATE exact_answers SET size = 64 * 1024 * 1024 WHERE key = 'k2'`);
    db.close();
    const again = makeStore();
    again.store.cache.exact.put('x', answer('x'), null);
    expect(again.store.cache.exact.get('x')).toEqual(answer('x'));
  });

  it('of like questions come back with vectors as they were, under their fingerprint only', () => {
    const { store } = makeStore();
    store.cache.semantic.put('f', 'What is it?', [0.6, 0.8], answer('a cat'), null);
    store.cache.semantic.put('f', 'What is it?', [0.8, 0.6], answer('a dog'), null);
    const [found, ...more] = store.cache.semantic.alike('f', 0);
    expect(more).toEqual([]);
    expect(found?.answer).toEqual(answer('a dog'));
    expect([...(found?.vector ?? [])].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.8, 0.6]);
    expect([store.cache.semantic.alike('g', 0), store.cache.semantic.alike('f', 1001)]).toEqual([[], []]);
    store.cache.semantic.addEvidence('e', [{ similarity: 0.93, wrong: true, source: 'shadow' }], 1);
    expect(store.cache.semantic.evidence('e')).toEqual([{ similarity: 0.93, wrong: true }]);
    expect(store.cache.semantic.evidence('other')).toEqual([]);
  });
});

describe('versions of policies', () => {
  it('count up within their name and never change', () => {
    const kit = makeStore();
    const { policies } = kit.store;
    expect(policies.add('mine', 'name: mine', 'first', 5)).toEqual({
      number: 1,
      text: 'name: mine',
      note: 'first',
      createdAt: 5,
    });
    policies.add('other', 'name: other', '', 6);
    expect(policies.add('mine', 'name: mine # 2', '', 7).number).toBe(2);
    expect(policies.versions('mine').map(({ number }) => number)).toEqual([1, 2]);
    const db = openDatabase({ path: kit.path });
    for (const sql of [`UPDATE policy_versions SET text = ''`, 'DELETE FROM policy_versions'])
      expect(() => db.exec(sql)).toThrow(/never changes/);
    db.close();
  });
});

describe('what was seen of a model', () => {
  it('is the median of its last fifty attempts and the share of those that failed, over a restart too', () => {
    const kit = makeStore();
    expect(kit.store.observations.observedOf('m')).toBeNull();
    const seen = (i: number) => ({
      modelId: 'm',
      faulted: i % 10 === 0,
      firstTokenMs: i % 10 === 0 ? null : i,
      tokensPerSecond: null,
    });
    kit.store.observations.record(Array.from({ length: 60 }, (_, i) => seen(i)));
    const expected = { firstTokenMs: 35, tokensPerSecond: null, faultShare: 0.1, samples: 50 };
    expect(kit.store.observations.observedOf('m')).toEqual(expected);
    kit.store.dispose();
    expect(kit.reopen().observations.observedOf('m')).toEqual(expected);
  });
});

describe('reports of measured models', () => {
  const report = (id: string, finishedAt: number): BenchReport => ({
    id,
    modelId: 'local/m',
    modelName: 'M',
    sizeBytes: 1000,
    machine: { processor: 'P', cores: 2, memoryBytes: 1e9, platform: 'linux x64' },
    startedAt: 0,
    finishedAt,
    complete: true,
    freeCores: 2,
    backends: [],
  });

  it('come back newest first after a restart, whole, and go one by one', () => {
    const kit = makeStore();
    for (const [id, at] of [
      ['a', 2000],
      ['b', 3000],
      ['c', 1000],
    ] as const)
      kit.store.bench.add(report(id, at));
    kit.store.bench.remove('a');
    kit.store.bench.remove('nobody');
    kit.store.dispose();
    expect(kit.reopen().bench.list()).toEqual([report('b', 3000), report('c', 1000)]);
  });

  it('are fifty at most: the oldest go', () => {
    const { store } = makeStore();
    for (let at = 1; at <= 53; at++) store.bench.add(report(`r${String(at)}`, at));
    const kept = store.bench.list();
    expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([50, 'r53', 'r4']);
  });
});

describe('tokens of the local API', () => {
  it('are kept as hashes with their limits, replaced by name and taken away', () => {
    const kit = makeStore();
    const token = {
      name: 'ci',
      sha256: 'a'.repeat(64),
      createdAt: 5,
      requestsPerMinute: 60,
      concurrency: null,
      usdPerDay: 2,
    };
    kit.store.apiTokens.put(token);
    kit.store.apiTokens.touch('ci', 9);
    expect(kit.store.apiTokens.all()).toEqual([{ ...token, lastUsedAt: 9 }]);
    kit.store.dispose();
    const { apiTokens } = kit.reopen();
    apiTokens.put({ ...token, sha256: 'b'.repeat(64) });
    expect(apiTokens.all()).toEqual([{ ...token, sha256: 'b'.repeat(64), lastUsedAt: null }]);
    expect([apiTokens.remove('ci'), apiTokens.remove('ci'), apiTokens.all()]).toEqual([true, false, []]);
  });
});

describe('a database damaged in a log', () => {
  it('keeps policies, tokens, the ledger with its sums and the log of what left', () => {
    const kit = makeStore();
    kit.store.policies.add('mine', 'name: mine', '', 1);
    kit.store.egress.begin(entry('a'));
    kit.store.apiTokens.put({
      name: 'ci',
      sha256: 'a'.repeat(64),
      createdAt: 5,
      requestsPerMinute: null,
      concurrency: null,
      usdPerDay: null,
    });
    const db = openDatabase({ path: kit.path });
    db.exec(`INSERT INTO usage (id, trace_id, at, model_id, tokens_in, tokens_cached, tokens_out, cost_usd, provider_id)
      VALUES ('u', 't', 5, 'openai/m', 1, 0, 1, 0.5, 'openai');
      INSERT INTO exact_answers (key, stored_at, size, body) VALUES ('k', 1, 2, '{}')`);
    db.close();
    kit.store.dispose();
    overwriteTableEnd(kit.path, 'exact_answers');
    const store = kit.reopen();
    expect(store.problems).toHaveLength(1);
    expect(store.policies.versions('mine')).toHaveLength(1);
    expect(store.apiTokens.all()).toHaveLength(1);
    expect(store.egress.list({ limit: 5 })).toMatchObject({ entries: [{ id: 'a' }], totalBytesOut: 100 });
    expect(store.usage.sums(0, 100).byProvider.get('openai')).toBe(0.5);
  });
});
