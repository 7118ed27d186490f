interface Waiting<T> {
  readonly item: T;
  readonly flow: string;
  /** Virtual finish (start-time fair queueing, Goyal et al. 1996, every item of the same size). */
  readonly tag: number;
}

/**
 * A line in which each flow (a conversation, a caller) moves at the same pace: someone who asks twenty things at once is served
 * one, then the others get their turn. Within a flow, and among equals, first come first served.
 */
export function createFairQueue<T>() {
  const line: Waiting<T>[] = [];
  const lastTag = new Map<string, number>();
  let virtualNow = 0;

  return {
    add(item: T, flow: string): void {
      const tag = Math.max(virtualNow, lastTag.get(flow) ?? 0) + 1;
      lastTag.set(flow, tag);
      const at = line.findIndex((other) => other.tag > tag);
      line.splice(at < 0 ? line.length : at, 0, { item, flow, tag });
    },
    first: (): T | undefined => line[0]?.item,
    take(): T | undefined {
      const next = line.shift();
      if (!next) return undefined;
      virtualNow = next.tag;
      for (const [flow, tag] of lastTag) if (tag <= virtualNow) lastTag.delete(flow);
      return next.item;
    },
    /** Takes one out of the line; false when it is not in it. */
    remove(item: T): boolean {
      const at = line.findIndex((other) => other.item === item);
      if (at < 0) return false;
      line.splice(at, 1);
      return true;
    },
    /** In the order they will be served. */
    items: (): T[] => line.map(({ item }) => item),
    size: (): number => line.length,
  };
}
