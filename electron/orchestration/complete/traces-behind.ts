import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import type { TraceWriter } from '../../storage/store.ts';

/** Traces wait so long for company, in ms: a transaction costs as much as what is written in it. */
const WAIT_MS = 20;
/** Most traces a transaction: about two milliseconds in which nothing else runs. */
const AT_ONCE = 4;

export interface TracesBehind extends Pick<TraceWriter, 'save'> {
  /** Writes what waits, now. */
  flush(): void;
  dispose(): void;
}

export interface TracesBehindDeps {
  readonly traces: Pick<TraceWriter, 'saveAll'>;
  readonly timers: Timers;
  readonly log: Log;
  readonly onStored: (traceId: string) => void;
}

/**
 * Stores traces a moment after their answers, a few at a time, so that no answer waits for the disk. Ending writes the rest;
 * a killed process loses the records of its last moment, not more.
 */
export function createTracesBehind({ traces, timers, log, onStored }: TracesBehindDeps): TracesBehind {
  let waiting: { trace: Trace; usages: readonly UsageEntry[] }[] = [];
  let cancel: (() => void) | null = null;
  let ended = false;

  const write = (batch: typeof waiting): void => {
    try {
      traces.saveAll(batch);
    } catch (error) {
      // The answers are worth more than their record.
      log.write('error', 'complete.trace-not-stored', { error: String(error), count: batch.length });
      return;
    }
    for (const { trace } of batch) onStored(trace.id);
  };
  const next = (): void => {
    cancel = null;
    write(waiting.splice(0, AT_ONCE));
    if (waiting.length > 0) cancel = timers.after(1, next);
  };
  const flush = (): void => {
    cancel?.();
    cancel = null;
    const all = waiting;
    waiting = [];
    if (all.length > 0) write(all);
  };

  return {
    save(trace, usages) {
      waiting.push({ trace, usages });
      if (ended) flush();
      else cancel ??= timers.after(WAIT_MS, next);
    },
    flush,
    dispose() {
      ended = true;
      flush();
    },
  };
}
