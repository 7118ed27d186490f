import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../native/sqlite/index.ts';
import { AT, makeBegin, makeStore, makeTraceRow } from '../../test/flow/storage-kit.ts';
import { createPendingCosts } from './pending-costs.ts';
import type { PendingCost, Store } from './store.ts';

const cost = (traceId: string, usd: number): PendingCost => ({
  at: AT,
  traceId,
  providerId: 'acme',
  modelId: 'acme/m',
  tokenName: 'ci',
  usd,
});

const fail = (error: unknown): never => {
  throw error;
};

/** A store whose process owns the folder. */
function owned(folder?: string) {
  const kit = makeStore(folder);
  kit.store.pendingCosts.recover();
  return kit;
}

const spentUsd = (store: Store): number => store.usage.sums(AT - 1, AT + 1).costUsd;

describe('costs of calls that a killed process left', () => {
  it('are counted at their worst while nobody knows how the call ended', () => {
    const kit = owned();
    kit.store.pendingCosts.begin(cost('t', 0.5));
    const after = makeStore(kit.folder).store;
    expect(after.pendingCosts.recover()).toEqual({ unknown: 1, unknownUsd: 0.5 });
    const sums = after.usage.sums(AT - 1, AT + 1);
    expect([sums.costUsd, sums.byProvider.get('acme'), sums.byToken.get('ci')]).toEqual([0.5, 0.5, 0.5]);
  });

  it('are counted as they were where the call had ended', () => {
    const kit = owned();
    const id = kit.store.pendingCosts.begin(cost('t', 0.5));
    kit.store.pendingCosts.settle(id, 0.2);
    const after = makeStore(kit.folder).store;
    expect([after.pendingCosts.recover(), spentUsd(after)]).toEqual([{ unknown: 0, unknownUsd: 0 }, 0.2]);
  });

  it('are not counted twice where the ledger has them', () => {
    const kit = owned();
    const { store, mintId } = kit;
    const row = makeTraceRow(mintId());
    const id = store.pendingCosts.begin(cost(row.id, 0.5));
    store.pendingCosts.settle(id, 0.2);
    const { providerId, modelId, tokenName } = cost(row.id, 0);
    const tokens = { tokensIn: 1, tokensCached: 0, tokensOut: 1 };
    store.traces.save({ ...row, decision: null, spans: [] }, [
      { id: mintId(), traceId: row.id, at: AT, providerId, modelId, tokenName, costUsd: 0.2, ...tokens },
    ]);
    const after = makeStore(kit.folder).store;
    after.pendingCosts.recover();
    expect(spentUsd(after)).toBe(0.2);
  });

  it('stand with the reply and the trace that they belong to', () => {
    const kit = owned();
    const { store, mintId } = kit;
    const begin = makeBegin(mintId, mintId(), null, 'hello');
    store.chat.beginTurn(begin);
    store.pendingCosts.begin(cost(begin.traceId, 0.5));
    const after = makeStore(kit.folder).store;
    after.chat.closeInterrupted(AT);
    after.pendingCosts.recover();
    expect(after.traces.get(begin.traceId)?.costUsd).toBe(0.5);
  });

  it('are left alone by a process that does not own the folder', () => {
    const kit = owned();
    kit.store.pendingCosts.begin(cost('t', 0.5));
    const guest = makeStore(kit.folder).store;
    guest.pendingCosts.begin(cost('u', 7));
    expect(spentUsd(guest)).toBe(0);
    const after = makeStore(kit.folder).store;
    expect(after.pendingCosts.recover()).toEqual({ unknown: 1, unknownUsd: 0.5 });
  });

  it('add up to what was under way at any moment', () => {
    const usd = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000);
    const action = fc.record({
      kind: fc.constantFrom('begin', 'settle', 'end'),
      trace: fc.constantFrom('a', 'b', 'c'),
      usd,
    });
    const { store, path, mintId } = owned();
    const db = openDatabase({ path });
    onTestFinished(() => db.close());
    let run = 0;
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        run++;
        const before = spentUsd(store);
        const dying = createPendingCosts(db, mintId, fail);
        dying.records.recover();
        const known = new Map<string, { id: string; usd: number }[]>();
        for (const { kind, trace, usd: sum } of actions) {
          const calls = known.get(trace) ?? [];
          if (kind === 'begin') {
            const id = dying.records.begin(cost(`${trace}${String(run)}`, sum));
            known.set(trace, [...calls, { id, usd: sum }]);
          } else if (kind === 'settle') {
            const last = calls.at(-1);
            if (!last) continue;
            dying.records.settle(last.id, sum);
            last.usd = sum;
          } else {
            dying.records.end(`${trace}${String(run)}`);
            known.delete(trace);
          }
        }
        dying.dispose();
        const next = createPendingCosts(db, mintId, fail);
        next.records.recover();
        next.dispose();
        const expected = [...known.values()].flat().reduce((all, one) => all + one.usd, 0);
        expect(spentUsd(store) - before).toBeCloseTo(expected, 9);
      }),
      { numRuns: 50, seed: 11 },
    );
  });

  it('are kept as they were when the journal is written anew beside a long call', () => {
    const kit = owned();
    const { pendingCosts } = kit.store;
    pendingCosts.settle(pendingCosts.begin(cost('t', 0.5)), 0.2);
    const written = (): number => readFileSync(`${kit.path}-spending`).byteLength;
    for (let call = 0; call < 8; call++) {
      pendingCosts.begin({ ...cost('u', 0.1), modelId: 'm'.repeat(200_000) });
      pendingCosts.end('u');
    }
    expect(written()).toBeLessThan(1024 * 1024);
    const after = makeStore(kit.folder).store;
    after.pendingCosts.recover();
    expect(spentUsd(after)).toBe(0.2);
  });

  it('are all there after the journal could not be written anew, on a disk that is full', () => {
    const kit = owned();
    // No file can be made where a folder stands.
    mkdirSync(`${kit.path}-spending.new`);
    const { pendingCosts } = kit.store;
    pendingCosts.begin(cost('t', 0.5));
    for (let call = 0; call < 8; call++) {
      pendingCosts.begin({ ...cost('u', 0.1), modelId: 'm'.repeat(200_000) });
      pendingCosts.end('u');
    }
    const after = makeStore(kit.folder).store;
    expect(after.pendingCosts.recover()).toEqual({ unknown: 1, unknownUsd: 0.5 });
  });

  it('are counted beside lines that a disk has spoilt', () => {
    const kit = owned();
    kit.store.pendingCosts.begin(cost('t', 0.5));
    const file = `${kit.path}-spending`;
    const [whole = ''] = readFileSync(file, 'utf8').split('\n');
    const begun = JSON.parse(whole) as object;
    const spoilt = [
      { ...begun, id: 'a', at: 1.5 },
      { ...begun, id: 'b', at: -1 },
      { ...begun, id: 'c', usd: -3 },
      { ...begun, id: 'd', usd: 1e300 },
      { ...begun, id: 'e', traceId: null },
      [],
      null,
    ].map((line) => JSON.stringify(line));
    writeFileSync(file, ['\0\0\0', whole.slice(20), ...spoilt, whole, '{"id":"f","at":'].join('\n'));
    const after = makeStore(kit.folder).store;
    expect([after.pendingCosts.recover().unknown, spentUsd(after)]).toEqual([1, 0.5]);
  });

  it('leave the journal short once nothing is under way', () => {
    const { store, path } = owned();
    for (let call = 0; call < 2000; call++) {
      const id = store.pendingCosts.begin(cost(`t${String(call)}`, 0.5));
      store.pendingCosts.settle(id, 0.1);
      store.pendingCosts.end(`t${String(call)}`);
    }
    expect(readFileSync(`${path}-spending`).byteLength).toBeLessThan(65 * 1024);
  });
});
