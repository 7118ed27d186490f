import { describe, expect, it } from 'vitest';
import { AT, makeBegin, makeEnd, makeStore, makeTraceRow } from '../../test/flow/storage-kit.ts';
import type { TraceRow } from '../contract/entities/trace.ts';

const HOUR_MS = 3_600_000;
const HOUR = AT - (AT % HOUR_MS);

function make() {
  const kit = makeStore();
  const save = (patch: Partial<TraceRow>): void => {
    const row = makeTraceRow(kit.mintId(), { status: 'ok', modelId: 'acme/big', route: 'cloud', ...patch });
    kit.store.traces.save({ ...row, decision: null, spans: [] }, []);
  };
  return { ...kit, save, traces: kit.store.traces };
}
const hours = (count: number) => ({ since: HOUR, until: HOUR + count * HOUR_MS, by: null });

describe('sums of traces over time', () => {
  it('hold every trace once, by minute, hour and day, whenever they are asked', () => {
    const { traces, save } = make();
    for (let i = 0; i < 10; i++)
      save({ startedAt: HOUR + i * 20_000, durationMs: 100 * (i + 1), tokensIn: 5, costUsd: 0.25 });
    expect([traces.roll(4), traces.roll(4), traces.roll(4), traces.roll(4)]).toEqual([4, 4, 2, 0]);
    for (const query of [hours(1), hours(24 * 30), hours(24 * 300)]) {
      const { total } = traces.overview({ ...query, since: HOUR - (HOUR % (24 * HOUR_MS)) });
      expect(total).toMatchObject({ requests: 10, tokensIn: 50, costUsd: 2.5, failed: 0 });
      expect(Math.abs((total.totalMs.p50 ?? 0) - 500)).toBeLessThan(6);
    }
    const [group] = traces.overview({ since: HOUR, until: HOUR + 180_000, by: null }).groups;
    expect(group?.points.map(({ at, requests }) => [(at - HOUR) / 60_000, requests])).toEqual(
      [
        [0, 3],
        [1, 3],
        [2, 3],
        [3, 1],
      ].slice(0, 3),
    );
  });

  it('take a turn in when it ends, not while it runs', () => {
    const { store, mintId, traces } = make();
    const begin = makeBegin(mintId, mintId(), null, 'Hello');
    store.chat.beginTurn(begin);
    expect(traces.roll(10)).toBe(0);
    store.chat.endTurn(makeEnd(begin, 'Hi'));
    expect([traces.roll(10), traces.roll(10)]).toEqual([1, 0]);
  });

  it('can be split by model, route or prompt version, narrowed, and told by fault', () => {
    const { traces, save } = make();
    save({ faultCode: 'timeout', faultOrigin: 'infrastructure', status: 'failed', durationMs: 9 });
    save({ modelId: 'local/a', route: 'local', degraded: true, firstTokenMs: 50, tokensPerSecond: 31 });
    save({ modelId: 'local/a', route: 'local', promptVersionId: 'v2', durationMs: 70 });
    traces.roll(10);
    const by = (what: 'model' | 'route' | 'prompt') => traces.overview({ ...hours(1), by: what }).groups;
    expect(by('model').map(({ name, total }) => [name, total.requests])).toEqual([
      ['local/a', 2],
      ['acme/big', 1],
    ]);
    expect(
      by('prompt')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['', 'v2']);
    const failed = traces.overview({ ...hours(1), route: 'cloud' }).total;
    expect(failed).toMatchObject({
      requests: 1,
      failed: 1,
      faults: [{ code: 'timeout', origin: 'infrastructure', count: 1 }],
      totalMs: { p50: null },
    });
    expect(traces.overview({ ...hours(1), promptVersionId: 'v2' }).total.requests).toBe(1);
    expect(traces.overview({ ...hours(1), modelId: 'local/a' }).total).toMatchObject({ degraded: 1 });
  });

  it('outlive the traces, and shed their minutes when days hold them as well', () => {
    const { traces, save } = make();
    save({});
    traces.roll(10);
    traces.removeOldest({ before: AT + 1, mostBytes: null }, 10);
    traces.dropOldSums(AT + 30 * 24 * HOUR_MS);
    // Minutes would tell less than an hour apart: there are none.
    const hour = traces.overview({ since: HOUR, until: HOUR + HOUR_MS, by: null });
    expect([hour.stepMs, hour.total.requests]).toEqual([HOUR_MS, 1]);
    expect(traces.overview(hours(24 * 30)).total.requests).toBe(1);
  });

  it('come by the minute while there are minutes, though nothing happened for a time before', () => {
    const { traces, save } = make();
    expect(traces.overview(hours(1)).stepMs).toBe(60_000);
    save({ startedAt: HOUR + 50 * 60_000 });
    traces.roll(10);
    expect(traces.overview(hours(1))).toMatchObject({ stepMs: 60_000, total: { requests: 1 } });
  });

  it('gather what is too many lines for one picture', () => {
    const { traces, save } = make();
    for (let i = 0; i < 12; i++) save({ modelId: `acme/m${i}` });
    traces.roll(50);
    const { groups } = traces.overview({ ...hours(1), by: 'model' });
    expect(groups).toHaveLength(8);
    expect(groups.find(({ name }) => name === '*')?.total.requests).toBe(5);
  });
});
