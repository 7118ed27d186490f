/** Values pushed from callbacks, read as an async iterable by one reader. */
export function createEventQueue<T>(onReturn: () => void) {
  const waiting: T[] = [];
  let ended = false;
  let wake: (() => void) | null = null;
  const rouse = (): void => {
    wake?.();
    wake = null;
  };
  return {
    push(value: T): void {
      if (ended) return;
      waiting.push(value);
      rouse();
    },
    end(): void {
      ended = true;
      rouse();
    },
    async *read(): AsyncGenerator<T, void, undefined> {
      try {
        for (;;) {
          const next = waiting.shift();
          if (next !== undefined) yield next;
          else if (ended) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        ended = true;
        onReturn();
      }
    },
  };
}
