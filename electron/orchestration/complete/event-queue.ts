/** One writer, one reader; what is not read yet waits. `close` ends the reading after what was pushed before. */
export function createEventQueue<T>() {
  const waiting: T[] = [];
  let closed = false;
  let wake: () => void = () => undefined;

  async function* read(): AsyncGenerator<T> {
    for (;;) {
      const item = waiting.shift();
      if (item !== undefined) yield item;
      else if (closed) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    push(item: T): void {
      waiting.push(item);
      wake();
    },
    close(): void {
      closed = true;
      wake();
    },
    read,
  };
}
