import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { EgressRow } from '../store.ts';
import { createRestingThread } from '../thread.ts';

/** What `rollTraces` is asked. */
export interface RollRequest {
  readonly most: number;
  readonly exporting: 'none' | 'public' | 'all';
}
export type WriteRequest = { readonly id: number } &
  /** As the journal has them. */
  (
    | { readonly lines: readonly string[] }
    | { readonly egress: readonly EgressRow[] }
    | { readonly roll: RollRequest }
    | { readonly checkpoint: true }
  );
export interface WriteAnswer {
  readonly id: number;
  /** Why it failed; some of its lines may be stored all the same. */
  readonly problem?: string;
  /** How many traces went into sums. */
  readonly rolled?: number;
}

/**
 * Stores noted traces and the egress log on a thread of its own: packing and storing them never holds an answer up, and while one connection
 * writes what calls leave behind, it need not read anew what another changed. The same thread moves the WAL.
 */
export interface SideWrites {
  /** Resolves when all stand in the database. Rejects when that is not certain: storing them again does no harm. */
  save(lines: readonly string[]): Promise<void>;
  /** Stores rows of the egress log, as `save` does traces. null = the thread rests, and starting it would cost more than that. */
  saveEgress(rows: readonly EgressRow[]): Promise<void> | null;
  /** Adds ended traces to the sums as `TraceWriter.roll` does. null = the thread rests, and starting it would cost more than that. */
  roll(request: RollRequest): Promise<number> | null;
  /** Moves the WAL into the file, as `checkpoint` does. Resolves when it did; SQLite moves it by itself, later, when it could not. */
  checkpoint(): Promise<void>;
  dispose(): Promise<void>;
}

const ENTRY = { source: 'writes/writer-worker.ts', bundle: 'side-writer.mjs' };

/** Starts nothing before the first trace. */
export function createSideWrites(deps: {
  readonly path: string;
  readonly timers: Timers;
  readonly log: Log;
  /** Another file for the thread, in tests. */
  readonly workerPath?: string;
}): SideWrites {
  const waiting = new Map<number, { resolve: (rolled: number) => void; reject: (error: Error) => void }>();
  let last = 0;
  let ended = false;

  const rejectAll = (problem: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(problem));
    waiting.clear();
  };
  const thread = createRestingThread<WriteAnswer>({
    ...deps,
    entry: deps.workerPath ?? ENTRY,
    name: 'storage.writer',
    isBusy: () => waiting.size > 0,
    onMessage({ id, problem, rolled = 0 }) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (problem === undefined) asked?.resolve(rolled);
      else asked?.reject(new Error(problem));
    },
    onExit() {
      rejectAll('The thread that stores traces ended.');
    },
  });
  type Asked =
    { lines: readonly string[] } | { egress: readonly EgressRow[] } | { roll: RollRequest } | { checkpoint: true };
  const ask = (what: Asked): Promise<number> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(new Error('Storage is closed.'));
      const request: WriteRequest = { id: ++last, ...what };
      waiting.set(request.id, { resolve, reject });
      thread.post(request);
    });
  return {
    async save(lines) {
      await ask({ lines });
    },
    saveEgress: (egress) => (!thread.isThere() ? null : ask({ egress }).then(() => undefined)),
    roll: (roll) => (!thread.isThere() ? null : ask({ roll })),
    async checkpoint() {
      await ask({ checkpoint: true });
    },
    dispose() {
      ended = true;
      rejectAll('Storage is closed.');
      return thread.dispose();
    },
  };
}
