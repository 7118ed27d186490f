import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AT, makeSpan, makeStore, makeTraceRow } from '../../../test/flow/storage-kit.ts';
import { silentLog } from '../../base/log.ts';
import { systemTimers } from '../../base/timers.ts';
import { createTraceReads } from './trace-reads.ts';

function make(workerPath?: string) {
  const kit = makeStore();
  const row = makeTraceRow(kit.mintId(), { status: 'ok', preview: '为什么 walnuts' });
  kit.store.traces.save({ ...row, decision: null, spans: [makeSpan(kit.mintId())] }, []);
  kit.store.traces.roll(9);
  const warned: string[] = [];
  const log = { ...silentLog, write: (_: unknown, event: string) => void warned.push(event) };
  const reads = createTraceReads({
    path: kit.path,
    timers: systemTimers,
    log,
    ...(workerPath === undefined ? {} : { workerPath }),
  });
  onTestFinished(() => reads.dispose());
  return { ...kit, row, reads, warned };
}

describe('reading on another thread', () => {
  it('answers as the store itself would, also what was stored a moment ago', async () => {
    const { store, reads, row, mintId } = make();
    const { traces } = store;
    const query = { since: AT - 1000, until: AT + 1000, by: null };
    expect((await reads.list({ text: 'wal' }, null, 5)).read()).toEqual(traces.list({ text: 'wal' }, null, 5));
    expect((await reads.get(row.id)).read()).toEqual(traces.get(row.id));
    expect((await reads.overview(query)).read()).toEqual(traces.overview(query));
    traces.save({ ...makeTraceRow(mintId()), decision: null, spans: [] }, []);
    expect((await reads.list({}, null, 5)).read().total).toBe(2);
    expect((await reads.usage(0, AT)).read()).toEqual([]);
  });

  it('goes on here when the thread cannot be had', async () => {
    const { reads, row, warned } = make(join(import.meta.dirname, 'there-is-no-such-file.ts'));
    const both = await Promise.all([reads.get(row.id), reads.list({}, null, 5)]);
    expect(both.map((answer) => answer.read())).toMatchObject([{ id: row.id }, { total: 1 }]);
    expect((await reads.get(row.id)).read()).toMatchObject({ id: row.id });
    expect(warned).toEqual(['storage.reader']);
  });

  it('leaves nobody waiting when it ends', async () => {
    const { reads } = make();
    const asked = reads.list({}, null, 5);
    const refused = expect(asked).rejects.toThrow(/closed/);
    await reads.dispose();
    await refused;
    await expect(reads.list({}, null, 5)).rejects.toThrow(/closed/);
  });
});
