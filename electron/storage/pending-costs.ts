import { z } from 'zod';
import type { Database } from '../../native/sqlite/index.ts';
import type { MintId } from '../base/ids.ts';
import { createJournal } from './journal.ts';
import type { PendingCosts, RecoveredCosts } from './store.ts';
import { insertUsage } from './trace-rows.ts';

/** Most that one call is counted with, in USD: as the budgets do. */
const MOST_USD = 1_000_000;
/** A line that a disk has spoilt may say anything, and one of them must not keep the others from being counted. */
const usd = z.number().min(0).max(MOST_USD);
const begun = z.object({
  id: z.string(),
  at: z.int().min(0),
  traceId: z.string(),
  providerId: z.string(),
  modelId: z.string(),
  tokenName: z.string().nullable(),
  usd,
});
const settled = z.object({ settled: z.string(), usd });
const ended = z.object({ ended: z.string() });
const line = z.union([begun, settled, ended]);
type Line = z.infer<typeof line>;
type Begun = z.infer<typeof begun>;

/** The journal is emptied once it holds so much and nothing in it is waited for any more, in bytes. */
const EMPTY_FROM_BYTES = 64 * 1024;
/** It is written anew with what is still waited for, in bytes. */
const REWRITE_FROM_BYTES = 1024 * 1024;

/** A call is looked for in the ledger from its begin on, by an index, and so much earlier: the clock may have been set back meanwhile. */
const CLOCK_SET_BACK_MS = 86_400_000;

interface Left {
  readonly cost: Begun;
  /** null = how the call ended is not known. */
  settledUsd: number | null;
}

/** What lines say of calls whose trace did not end, by trace. */
function leftOf(lines: readonly Line[]): Map<string, Left[]> {
  const byTrace = new Map<string, Left[]>();
  const byId = new Map<string, Left>();
  for (const one of lines) {
    if ('ended' in one) byTrace.delete(one.ended);
    else if ('settled' in one) {
      const known = byId.get(one.settled);
      if (known) known.settledUsd = one.usd;
    } else {
      const left: Left = { cost: one, settledUsd: null };
      byId.set(one.id, left);
      byTrace.set(one.traceId, [...(byTrace.get(one.traceId) ?? []), left]);
    }
  }
  return byTrace;
}

/**
 * What calls under way may cost, in a journal beside the database: the ledger has a call when its trace is stored, and a process may be
 * killed before. `onError` hears of what could not be written; no call waits for it.
 */
export function createPendingCosts(
  db: Database,
  mintId: MintId,
  onError: (error: unknown) => void,
): { readonly records: PendingCosts; readonly dispose: () => void } {
  const journal = createJournal(`${db.path}-spending`, (value) => line.parse(value));
  /** Calls of traces that have not ended. */
  const open = new Map<string, Begun[]>();
  let mine = false;
  /** Not written anew below this size, in bytes: what stays in it would be read at the end of every call. */
  let notBelow = 0;

  const write = (one: Line): void => {
    if (!mine) return;
    try {
      journal.append([one]);
    } catch (error) {
      onError(error);
    }
  };
  const shorten = (): void => {
    if (!mine || journal.size() < Math.max(notBelow, open.size === 0 ? EMPTY_FROM_BYTES : REWRITE_FROM_BYTES)) return;
    try {
      const { records } = journal.left();
      const kept = leftOf(records);
      const lines = [...kept.values()]
        .flat()
        .flatMap(({ cost, settledUsd }): Line[] => [
          cost,
          ...(settledUsd === null ? [] : [{ settled: cost.id, usd: settledUsd }]),
        ]);
      if (lines.length > 0) journal.replace(lines);
      else journal.clear();
    } catch (error) {
      onError(error);
    }
    notBelow = 2 * journal.size();
  };

  function toLedger(left: Map<string, Left[]>): RecoveredCosts {
    let unknown = 0;
    let unknownUsd = 0;
    db.write(() => {
      for (const [traceId, all] of left) {
        const since = Math.min(...all.map(({ cost }) => cost.at)) - CLOCK_SET_BACK_MS;
        if (db.get('SELECT 1 FROM usage WHERE at >= ? AND trace_id = ? LIMIT 1', since, traceId)) continue;
        const paid = all
          .map(({ cost, settledUsd }) => ({ cost, usd: settledUsd ?? cost.usd, isKnown: settledUsd !== null }))
          .filter(({ usd }) => usd > 0);
        insertUsage(
          db,
          paid.map(({ cost: { at, providerId, modelId, tokenName }, usd }) => ({
            id: mintId(),
            traceId,
            at,
            modelId,
            providerId,
            tokenName,
            tokensIn: 0,
            tokensCached: 0,
            tokensOut: 0,
            costUsd: usd,
          })),
        );
        const sum = paid.reduce((usd, one) => usd + one.usd, 0);
        db.run('UPDATE traces SET cost_usd = ? WHERE id = ?', sum, traceId);
        db.run('UPDATE replies SET cost_usd = ? WHERE trace_id = ?', sum, traceId);
        for (const { usd, isKnown } of paid) {
          if (isKnown) continue;
          unknown++;
          unknownUsd += usd;
        }
      }
    });
    return { unknown, unknownUsd };
  }

  const records: PendingCosts = {
    begin(cost) {
      const one: Begun = { id: mintId(), ...cost };
      open.set(cost.traceId, [...(open.get(cost.traceId) ?? []), one]);
      write(one);
      return one.id;
    },
    settle(id, usd) {
      write({ settled: id, usd });
    },
    end(traceId) {
      if (!open.delete(traceId)) return;
      write({ ended: traceId });
      shorten();
    },
    recover() {
      mine = !db.readOnly;
      if (!mine || journal.size() === 0) return { unknown: 0, unknownUsd: 0 };
      const { records: lines, damaged } = journal.left();
      const found = toLedger(leftOf(lines));
      journal.clear();
      if (damaged > 0) onError(new Error(`${String(damaged)} lines about calls under way could not be read.`));
      return found;
    },
  };
  return { records, dispose: journal.close };
}
