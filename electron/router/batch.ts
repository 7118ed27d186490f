import type { Timers } from '../base/timers.ts';

/** What a caller hears of each part of its items, while it waits: a part that it did not see end may still cost something. */
export interface BatchWatch<I, O> {
  /** These go upstream: from here on they may cost something, whoever leaves. Again when they are asked again. */
  readonly onAsked: (items: readonly I[]) => void;
  /** Their call is over; null = it failed with this error. */
  readonly onOver: (items: readonly I[], results: readonly O[] | null, error?: unknown) => void;
}

/** Small calls that come close together make one upstream call. */
export interface Batcher<I, O> {
  /** Results in the order of `items`. Rejects with the caller's own abort reason at once, or with what upstream threw. */
  run(items: readonly I[], signal: AbortSignal, watch?: BatchWatch<I, O>): Promise<O[]>;
  /** Makes the call that is waiting now. */
  flush(): void;
}

export interface BatcherOptions<I, O> {
  /** One upstream call: as many results as items, in their order. Aborted when nobody waits for it any more. */
  readonly upstream: (items: readonly I[], signal: AbortSignal) => Promise<readonly O[]>;
  /**
   * When a call is made, and how often: each `once` asks upstream for those who still wait, who are told of it. `signal` ends when nobody does.
   * Absent = at once and once.
   */
  readonly making?: (
    once: (signal: AbortSignal) => Promise<readonly O[]>,
    signal: AbortSignal,
  ) => Promise<readonly O[]>;
  readonly timers: Timers;
  /** How long the first caller of a batch waits for others, in ms. */
  readonly waitMs?: number;
  /** Items of one upstream call; a larger request is cut. */
  readonly mostItems?: number;
  /** Whether an error may be about the items of one caller alone, so that the others are worth asking again. Absent = each may be. */
  readonly mayBeOnes?: (error: unknown) => boolean;
}

interface Waiter<I, O> {
  readonly items: readonly I[];
  readonly signal: AbortSignal;
  readonly resolve: (results: O[]) => void;
  readonly reject: (error: Error) => void;
  readonly watch: BatchWatch<I, O> | undefined;
  left: boolean;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/**
 * A batch that fails is asked again caller by caller, so that a text nobody can embed fails its own caller only; a batch of one
 * caller is not, nor one that failed for a reason no caller can help: a provider that is at its limit would get all of them at once.
 */
export function createBatcher<I, O>(options: BatcherOptions<I, O>): Batcher<I, O> {
  const {
    upstream,
    making = (once, until) => once(until),
    timers,
    waitMs = 5,
    mostItems = 64,
    mayBeOnes = () => true,
  } = options;
  let waiting: Waiter<I, O>[] = [];
  let stopTimer: (() => void) | null = null;

  async function ask(items: readonly I[], signal: AbortSignal): Promise<readonly O[]> {
    const results = await upstream(items, signal);
    if (results.length !== items.length)
      throw new Error(`${String(items.length)} results were asked for and ${String(results.length)} came.`);
    return results;
  }

  async function answer(batch: readonly Waiter<I, O>[]): Promise<void> {
    let here = batch.filter(({ left }) => !left);
    if (here.length === 0) return;
    const began = here;
    const controller = new AbortController();
    const onLeave = (): void => {
      if (here.every(({ left }) => left)) controller.abort();
    };
    for (const { signal } of began) signal.addEventListener('abort', onLeave);
    const once = async (until: AbortSignal): Promise<readonly O[]> => {
      controller.signal.throwIfAborted();
      here = here.filter(({ left }) => !left);
      for (const { items, watch } of here) watch?.onAsked(items);
      try {
        return await ask(
          here.flatMap(({ items }) => items),
          until,
        );
      } catch (error) {
        for (const { items, watch, left } of here) if (!left) watch?.onOver(items, null, error);
        throw error;
      }
    };
    try {
      const results = await making(once, controller.signal);
      let at = 0;
      for (const { items, resolve, watch, left } of here) {
        const own = results.slice(at, (at += items.length));
        if (!left) watch?.onOver(items, own);
        resolve(own);
      }
    } catch (error) {
      if (here.length === 1 || !mayBeOnes(error)) for (const { reject } of here) reject(asError(error));
      else await Promise.all(here.map((waiter) => answer([waiter])));
    } finally {
      for (const { signal } of began) signal.removeEventListener('abort', onLeave);
    }
  }

  function flush(): void {
    stopTimer?.();
    stopTimer = null;
    const batch = waiting;
    waiting = [];
    void answer(batch);
  }

  /** A thread that was busy comes to its timers before it looks at the network: who asked in time and was not heard yet is still taken along. */
  function lastCall(): void {
    stopTimer = timers.after(0, flush);
  }

  function enter(items: readonly I[], signal: AbortSignal, watch?: BatchWatch<I, O>): Promise<O[]> {
    return new Promise<O[]>((resolve, reject) => {
      const leave = (): void => {
        waiter.left = true;
        waiting = waiting.filter((other) => other !== waiter);
        const reason: unknown = signal.reason;
        reject(asError(reason));
      };
      const over =
        <T>(end: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', leave);
          end(value);
        };
      const ends = { resolve: over(resolve), reject: over(reject) };
      const waiter: Waiter<I, O> = { items, signal, ...ends, watch, left: false };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      const held = waiting.reduce((sum, { items: others }) => sum + others.length, 0);
      if (held > 0 && held + items.length > mostItems) flush();
      waiting.push(waiter);
      if (held + items.length >= mostItems) flush();
      else stopTimer ??= timers.after(waitMs, lastCall);
    });
  }

  return {
    async run(items, signal, watch) {
      if (items.length <= mostItems) return items.length === 0 ? [] : enter(items, signal, watch);
      const rest = new AbortController();
      const either = AbortSignal.any([signal, rest.signal]);
      const parts: Promise<O[]>[] = [];
      for (let at = 0; at < items.length; at += mostItems)
        parts.push(enter(items.slice(at, at + mostItems), either, watch));
      try {
        return (await Promise.all(parts)).flat();
      } catch (error) {
        // Nobody waits for the other parts any more.
        rest.abort();
        throw error;
      }
    },
    flush,
  };
}
