import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import type { TraceReader, TraceWriter } from '../../storage/store.ts';

/** How often it is asked whether there is a quiet moment, in ms. */
export const WAIT_MS = 20;
/** Longest a trace waits for a quiet moment, in ms, and how many wait at most: past either they are written all the same. */
export const LATEST_MS = 1000;
export const MOST_WAITING = 512;
/** Most traces a transaction: about two milliseconds in which nothing else runs. */
export const AT_ONCE = 8;

export interface TracesBehind extends Pick<TraceWriter, 'save'> {
  /** An answer is being made; call what this returns when it is over. Nothing is written meanwhile, if that can be helped. */
  underWay(): () => void;
  /** The same reader, which writes a trace that waits when somebody asks for it. */
  reader(traces: TraceReader): TraceReader;
  /** Writes what waits, now. */
  flush(): void;
  dispose(): void;
}

export interface TracesBehindDeps {
  readonly traces: Pick<TraceWriter, 'note' | 'saveAll'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly onStored: (traceId: string) => void;
}

/**
 * Stores traces behind their answers, a few at a time and when no answer is being made: none waits for the disk, and
 * what is written together costs less. Each is noted at once, so that a killed process loses none; ending writes the rest.
 */
export function createTracesBehind({ traces, clock, timers, log, onStored }: TracesBehindDeps): TracesBehind {
  let waiting: { trace: Trace; usages: readonly UsageEntry[]; sinceMs: number }[] = [];
  let cancel: (() => void) | null = null;
  let ended = false;
  let answers = 0;

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
    const [oldest] = waiting;
    if (!oldest) return;
    const late = waiting.length >= MOST_WAITING || clock.monotonicMs() - oldest.sinceMs >= LATEST_MS;
    if (answers > 0 && !late) {
      cancel = timers.after(WAIT_MS, next);
      return;
    }
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
      waiting.push({ trace, usages, sinceMs: clock.monotonicMs() });
      if (ended) return flush();
      try {
        traces.note(trace, usages);
      } catch (error) {
        log.write('warn', 'complete.trace-not-noted', { error: String(error) });
      }
      cancel ??= timers.after(WAIT_MS, next);
    },
    underWay() {
      answers++;
      let over = false;
      return () => {
        if (!over) answers--;
        over = true;
      };
    },
    reader: (traces) => ({
      ...traces,
      get(traceId) {
        const asked = waiting.filter(({ trace }) => trace.id === traceId);
        if (asked.length > 0) {
          waiting = waiting.filter(({ trace }) => trace.id !== traceId);
          write(asked);
        }
        return traces.get(traceId);
      },
    }),
    flush,
    dispose() {
      ended = true;
      flush();
    },
  };
}
