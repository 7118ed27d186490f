import { statSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EGRESS_END as END, makeEgress as entry, makeStore } from '../../test/flow/storage-kit.ts';
import { openDatabase } from '../../native/sqlite/index.ts';
import { createEgressRecords, FLUSH_AFTER_MS, ROWS_ASIDE } from './egress.ts';
import type { EgressRow } from './store.ts';
import { BUSY_WRITES } from './wal/keep-wal-short.ts';
import { ROWS_AT_ONCE, saveEgress } from './writes/save-egress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store whose egress log is written by another connection, when the test says so. */
function make() {
  const kit = makeStore();
  const other = openDatabase({ path: kit.path });
  onTestFinished(() => {
    other.close();
  });
  const asked: { rows: readonly EgressRow[]; end: (works: boolean) => Promise<void> }[] = [];
  const { egress } = kit.store;
  egress.writeAside(
    (rows) =>
      new Promise<void>((resolve, reject) => {
        asked.push({
          rows,
          async end(works) {
            if (works) {
              saveEgress(other, rows);
              resolve();
            } else reject(new Error('The thread ended.'));
            await Promise.resolve();
          },
        });
      }),
  );
  const stored = () =>
    other
      .all('SELECT id, bytes_in AS bytesIn, ended FROM egress ORDER BY seq')
      .map(({ id, bytesIn, ended }) => [id, bytesIn, ended]);
  const journalBytes = () => statSync(`${kit.path}-egress`).size;
  return { ...kit, egress, asked, stored, journalBytes };
}

describe('the log of what left the machine, written by another thread', () => {
  it('is handed over whole after a while, and leaves the journal when it stands', async () => {
    const { egress, asked, stored, journalBytes } = make();
    egress.begin(entry('a'));
    egress.end('a', END);
    egress.begin(entry('b'));
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    expect(asked.map(({ rows }) => rows.map(({ id, end }) => [id, end]))).toEqual([
      [
        ['a', END],
        ['b', null],
      ],
    ]);
    expect(journalBytes()).toBeGreaterThan(100);
    await asked[0]?.end(true);
    expect(stored()).toEqual([
      ['a', 900, 1],
      ['b', 0, 0],
    ]);
    expect(journalBytes()).toBe(0);
  });

  it('keeps what ended while its entry was on its way', async () => {
    const { egress, asked, stored } = make();
    egress.begin(entry('a'));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    egress.end('a', END);
    await asked[0]?.end(true);
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    expect(asked[1]?.rows).toEqual([{ id: 'a', entry: null, end: END }]);
    await asked[1]?.end(true);
    expect(stored()).toEqual([['a', 900, 1]]);
  });

  it('asks for nothing more while rows are on their way', () => {
    const { egress, asked } = make();
    egress.begin(entry('a'));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    egress.begin(entry('b'));
    vi.advanceTimersByTime(10 * FLUSH_AFTER_MS);
    expect(asked).toHaveLength(1);
  });

  it('is written here when the other thread fails or rests', async () => {
    const { egress, asked, stored } = make();
    egress.begin(entry('a'));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    await asked[0]?.end(false);
    expect(stored()).toEqual([['a', 0, 0]]);
    egress.writeAside(() => null);
    egress.begin(entry('b'));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    expect(stored()).toHaveLength(2);
  });

  it('counts nothing twice when somebody reads it meanwhile', async () => {
    const { egress, asked, stored } = make();
    egress.begin(entry('a'));
    egress.end('a', END);
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    expect(egress.list({ limit: 5 })).toMatchObject({ totalBytesOut: 120, entries: [{ id: 'a', bytesIn: 900 }] });
    await asked[0]?.end(true);
    expect(egress.list({ limit: 5 }).totalBytesOut).toBe(120);
    expect(stored()).toHaveLength(1);
  });

  it('says how many transactions the other thread made of it', async () => {
    const db = openDatabase({ path: makeStore().path });
    let made = 0;
    const log = createEgressRecords(db, undefined, (transactions) => (made += transactions));
    log.records.writeAside(() => Promise.resolve());
    for (let at = 0; at < 3 * ROWS_AT_ONCE + 1; at++) log.records.begin(entry(`r${String(at)}`));
    await vi.advanceTimersByTimeAsync(FLUSH_AFTER_MS);
    expect(made).toBe(4);
    log.dispose();
    db.close();
  });

  it('has the log of the database moved as if it had been written here', async () => {
    const { egress, asked } = make();
    const whole = Math.ceil((BUSY_WRITES * ROWS_AT_ONCE) / ROWS_ASIDE) * ROWS_ASIDE;
    for (let at = 0; at < whole; at++) egress.begin(entry(`r${String(at)}`));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      await next.end(true);
      // The pause before the next rows; what moves the log waits longer.
      vi.advanceTimersByTime(2);
    }
    expect(vi.getTimerCount(), 'to move it').toBe(1);
  });

  it('is whole when everything ends while rows are on their way, whatever becomes of those', async () => {
    const { egress, asked, stored, store, journalBytes } = make();
    egress.begin(entry('a'));
    vi.advanceTimersByTime(FLUSH_AFTER_MS);
    egress.end('a', END);
    store.dispose();
    expect(stored()).toEqual([['a', 900, 1]]);
    await asked[0]?.end(true);
    expect([stored(), journalBytes(), vi.getTimerCount()]).toEqual([[['a', 900, 1]], 0, 0]);
  });

  it('has every request once, with its end, whatever happens in which order', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constantFrom('pass', 'works', 'fails', 'read') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { egress, asked, stored, store } = make();
        const [begun, ended]: [string[], Set<string>] = [[], new Set()];
        for (const one of steps) {
          if (one.kind === 'begin') {
            begun.push(`r${String(begun.length)}`);
            egress.begin(entry(begun.at(-1) ?? ''));
          } else if (one.kind === 'end') {
            const id = begun[('which' in one ? one.which : 0) % Math.max(1, begun.length)];
            if (id === undefined || ended.has(id)) continue;
            ended.add(id);
            egress.end(id, END);
          } else if (one.kind === 'pass') vi.advanceTimersByTime(FLUSH_AFTER_MS);
          else if (one.kind === 'read') egress.list({ limit: 1 });
          else await asked.shift()?.end(one.kind === 'works');
        }
        const { totalBytesOut } = egress.list({ limit: 1 });
        for (const left of asked.splice(0)) await left.end(true);
        expect(stored()).toEqual(begun.map((id) => (ended.has(id) ? [id, 900, 1] : [id, 0, 0])));
        expect(totalBytesOut).toBe(begun.length * 100 + ended.size * 20);
        expect(egress.list({ limit: 1 }).totalBytesOut).toBe(totalBytesOut);
        store.dispose();
      }),
      { numRuns: 30 },
    );
  });
});
