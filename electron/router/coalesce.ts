/** What the first asker of a twin starts: says events until it is over, ends early when nobody listens any more. */
export type StartOf<E> = (say: (event: E) => void, signal: AbortSignal) => Promise<void>;

/** Identical requests under way share one call. */
export interface Coalescer<E> {
  /**
   * Joins the call under this key, or starts it. A later listener hears all that was said so far first. `done` settles when the
   * call is over or this listener left; it rejects with what `start` threw, for everybody. One leaving does not end the others;
   * the call is ended when the last one leaves.
   */
  join(
    key: string,
    start: StartOf<E>,
    listener: (event: E) => void,
    signal: AbortSignal,
  ): { readonly role: 'first' | 'joined'; readonly done: Promise<void> };
  /** Calls under way. */
  readonly size: number;
}

interface Shared<E> {
  readonly said: E[];
  readonly listeners: Set<{ hear: (event: E) => void; leave: () => void }>;
  readonly controller: AbortController;
  readonly over: Promise<void>;
}

export function createCoalescer<E>(): Coalescer<E> {
  const calls = new Map<string, Shared<E>>();

  const begin = (key: string, start: StartOf<E>): Shared<E> => {
    const controller = new AbortController();
    const said: E[] = [];
    const listeners: Shared<E>['listeners'] = new Set();
    const say = (event: E) => {
      said.push(event);
      for (const { hear } of [...listeners]) hear(event);
    };
    // Begins a step later, so that the first asker listens before anything is said.
    const over = Promise.resolve()
      .then(() => start(say, controller.signal))
      .finally(() => {
        if (calls.get(key) === shared) calls.delete(key);
      });
    // Whoever listens gets the failure through its own promise.
    over.catch(() => undefined);
    const shared: Shared<E> = { said, listeners, controller, over };
    calls.set(key, shared);
    return shared;
  };

  return {
    get size() {
      return calls.size;
    },
    join(key, start, listener, signal) {
      const known = calls.get(key);
      const shared = known ?? begin(key, start);
      for (const event of [...shared.said]) listener(event);
      const done = new Promise<void>((resolve, reject) => {
        const entry = { hear: listener, leave: () => undefined as void };
        const gone = () => {
          shared.listeners.delete(entry);
          signal.removeEventListener('abort', leave);
        };
        const leave = () => {
          gone();
          if (shared.listeners.size === 0) {
            // Nobody joins a call that is being ended.
            if (calls.get(key) === shared) calls.delete(key);
            shared.controller.abort();
          }
          resolve();
        };
        entry.leave = leave;
        shared.listeners.add(entry);
        if (signal.aborted) {
          leave();
          return;
        }
        signal.addEventListener('abort', leave, { once: true });
        shared.over.then(
          () => {
            gone();
            resolve();
          },
          (error: unknown) => {
            gone();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      });
      return { role: known ? 'joined' : 'first', done };
    },
  };
}
