/** One writer, one reader; what is not read yet waits. */
export interface EventQueue<T> {
  push(item: T): void;
  /** Ends the reading after what was pushed before. */
  close(): void;
  /** For one reader, who asks for the next item when it has the last. One who leaves hears no more. */
  read(): AsyncIterableIterator<T, undefined>;
}

/** `onLeft` = the reader left before the end. Written out: an async generator allocates five times as much for each item. */
export function createEventQueue<T>(onLeft: () => void = () => undefined): EventQueue<T> {
  let waiting: T[] = [];
  let closed = false;
  let wake: ((step: IteratorResult<T, undefined>) => void) | null = null;

  const give = (step: IteratorResult<T, undefined>): void => {
    const reader = wake;
    wake = null;
    reader?.(step);
  };
  const iterator: AsyncIterableIterator<T, undefined> = {
    next() {
      if (waiting.length > 0) return Promise.resolve({ done: false, value: waiting.shift() as T });
      if (closed) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    return() {
      if (!closed) onLeft();
      closed = true;
      waiting = [];
      give({ done: true, value: undefined });
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return {
    push(item) {
      if (closed) return;
      if (wake === null) waiting.push(item);
      else give({ done: false, value: item });
    },
    close() {
      closed = true;
      give({ done: true, value: undefined });
    },
    read: () => iterator,
  };
}
