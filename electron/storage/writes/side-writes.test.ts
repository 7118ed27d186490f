import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  AT,
  EGRESS_END,
  makeBegin,
  makeEgress,
  makeSpan,
  makeStore,
  makeTraceRow,
} from '../../../test/flow/storage-kit.ts';
import { silentLog } from '../../base/log.ts';
import { systemTimers } from '../../base/timers.ts';
import type { EndedTrace } from './save-traces.ts';
import { createSideWrites } from './side-writes.ts';

function make(workerPath?: string) {
  const kit = makeStore();
  const writes = createSideWrites({
    path: kit.path,
    timers: systemTimers,
    log: silentLog,
    ...(workerPath === undefined ? {} : { workerPath }),
  });
  onTestFinished(() => writes.dispose());
  const ended = (preview = 'walnuts'): EndedTrace => {
    const row = makeTraceRow(kit.mintId(), { status: 'ok', preview });
    const cost = { tokensIn: 3, tokensCached: 0, tokensOut: 4, costUsd: 0.25, modelId: 'acme/one', providerId: 'acme' };
    return {
      trace: { ...row, decision: null, spans: [makeSpan(kit.mintId())] },
      usages: [{ id: kit.mintId(), traceId: row.id, at: AT, ...cost }],
    };
  };
  return { ...kit, writes, ended };
}

describe('noted traces stored by another thread', () => {
  it('stand in the database as if they had been stored here', async () => {
    const { store, writes, ended } = make();
    const all = Array.from({ length: 20 }, () => ended());
    await writes.save(store.traces.note(all));
    for (const { trace } of all) expect(store.traces.get(trace.id)).toEqual(trace);
    expect(store.traces.usage(0, AT + 1)).toHaveLength(20);
    expect(store.traces.list({ text: 'walnuts' }, null, 50).total).toBe(20);
  });

  it('take rows of the egress log with them, while the thread is there', async () => {
    const { store, writes, ended } = make();
    const rows = Array.from({ length: 20 }, (_, at) => ({
      id: `r${String(at)}`,
      entry: makeEgress(`r${String(at)}`),
      end: EGRESS_END,
    }));
    expect(writes.saveEgress(rows)).toBe(null);
    await writes.save(store.traces.note([ended()]));
    await writes.saveEgress(rows);
    expect(store.egress.list({ limit: 50 }).entries.map(({ id, bytesIn }) => [id, bytesIn])).toEqual(
      rows.map(({ id }) => [id, 900]).reverse(),
    );
  });

  it('leave the journal empty once they are settled', async () => {
    const { store, writes, ended, path } = make();
    const all = [ended(), ended()];
    await writes.save(store.traces.note(all));
    expect(store.traces.notedBytes()).toBe(statSync(`${path}-traces`).size);
    store.traces.settled(all.map(({ trace }) => trace.id));
    expect([store.traces.notedBytes(), statSync(`${path}-traces`).size]).toEqual([0, 0]);
  });

  it('are stored once, whoever is faster', async () => {
    const { store, writes, ended } = make();
    const all = Array.from({ length: 12 }, () => ended());
    const lines = store.traces.note(all);
    const aside = writes.save(lines);
    store.traces.saveAll(all.slice(0, 6));
    await aside;
    store.traces.saveAll(all.slice(6));
    expect(store.traces.usage(0, AT + 1)).toHaveLength(12);
    expect(store.traces.list({}, null, 50).total).toBe(12);
  });

  it.each(['here', 'aside'] as const)('end the row that a turn has from its beginning, stored %s', async (where) => {
    const { store, writes, ended, mintId } = make();
    const begin = makeBegin(mintId, mintId(), null, 'walnuts');
    store.chat.beginTurn(begin);
    const { trace, usages } = ended();
    const end = { trace: { ...trace, id: begin.traceId, turnId: begin.turnId }, usages };
    const lines = store.traces.note([end]);
    if (where === 'aside') await writes.save(lines);
    else store.traces.saveAll([end]);
    expect(store.traces.get(begin.traceId)).toMatchObject({ status: 'ok', spans: trace.spans });
  });

  it('are refused, not lost, when the thread cannot be had', async () => {
    const { store, writes, ended } = make(join(import.meta.dirname, 'there-is-no-such-file.ts'));
    const all = [ended()];
    await expect(writes.save(store.traces.note(all))).rejects.toThrow(/ended/);
    store.traces.saveAll(all);
    expect(store.traces.list({}, null, 50).total).toBe(1);
  });

  it('say what is wrong with a line, and store what came before it', async () => {
    const { store, writes, ended } = make();
    const lines = store.traces.note(Array.from({ length: 8 }, () => ended()));
    await expect(writes.save([...lines, '{"trace":1}'])).rejects.toThrow();
    expect(store.traces.list({}, null, 50).total).toBe(8);
  });

  it('are added to their sums there while the thread is at hand', async () => {
    const { store, writes, ended } = make();
    const request = { most: 50, exporting: 'none' } as const;
    expect(writes.roll(request)).toBeNull();
    await writes.save(store.traces.note([ended(), ended(), ended()]));
    expect(await writes.roll(request)).toBe(3);
    expect(await writes.roll(request)).toBe(0);
    const { total } = store.traces.overview({ since: AT - 60_000, until: AT + 60_000, by: null });
    expect(total.requests).toBe(3);
  });

  it('have the WAL moved by the same thread, which is started for it when it rests', async () => {
    const { store, writes, ended, path } = make();
    store.traces.saveAll(Array.from({ length: 100 }, () => ended()));
    const before = statSync(path).size;
    let started = 0;
    const count = () => void started++;
    process.on('worker', count);
    await writes.checkpoint();
    expect(statSync(path).size).toBeGreaterThan(before);
    await writes.save(store.traces.note([ended()]));
    await writes.checkpoint();
    process.off('worker', count);
    expect(started).toBe(1);
  });

  it('leave nobody waiting when it ends', async () => {
    const { store, writes, ended } = make();
    const refused = expect(writes.save(store.traces.note([ended()]))).rejects.toThrow(/closed/);
    await writes.dispose();
    await refused;
    await expect(writes.save([])).rejects.toThrow(/closed/);
  });
});
