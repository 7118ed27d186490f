import { statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../native/sqlite/index.ts';
import {
  AT,
  makeBegin,
  makeEnd,
  makeSpan,
  makeStore,
  makeTime,
  makeTraceRow,
  playTurn,
} from '../../test/flow/storage-kit.ts';
import { silentLog } from '../base/log.ts';
import type { Trace, TraceFilter } from '../contract/entities/trace.ts';
import { openStore } from './index.ts';

const modelIds = ['local/a', 'acme/b', null] as const;
const some = fc.record(
  {
    status: fc.constantFrom('ok', 'failed', 'stopped', 'running'),
    modelId: fc.constantFrom(...modelIds),
    route: fc.constantFrom('local', 'cloud', 'cached', null),
    degraded: fc.boolean(),
    faultCode: fc.constantFrom('timeout', 'auth', null),
    faultOrigin: fc.constantFrom('model', 'user', null),
    rating: fc.constantFrom('up', 'down', null),
    durationMs: fc.constantFrom(0.5, 100, 2500.75, null),
    costUsd: fc.constantFrom(0, 0.001, 0.5),
    source: fc.constantFrom('app', 'api', 'cli', 'lab'),
    firstTokenMs: fc.constantFrom(null, 20.5, 900),
    promptVersionId: fc.constantFrom(null, 'v1', 'v2'),
    startedAt: fc.integer({ min: AT, max: AT + 5 }),
    preview: fc.constantFrom('red apples', 'green pears', '红苹果', 'Réd'),
  },
  { noNullPrototype: true },
);
const someFilter = fc.record(
  {
    status: fc.constantFrom('ok', 'failed'),
    modelId: fc.constantFrom('local/a', 'acme/b'),
    route: fc.constantFrom('local', 'cached'),
    degraded: fc.boolean(),
    faultCode: fc.constantFrom('timeout', 'auth'),
    faultOrigin: fc.constantFrom('model', 'user'),
    rating: fc.constantFrom('up', 'none'),
    minDurationMs: fc.constantFrom(1, 2500.75),
    minCostUsd: fc.constantFrom(0, 0.01),
    source: fc.constantFrom('app', 'lab'),
    minFirstTokenMs: fc.constantFrom(20.5, 21),
    promptVersionId: fc.constantFrom('v2', 'v3'),
    since: fc.integer({ min: AT, max: AT + 5 }),
    until: fc.integer({ min: AT, max: AT + 5 }),
    text: fc.constantFrom('red', 'p', '苹', ''),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const hasWord = (preview: string, typed: string): boolean =>
  typed === '' ||
  folded(preview)
    .split(/(?=[一-龥])| /u)
    .some((word) => word.startsWith(typed));

const fits = (trace: Trace, filter: TraceFilter): boolean =>
  (['status', 'modelId', 'route', 'source', 'degraded', 'faultCode', 'faultOrigin', 'promptVersionId'] as const).every(
    (field) => filter[field] === undefined || trace[field] === filter[field],
  ) &&
  (filter.rating === undefined || (trace.rating ?? 'none') === filter.rating) &&
  (filter.minDurationMs === undefined || (trace.durationMs ?? -1) >= filter.minDurationMs) &&
  (filter.minFirstTokenMs === undefined || (trace.firstTokenMs ?? -1) >= filter.minFirstTokenMs) &&
  (filter.minCostUsd === undefined || trace.costUsd >= filter.minCostUsd) &&
  trace.startedAt >= (filter.since ?? 0) &&
  trace.startedAt <= (filter.until ?? Infinity) &&
  hasWord(trace.preview, filter.text ?? '');

describe('traces', () => {
  it('are listed newest first, page by page, as a filter over plain objects would', () => {
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 30 }),
        someFilter,
        fc.integer({ min: 1, max: 9 }),
        (rows, filter, limit) => {
          const { store, mintId } = makeStore();
          const traces = rows.map((row): Trace => ({ ...makeTraceRow(mintId(), row), decision: null, spans: [] }));
          for (const trace of traces) store.traces.save(trace, []);
          const expected = traces
            .filter((trace) => fits(trace, filter))
            .map(({ id, startedAt }, i) => ({ id, startedAt, i }));
          expected.sort((a, b) => b.startedAt - a.startedAt || b.i - a.i);
          const listed: string[] = [];
          let next: string | null = null;
          do {
            const page = store.traces.list(filter, next, limit);
            expect(page.total).toBe(expected.length);
            listed.push(...page.rows.map(({ id }) => id));
            next = page.next;
          } while (next !== null);
          expect(listed).toEqual(expected.map(({ id }) => id));
          store.dispose();
        },
      ),
      { numRuns: 25, seed: 17 },
    );
  });

  it('read back whole: decision and spans as they were saved', () => {
    const { store, mintId } = makeStore();
    const spans = Array.from({ length: 12 }, (_, i) =>
      makeSpan(mintId(), { startMs: i * 1.25, attributes: { i, tags: ['a', 'b'] } }),
    );
    const candidates = [{ modelId: 'a', modelName: 'A', score: 0.5, parts: { cost: 0.5 }, rejected: null }];
    const decision = {
      policy: 'local-first',
      chosen: 'a',
      reasons: ['It is here.'],
      candidates,
      features: { tokens: 3 },
    };
    const trace: Trace = { ...makeTraceRow(mintId(), { status: 'ok', preview: '为什么' }), decision, spans };
    store.traces.save(trace, []);
    expect(store.traces.get(trace.id)).toEqual(trace);
  });

  it('stay well under 1.2 kB a span on disk', () => {
    const { store, mintId, path } = makeStore();
    const kinds = ['turn', 'route', 'queue', 'load', 'prefill', 'attempt', 'stream', 'check', 'storage'] as const;
    const count = 400;
    for (let n = 0; n < count; n++) {
      const spans = kinds.map((kind) => makeSpan(mintId(), { kind, name: kind, startMs: n * 1.37, durationMs: n / 7 }));
      store.traces.save(
        { ...makeTraceRow(mintId(), { preview: 'How does a switchyard work?' }), decision: null, spans },
        [],
      );
    }
    const db = openDatabase({ path, mode: 'read' });
    const used = Number(db.get('SELECT sum(pgsize) AS bytes FROM dbstat')?.['bytes']);
    db.close();
    expect(used / (count * kinds.length)).toBeLessThan(400);
  });

  it('can be found by the beginning of their id', () => {
    const { store, mintId } = makeStore();
    const [first, second] = [makeTraceRow(mintId()), makeTraceRow(mintId())];
    for (const row of [first, second]) store.traces.save({ ...row, decision: null, spans: [] }, []);
    expect(store.traces.list({ text: second.id }, null, 5).rows).toEqual([second]);
    expect(store.traces.list({ text: second.id.slice(0, 9) }, null, 5).total).toBe(2);
  });

  it('are removed by age, with payloads, but never their lines in the ledger', () => {
    const { store, mintId } = makeStore();
    const old = makeTraceRow(mintId(), { startedAt: AT - 1, status: 'ok', preview: 'walnut' });
    const usage = {
      id: mintId(),
      traceId: old.id,
      at: AT - 1,
      modelId: 'm',
      tokensIn: 1,
      tokensCached: 0,
      tokensOut: 1,
      costUsd: 0.5,
    };
    store.traces.save({ ...old, decision: null, spans: [makeSpan(mintId())] }, [usage]);
    store.traces.save({ ...makeTraceRow(mintId(), { preview: 'walnut' }), decision: null, spans: [] }, []);
    expect(store.traces.removeOldest({ before: AT, mostBytes: null }, 50)).toBe(1);
    expect(store.traces.removeOldest({ before: AT, mostBytes: null }, 50)).toBe(0);
    expect(store.traces.list({ text: 'walnut' }, null, 5).total).toBe(1);
    expect(store.traces.get(old.id)).toBeNull();
    expect(store.traces.usage(0, AT)).toMatchObject([usage]);
    expect(store.check(true)).toMatchObject({ ok: true });
  });

  it('are removed oldest first, a few at a time, until the file is small enough', () => {
    const { store, mintId } = makeStore();
    const ids = Array.from({ length: 6 }, (_, i) => {
      const row = makeTraceRow(mintId(), { startedAt: AT + i, status: i === 1 ? 'running' : 'ok' });
      store.traces.save({ ...row, decision: null, spans: [] }, []);
      return row.id;
    });
    expect(store.traces.removeOldest({ before: null, mostBytes: 1e9 }, 2)).toBe(0);
    expect(store.traces.removeOldest({ before: null, mostBytes: 1 }, 2)).toBe(2);
    expect(store.traces.list({}, null, 9).rows.map(({ id }) => id)).toEqual([ids[5], ids[4], ids[3], ids[1]]);
  });

  it('keep no key that stands in a question, and nothing of it where they are told to', () => {
    const { store, mintId, folder, path } = makeStore();
    const key = 'sk-live-4f9QmZ71xKcB2nLw';
    const row = makeTraceRow(mintId(), { preview: `Why does ${key} fail on Tuesdays?` });
    store.traces.save({ ...row, decision: null, spans: [] }, []);
    expect(store.traces.get(row.id)?.preview).toBe('Why does [key] fail on Tuesdays?');
    store.dispose();
    const quiet = openStore({ path, snapshotDir: folder, ...makeTime(), log: silentLog, keepsPreview: () => false });
    const other = makeTraceRow(mintId(), { preview: 'walnut' });
    quiet.traces.save({ ...other, decision: null, spans: [] }, []);
    expect(quiet.traces.get(other.id)?.preview).toBe('');
    expect(quiet.traces.list({ text: 'walnut' }, null, 5).total).toBe(0);
    quiet.dispose();
  });

  it('have more starting in one millisecond than its keys without losing any or their order', () => {
    const { store, mintId } = makeStore();
    const ids = Array.from({ length: 1030 }, () => mintId());
    for (const id of ids) store.traces.save({ ...makeTraceRow(id), decision: null, spans: [] }, []);
    expect(store.traces.list({}, null, 500).rows.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 500));
    expect(store.traces.list({}, null, 1).total).toBe(1030);
  });
});

describe('the usage ledger', () => {
  it('refuses to change, delete or replace a line, even by hand', () => {
    const { store, mintId, path } = makeStore();
    const usage = {
      id: mintId(),
      traceId: mintId(),
      at: AT,
      modelId: 'm',
      tokensIn: 1,
      tokensCached: 0,
      tokensOut: 1,
      costUsd: 1,
    };
    store.traces.save({ ...makeTraceRow(usage.traceId), decision: null, spans: [] }, [usage]);
    const db = openDatabase({ path });
    for (const sql of [
      'UPDATE usage SET cost_usd = 0',
      'DELETE FROM usage',
      `INSERT OR REPLACE INTO usage SELECT seq, id, trace_id, at, model_id, 0, 0, 0, 0, provider_id, NULL, 0 FROM usage`,
    ])
      expect(() => db.exec(sql)).toThrow(/append-only/);
    db.close();
    expect(() => store.traces.save({ ...makeTraceRow(mintId()), decision: null, spans: [] }, [usage])).toThrow(
      /stored already/,
    );
    expect(store.traces.usage(AT, AT + 1)).toMatchObject([usage]);
  });
});

describe('a trace that has begun', () => {
  it('is left as it ended when its beginning is stored last', () => {
    const { store, mintId } = makeStore();
    const row = makeTraceRow(mintId(), { status: 'ok' });
    store.traces.save({ ...row, decision: null, spans: [] }, []);
    const other = makeTraceRow(mintId(), { status: 'running' });
    store.traces.begin([{ ...row, status: 'running' }, other]);
    expect([store.traces.get(row.id)?.status, store.traces.get(other.id)?.status]).toEqual(['ok', 'running']);
  });
});

describe('feedback', () => {
  it('that comes before the trace of its reply is stored stands in the trace', () => {
    const { store, mintId } = makeStore();
    const begin = makeBegin(mintId, mintId(), null, 'a');
    store.chat.beginTurn(begin, 'follows');
    const end = makeEnd(begin, 'b');
    store.chat.endTurn(end, 'follows');
    store.feedback.give({ id: mintId(), messageId: begin.replyId, rating: 'down', reason: null, note: '', at: AT });
    store.traces.save({ ...end.trace, decision: null, spans: [] }, []);
    expect(store.traces.get(begin.traceId)?.rating).toBe('down');
  });

  it('is one rating a reply, shown on the reply, its trace and the counts of its filter', () => {
    const kit = makeStore();
    const { store, mintId } = kit;
    const c = mintId();
    const one = playTurn(kit, c, null, 'Is it 100% right?', 'Yes.');
    const two = playTurn(kit, c, one.replyId, 'And now?', 'No.');
    store.feedback.give({ id: mintId(), messageId: one.replyId, rating: 'up', reason: null, note: '', at: AT });
    const given = {
      id: mintId(),
      messageId: one.replyId,
      rating: 'down',
      reason: 'wrong',
      note: 'It was not',
      at: AT + 1,
    } as const;
    const stored = store.feedback.give(given);
    store.feedback.give({ id: mintId(), messageId: two.replyId, rating: 'up', reason: null, note: '', at: AT });
    expect(stored).toMatchObject({
      rating: 'down',
      question: 'Is it 100% right?',
      answer: 'Yes.',
      traceId: one.traceId,
    });
    expect(store.feedback.list({}, 10)).toMatchObject({ upCount: 1, downCount: 1, items: [{ id: given.id }, {}] });
    expect(store.feedback.list({ rating: 'down' }, 10)).toMatchObject({ upCount: 1, downCount: 1, items: [stored] });
    expect(store.feedback.list({ text: '100%' }, 10).items).toEqual([stored]);
    expect(store.feedback.list({ text: '1_0' }, 10).items).toEqual([]);
    expect(store.chat.message(one.replyId)?.reply?.rating).toBe('down');
    expect(store.traces.list({ rating: 'down' }, null, 5).total).toBe(1);
    store.feedback.remove(one.replyId);
    expect(store.chat.message(one.replyId)?.reply?.rating).toBeNull();
    expect(store.traces.list({ rating: 'down' }, null, 5).total).toBe(0);
    expect(() => store.feedback.give({ ...given, messageId: one.userId })).toThrow(/Only a reply/);
  });
});

describe('a trace that was only noted', () => {
  const id = '01a2103b-8c4d-7541-b64c-8c7a74d05b4e';
  const usage = {
    id: '01a2103b-8c4d-7541-b64c-8c7a74d05b4f',
    traceId: id,
    at: AT,
    modelId: 'acme/b',
    tokensIn: 1,
    tokensCached: 0,
    tokensOut: 2,
    costUsd: 0.25,
    providerId: 'acme',
  };
  const noted: Trace = {
    ...makeTraceRow(id, { preview: 'red apples', status: 'ok' }),
    decision: null,
    spans: [makeSpan('01a2103b-8c4d-7541-b64c-8c7a74d05b50')],
  };

  it('is stored by the next process, with what it cost, once', () => {
    const kit = makeStore();
    kit.store.traces.note([{ trace: noted, usages: [usage] }]);
    // Nothing was disposed of: this is what a killed process leaves.
    for (const store of [kit.reopen(), kit.reopen()]) {
      expect(store.traces.get(id)).toEqual(noted);
      expect(store.traces.usage(0, AT + 1)).toMatchObject([usage]);
    }
  });

  it('is kept with those stored beside it when another process that opened the folder has stored it already', () => {
    const { store, reopen } = makeStore();
    const other: Trace = { ...noted, id: '01a2103b-8c4d-7541-b64c-8c7a74d05b60', spans: [] };
    store.traces.note([{ trace: noted, usages: [usage] }]);
    const stranger = reopen();
    expect(stranger.traces.get(id)).toEqual(noted);
    store.traces.note([{ trace: other, usages: [] }]);
    store.traces.saveAll([
      { trace: noted, usages: [usage] },
      { trace: other, usages: [] },
    ]);
    expect(stranger.traces.get(other.id)).toEqual(other);
    expect(stranger.traces.usage(0, AT + 1)).toHaveLength(1);
  });

  it('is noted no more once it was stored', () => {
    const { store, path } = makeStore();
    store.traces.note([{ trace: noted, usages: [usage] }]);
    expect(statSync(`${path}-traces`).size).toBeGreaterThan(100);
    store.traces.saveAll([{ trace: noted, usages: [usage] }]);
    expect(statSync(`${path}-traces`).size).toBe(0);
  });
});
