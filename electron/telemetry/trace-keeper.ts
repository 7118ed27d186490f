import type { Clock } from '../base/clock.ts';
import type { Timers } from '../base/timers.ts';
import type { TraceWriter } from '../storage/store.ts';

/** How long after a trace its sums follow, in ms: a few traces then share one transaction. */
const ROLL_AFTER_MS = 2000;
/** Traces a transaction: about a millisecond in which nobody else writes. */
const ROLLED_AT_ONCE = 16;
const REMOVED_AT_ONCE = 32;
/** What could not be summed up is tried again after so long, in ms. */
const ROLL_AGAIN_MS = 30_000;
/** Between two transactions, in ms. */
const BREATH_MS = 25;
const DAY_MS = 86_400_000;
/** Retention is looked at again after so long. */
const TIDY_EVERY_MS = DAY_MS / 4;

export interface TraceKeeper {
  /** Traces ended, or may have ended while nobody looked. */
  stored(): void;
  /** Begins to remove what is too old or too much, a little at a time, now and every few hours. */
  tidy(): void;
  dispose(): void;
}

/** What is done with traces after they are stored, always behind the turn and never for longer than a moment. */
export function createTraceKeeper(deps: {
  readonly traces: Pick<TraceWriter, 'removeOldest' | 'dropOldSums'> & {
    /** A promise = on another thread. */
    roll(most: number, exporting: 'none' | 'public' | 'all'): number | Promise<number>;
  };
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 = no limit. */
  readonly limits: () => { readonly days: number; readonly megabytes: number };
  /** Which traces go on to a collector. */
  readonly exporting?: () => 'none' | 'public' | 'all';
  readonly onRolled?: (count: number) => void;
  readonly onError: (error: unknown) => void;
}): TraceKeeper {
  const { traces, clock, timers } = deps;
  const cancels = new Map<string, () => void>();
  let ended = false;
  const later = (what: string, delayMs: number, work: () => void | Promise<void>): void => {
    if (ended || cancels.has(what)) return;
    const failed = (error: unknown): void => {
      if (!ended) deps.onError(error);
    };
    const run = (): void => {
      cancels.delete(what);
      try {
        const under = work();
        if (under instanceof Promise) under.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
    cancels.set(what, timers.after(delayMs, run));
  };

  const rolled = (count: number): void => {
    if (count === ROLLED_AT_ONCE) later('roll', BREATH_MS, roll);
    if (count > 0) deps.onRolled?.(count);
  };
  function roll(): void | Promise<void> {
    const told = traces.roll(ROLLED_AT_ONCE, deps.exporting?.() ?? 'none');
    if (typeof told === 'number') return rolled(told);
    return told.then(rolled, (error: unknown) => {
      later('roll', ROLL_AGAIN_MS, roll);
      throw error;
    });
  }
  const remove = (): void => {
    const { days, megabytes } = deps.limits();
    const removed = traces.removeOldest(
      { before: days > 0 ? clock.now() - days * DAY_MS : null, mostBytes: megabytes > 0 ? megabytes * 1e6 : null },
      REMOVED_AT_ONCE,
    );
    later('remove', removed > 0 ? BREATH_MS : TIDY_EVERY_MS, remove);
  };
  return {
    stored: () => later('roll', ROLL_AFTER_MS, roll),
    tidy() {
      later('remove', 0, remove);
      later('sums', 0, () => {
        traces.dropOldSums(clock.now());
      });
      later('roll', 0, roll);
    },
    dispose() {
      ended = true;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}
