import type { BreakerChange, BreakerHistory } from '../contract/entities/breaker.ts';
import type { Savings, SavingsQuery, TraceOverview, TraceOverviewQuery } from '../contract/entities/overview.ts';
import type { Trace, TraceFilter, TraceRow, TraceView, UsageEntry, UsageSum } from '../contract/entities/trace.ts';
import type { TracePicture } from '../contract/entities/trace-content.ts';
import type { EndedTrace } from './writes/save-traces.ts';

/** Traces near another one, at most 200 of each kind, newest first; never the trace itself. */
export interface TraceNeighbours {
  /** Answered well by the same model in the 30 days before. */
  readonly sameModel: readonly TraceRow[];
  /** Answered well by any model in the 30 days before. */
  readonly anyModel: readonly TraceRow[];
  /** Within a quarter of an hour, before and after. */
  readonly near: readonly TraceRow[];
  /** With the same fault within a day. */
  readonly sameFault: readonly TraceRow[];
  readonly samePrompt: readonly TraceRow[];
  /** Rated ones until then. */
  readonly rated: readonly TraceRow[];
}

/** Traces and the ledger. */
export interface TraceReader {
  list(
    filter: TraceFilter,
    before: string | null,
    limit: number,
    // With a filter `total` is exact up to 10,000 and stays there beyond.
  ): { rows: TraceRow[]; next: string | null; total: number };
  get(traceId: string): Trace | null;
  /** Pictures of its request, where they are kept. */
  pictures(traceId: string): TracePicture[];
  usage(since: number, until: number): UsageEntry[];
  /** The ledger by provider and model, dearest first. Quick at any size. */
  usageSums(since: number, until: number): UsageSum[];
  /** One trace and what it is compared with; null = there is none. */
  neighbourhood(traceId: string): { trace: Trace; neighbours: TraceNeighbours } | null;
  /** Sums over time, without reading traces. What ended in the last seconds may not be in them yet. */
  overview(query: TraceOverviewQuery): TraceOverview;
  /** Cost and savings over time, from the ledger. `since` inclusive, `until` exclusive; both are widened to whole steps. */
  savings(query: SavingsQuery): Savings;
  /** What breakers did in a time; `since` inclusive, `until` exclusive, epoch ms. */
  breakers(since: number, until: number): BreakerHistory;
}
/** Traces that no turn of a conversation writes, their sums and their removal. */
export interface TraceWriter {
  /** Traces with no conversation (the local API, `bench`). */
  save(trace: Trace, usages: readonly UsageEntry[]): void;
  /** Stores rows of traces that have begun and not ended, in one transaction; a trace that is known already is left as it is. */
  begin(rows: readonly TraceRow[]): void;
  /**
   * Keeps traces that will be stored later, so that they outlive this process meanwhile. Returns the lines `SideWrites` stores. Throws
   * when it cannot.
   */
  note(all: readonly EndedTrace[]): readonly string[];
  /** Several in one transaction, without those that were noted and that somebody else stored meanwhile. */
  saveAll(all: readonly EndedTrace[]): void;
  /** Traces that were noted are stored now, by somebody else. */
  settled(traceIds: readonly string[]): void;
  /** Bytes of what is noted; they are given back when nothing noted waits any more. */
  notedBytes(): number;
  /**
   * Adds at most `most` finished traces to the sums of their minute, hour and day, and to the queue of exports: `public` leaves
   * private ones out. Returns how many it found.
   */
  roll(most: number, exporting?: 'none' | 'public' | 'all'): number;
  /**
   * Removes at most `most` of the oldest traces, never a running one: those that started before `before` (epoch ms), and any while
   * the file holds more than `mostBytes`; null = no such limit. What breakers did before `before` goes too. Returns how many traces went: 0 = nothing is left to remove.
   */
  removeOldest(limits: { readonly before: number | null; readonly mostBytes: number | null }, most: number): number;
  addBreakerChange(change: BreakerChange): void;
  /** A new process begins: breakers that an earlier one left open are closed, at `at` (epoch ms). */
  closeBreakers(at: number): void;
  /** Removes sums by minute and by hour that days hold as well. `now` = epoch ms. */
  dropOldSums(now: number): void;
}

/** Traces that wait to be sent to a collector, oldest first. Survives the end of the process. */
export interface TraceExports {
  /** Keys of `traces`; inside the caller's transaction. */
  add(keys: readonly number[]): void;
  /** `traceId` null = the trace was removed meanwhile. */
  next(most: number): { readonly key: number; readonly traceId: string | null }[];
  get(traceId: string): Trace | null;
  /** They are not sent again. `lost` = they never arrived. */
  done(keys: readonly number[], lost: boolean): void;
  state(): { readonly waiting: number; readonly lost: number };
}

/** Filters with names; names differ by more than their case. */
export interface TraceViewRecords {
  all(): TraceView[];
  /** `was` = the name it had, where it gets another one. False = another view has that name: nothing changed. */
  save(view: TraceView, was?: string): boolean;
  /** An unknown name: nothing. */
  remove(name: string): void;
}
