/** What a caller gets when it joins. */
export interface Joined {
  /** `first` = its `start` makes the events; `joined` = an earlier caller's does. */
  readonly role: 'first' | 'joined';
  /** Resolves when the events are over or this caller left; rejects with what `start` or its own listener threw. */
  readonly done: Promise<void>;
}

/** Requests that are the same and under way at the same time share one upstream call. */
export interface Coalescer<E> {
  /**
   * Hears everything said for `key`, from its beginning. One caller leaving (its signal aborts) hears no more and ends nobody
   * else, the first one neither: its `start` goes on for the others. When the last one leaves, `start`'s signal is aborted and
   * that last caller still hears how it ends. The listener is called in the order of the events, never after `done`.
   */
  join(
    key: string,
    start: (say: (event: E) => void, signal: AbortSignal) => Promise<void>,
    listener: (event: E) => void,
    signal: AbortSignal,
  ): Joined;
  /** Upstream calls that can be joined. */
  readonly size: () => number;
}

export interface CoalescerOptions<E> {
  /** Weight of one event, in whatever unit `mostHeld` has. Absent = 1. */
  readonly sizeOf?: (event: E) => number;
  /** What is kept for later joiners of one call; past it the call goes on for those it has, and the next one starts anew. */
  readonly mostHeld?: number;
}

const MOST_EVENTS = 20_000;

interface Member<E> {
  readonly listener: (event: E) => void;
  readonly end: (error: unknown, failed: boolean) => void;
}

interface Flight<E> {
  readonly members: Set<Member<E>>;
  readonly controller: AbortController;
  /** Everything said so far; null = too much to keep. */
  said: E[] | null;
  held: number;
  over: boolean;
}

export function createCoalescer<E>(options: CoalescerOptions<E> = {}): Coalescer<E> {
  const { sizeOf = () => 1, mostHeld = MOST_EVENTS } = options;
  /**
   * A flight is let go by its place when it closes: a table that a Map has outgrown keeps what it held until the old generation is collected, and
   * with a flight everything that listens to its signal.
   */
  const flights = new Map<string, { flight: Flight<E> | null }>();

  /** Nobody else joins it. */
  const close = (key: string, flight: Flight<E>): void => {
    const place = flights.get(key);
    if (place?.flight === flight) {
      place.flight = null;
      flights.delete(key);
    }
    flight.said = null;
  };

  function say(key: string, flight: Flight<E>, event: E): void {
    if (flight.over) return;
    if (flight.said) {
      flight.said.push(event);
      flight.held += sizeOf(event);
      if (flight.held > mostHeld) close(key, flight);
    }
    for (const member of [...flight.members]) if (flight.members.has(member)) hear(key, flight, member, event);
  }

  /** A listener that throws leaves with its error; the others are not disturbed. */
  function hear(key: string, flight: Flight<E>, member: Member<E>, event: E): void {
    try {
      member.listener(event);
    } catch (error) {
      drop(key, flight, member);
      member.end(error, true);
    }
  }

  function drop(key: string, flight: Flight<E>, member: Member<E>): void {
    flight.members.delete(member);
    if (flight.members.size === 0) abandon(key, flight);
  }

  function abandon(key: string, flight: Flight<E>): void {
    close(key, flight);
    if (!flight.over) flight.controller.abort();
  }

  function finish(key: string, flight: Flight<E>, error: unknown, failed: boolean): void {
    flight.over = true;
    close(key, flight);
    const members = [...flight.members];
    flight.members.clear();
    for (const member of members) member.end(error, failed);
  }

  function enter(key: string, flight: Flight<E>, listener: (event: E) => void, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let ended = false;
      // It first hears what was said before it came; what is said meanwhile stands in line behind that.
      const line: E[] = [...(flight.said ?? [])];
      let catchingUp = true;
      const member: Member<E> = {
        listener(event) {
          if (catchingUp) line.push(event);
          else listener(event);
        },
        end(error, failed) {
          if (ended) return;
          ended = true;
          signal.removeEventListener('abort', leave);
          if (failed) reject(error instanceof Error ? error : new Error(String(error)));
          else resolve();
        },
      };
      const leave = (): void => {
        if (!flight.members.has(member)) return;
        if (flight.members.size === 1) {
          abandon(key, flight);
          return;
        }
        flight.members.delete(member);
        member.end(null, false);
      };
      flight.members.add(member);
      try {
        for (const event of line) {
          if (signal.aborted && flight.members.size > 1) break;
          listener(event);
        }
      } catch (error) {
        drop(key, flight, member);
        member.end(error, true);
        return;
      }
      catchingUp = false;
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    join(key, start, listener, signal) {
      const known = flights.get(key)?.flight;
      if (known && !signal.aborted) return { role: 'joined', done: enter(key, known, listener, signal) };
      const flight: Flight<E> = {
        members: new Set(),
        controller: new AbortController(),
        said: [],
        held: 0,
        over: false,
      };
      // Somebody who left before coming shares nothing: its call ends at once and says so itself.
      if (!signal.aborted) flights.set(key, { flight });
      const done = enter(key, flight, listener, signal);
      void run(() =>
        start((event) => {
          say(key, flight, event);
        }, flight.controller.signal),
      ).then(
        () => {
          finish(key, flight, null, false);
        },
        (error: unknown) => {
          finish(key, flight, error, true);
        },
      );
      return { role: 'first', done };
    },
    size: () => flights.size,
  };
}

/** A `start` that throws at once fails like one that rejects. */
async function run(start: () => Promise<void>): Promise<void> {
  await start();
}
