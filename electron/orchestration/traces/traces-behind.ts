import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import { whenQuiet } from '../../base/when-quiet.ts';
import type { Quiet } from '../../base/when-quiet.ts';
import type { TraceRow } from '../../contract/entities/trace.ts';
import type { EndedTrace, SideWrites, TraceReads } from '../../storage/index.ts';
import type { TraceReader, TraceWriter } from '../../storage/store.ts';

/**
 * How long the making of a trace waits, in ms: whoever is answered or asks at that moment goes first. With 64 answers that end together it
 * took a fifth of what they waited for.
 */
export const AFTER: Quiet = { stepMs: 1, mostMs: 16 };
/** How long noted traces wait for others before they are stored together, in ms. */
export const WAIT_MS = 20;
/** A trace that has begun is stored when it has not ended after so long, in ms: of a short one only the end is. */
export const BEGUN_MS = 250;
/** Most traces that wait to be stored: more answers than that in a moment are held up by it, so that memory has a bound. */
export const MOST_WAITING = 512;
/** Most traces a transaction on this thread: about two milliseconds in which nothing else runs. */
export const AT_ONCE = 8;
/** While answers never pause the journal is emptied at this size, in bytes, by storing all that waits on this thread. */
export const MOST_NOTED_BYTES = 32 * 1024 * 1024;

/** Where traces are noted and stored. */
export type NotedTraces = Pick<TraceWriter, 'begin' | 'note' | 'saveAll' | 'settled' | 'notedBytes'> & {
  readonly saveAside: SideWrites['save'];
  /** What a line that `note` gave says. */
  readonly readNoted: (line: string) => EndedTrace;
};

export interface TracesBehind extends Pick<TraceWriter, 'save'> {
  /** Somebody is being answered; `save` or `forget` ends it. */
  begin(row: TraceRow): void;
  /** It never comes to an end. */
  forget(traceId: string): void;
  /** Makes and saves a trace a moment later: the end of its answer goes out first. At once when somebody asks for traces, or it ends. */
  afterwards(run: () => void): void;
  /** The same reader, which stores a trace that waits when somebody asks for it. */
  reader(traces: TraceReader): TraceReader;
  /** The same for reads on a thread: what they may find is stored before they look. */
  reads(reads: TraceReads): TraceReads;
  /** Stores what waits, now. */
  flush(): void;
  dispose(): void;
}

export interface TracesBehindDeps {
  readonly traces: NotedTraces;
  /** Whether traces are stored; what cost something always is. Absent = they are. */
  readonly stores?: () => boolean;
  readonly timers: Timers;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Runs something once what is under way has got as far as it can by itself. */
  readonly soon: (run: () => void) => void;
  readonly log: Log;
  readonly onStored: (traceId: string) => void;
}

interface Waiting {
  readonly traceId: string;
  /** Let go once it is noted: what waits must be small, or every collection of the young generation carries it along. */
  ended: EndedTrace | null;
  /** As it was noted; null = not yet, or it could not be. */
  line: string | null;
}

/**
 * Stores traces behind their answers: noted in one line once the answer has left, so that a killed process loses none, and stored by
 * another thread, some together. Whatever that cannot do is done here; ending stores the rest.
 */
export function createTracesBehind(deps: TracesBehindDeps): TracesBehind {
  const { traces, timers, soon, log, onStored } = deps;
  /** Not yet stored, oldest first. Those of the thread stay until it has stored them. */
  const waiting = new Map<string, Waiting>();
  let fresh: Waiting[] = [];
  let next: Waiting[] = [];
  let cancel: (() => void) | null = null;
  /** Not stored yet. */
  const begun = new Map<string, TraceRow>();
  let cancelBegun: (() => void) | null = null;
  let afters: (() => void)[] = [];
  let cancelAfters: (() => void) | null = null;
  let aside = false;
  let ended = false;

  const endedOf = ({ ended, line }: Waiting): EndedTrace[] =>
    ended !== null ? [ended] : line !== null ? [traces.readNoted(line)] : [];
  /** It lets go of its line: tables that a Map has outgrown keep what they held until the old generation is collected. */
  const leave = (one: Waiting): boolean => {
    one.ended = null;
    one.line = null;
    return waiting.delete(one.traceId);
  };
  const over = (batch: readonly Waiting[]): void => {
    for (const one of batch) if (leave(one)) onStored(one.traceId);
  };
  const storeHere = (batch: readonly Waiting[]): void => {
    for (let at = 0; at < batch.length; at += AT_ONCE) {
      const some = batch.slice(at, at + AT_ONCE);
      try {
        traces.saveAll(some.flatMap(endedOf));
        over(some);
      } catch (error) {
        // The answers are worth more than their record.
        log.write('error', 'traces.not-stored', { error: String(error), count: some.length });
        some.forEach(leave);
      }
    }
  };
  const storeBegun = (): void => {
    cancelBegun?.();
    cancelBegun = null;
    if (begun.size === 0) return;
    const rows = [...begun.values()];
    begun.clear();
    try {
      traces.begin(rows);
    } catch (error) {
      // Its end is stored by itself.
      log.write('warn', 'traces.begun-not-stored', { error: String(error) });
    }
  };
  const runAfters = (): void => {
    cancelAfters?.();
    cancelAfters = null;
    const due = afters;
    afters = [];
    for (const run of due) run();
  };
  const flush = (): void => {
    runAfters();
    storeBegun();
    cancel?.();
    cancel = null;
    fresh = [];
    next = [];
    storeHere([...waiting.values()]);
  };

  const send = (): void => {
    cancel = null;
    const batch = next.filter(({ traceId }) => waiting.has(traceId));
    next = [];
    storeHere(batch.filter(({ line }) => line === null));
    const lines = batch.flatMap(({ line }) => (line === null ? [] : [line]));
    if (lines.length > 0) void sendAside(batch, lines);
  };
  const sendAside = async (batch: readonly Waiting[], lines: readonly string[]): Promise<void> => {
    aside = true;
    const left = (): Waiting[] => batch.filter(({ traceId }) => waiting.has(traceId));
    try {
      await traces.saveAside(lines);
      const stored = left();
      traces.settled(stored.map(({ traceId }) => traceId));
      over(stored);
    } catch (error) {
      if (!ended) log.write('warn', 'traces.stored-here', { error: String(error) });
      storeHere(left());
    }
    aside = false;
    if (traces.notedBytes() > MOST_NOTED_BYTES) flush();
    else wait();
  };
  const wait = (): void => {
    if (next.length > 0 && !aside && !ended) cancel ??= timers.after(WAIT_MS, send);
  };

  const note = (): void => {
    const all = fresh.filter(({ traceId }) => waiting.has(traceId));
    fresh = [];
    if (all.length === 0) return;
    try {
      const lines = traces.note(all.flatMap(endedOf));
      for (const [at, one] of all.entries()) {
        one.line = lines[at] ?? null;
        if (one.line !== null) one.ended = null;
      }
    } catch (error) {
      log.write('warn', 'traces.not-noted', { error: String(error) });
    }
    next.push(...all);
    wait();
  };

  /** A read that may be about what waits, after that was stored. */
  const first = <A extends readonly unknown[], T>(read: (...args: A) => T) => {
    return (...args: A): T => {
      if (waiting.size + begun.size + afters.length > 0) flush();
      return read(...args);
    };
  };

  return {
    begin(row) {
      if (deps.stores?.() === false || ended) return;
      begun.set(row.id, row);
      cancelBegun ??= timers.after(BEGUN_MS, storeBegun);
    },
    forget: (traceId) => void begun.delete(traceId),
    save(trace, usages) {
      begun.delete(trace.id);
      // Nothing is to be stored of it, so all of it is.
      if (deps.stores?.() === false && usages.length === 0) return onStored(trace.id);
      const one: Waiting = { traceId: trace.id, ended: { trace, usages }, line: null };
      waiting.set(trace.id, one);
      if (ended) return flush();
      if (fresh.length === 0) soon(note);
      fresh.push(one);
      if (waiting.size > MOST_WAITING) storeHere([...waiting.values()].slice(0, AT_ONCE));
    },
    afterwards(run) {
      if (ended) return run();
      afters.push(run);
      cancelAfters ??= whenQuiet(deps, AFTER, runAfters);
    },
    reader: (reader) => ({
      ...reader,
      list: first(reader.list),
      usage: first(reader.usage),
      usageSums: first(reader.usageSums),
      neighbourhood: first(reader.neighbourhood),
      get(traceId) {
        runAfters();
        if (begun.has(traceId)) storeBegun();
        const asked = waiting.get(traceId);
        if (asked) storeHere([asked]);
        return reader.get(traceId);
      },
    }),
    reads: (reads) => ({
      ...reads,
      list: first(reads.list),
      usage: first(reads.usage),
      usageSums: first(reads.usageSums),
      get: first(reads.get),
      neighbourhood: first(reads.neighbourhood),
    }),
    flush,
    dispose() {
      ended = true;
      flush();
    },
  };
}
