import type { CallInput, CallName, CallOutput } from '../../electron/contract/calls.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import type { LinkClient } from './client.ts';
import { faultOf } from './fault.ts';

/** What a reader sees of one call. A new object whenever anything changed. */
export interface QueryState<T> {
  /** Last good answer; kept while asking again and when that fails. */
  readonly data: T | undefined;
  readonly fault: Fault | null;
  readonly fetching: boolean;
}

interface Entry {
  readonly name: CallName;
  readonly input: unknown;
  topics: ReadonlySet<string>;
  state: QueryState<unknown>;
  stale: boolean;
  /** A signal came while asking: ask once more after. */
  again: boolean;
  readonly readers: Set<() => void>;
  usedAt: number;
}

const MAX_IDLE_ENTRIES = 60;

export interface QueryCache {
  key(name: CallName, input: unknown): string;
  /** Subscribes and asks if nothing fresh is there. Returns the unsubscriber. */
  read<N extends CallName>(name: N, input: CallInput<N>, topics: readonly string[], onChange: () => void): () => void;
  peek<N extends CallName>(name: N, input: CallInput<N>): QueryState<CallOutput<N>>;
  refetch<N extends CallName>(name: N, input: CallInput<N>): Promise<void>;
  /** Puts an answer in place that is already known, e.g. the rows a turn ended with. */
  put<N extends CallName>(
    name: N,
    input: CallInput<N>,
    update: (before: CallOutput<N> | undefined) => CallOutput<N> | undefined,
  ): void;
  invalidate(topics: readonly string[]): void;
  invalidateAll(): void;
}

const EMPTY: QueryState<never> = Object.freeze({ data: undefined, fault: null, fetching: false });

export function createQueryCache(client: Pick<LinkClient, 'call'>): QueryCache {
  const entries = new Map<string, Entry>();
  let tick = 0;
  const key = (name: CallName, input: unknown): string => `${name} ${JSON.stringify(input)}`;

  const set = (entry: Entry, state: QueryState<unknown>): void => {
    entry.state = state;
    for (const reader of [...entry.readers]) reader();
  };

  const ask = async (entry: Entry): Promise<void> => {
    if (entry.state.fetching) {
      entry.again = true;
      return;
    }
    entry.stale = false;
    set(entry, { ...entry.state, fetching: true });
    try {
      const data: unknown = await client.call(entry.name, entry.input as never);
      set(entry, { data, fault: null, fetching: false });
    } catch (error) {
      entry.stale = true;
      set(entry, { data: entry.state.data, fault: faultOf(error), fetching: false });
    }
    if (entry.again) {
      entry.again = false;
      await ask(entry);
    }
  };

  const ensure = (name: CallName, input: unknown): Entry => {
    const at = key(name, input);
    const found = entries.get(at);
    if (found) {
      found.usedAt = ++tick;
      return found;
    }
    const made: Entry = {
      name,
      input,
      topics: new Set(),
      state: EMPTY,
      stale: true,
      again: false,
      readers: new Set(),
      usedAt: ++tick,
    };
    entries.set(at, made);
    return made;
  };

  const trim = (): void => {
    const idle = [...entries].filter(([, entry]) => entry.readers.size === 0 && !entry.state.fetching);
    if (idle.length <= MAX_IDLE_ENTRIES) return;
    idle.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [at] of idle.slice(0, idle.length - MAX_IDLE_ENTRIES)) entries.delete(at);
  };

  const mark = (entry: Entry): void => {
    entry.stale = true;
    if (entry.state.fetching) entry.again = true;
    else if (entry.readers.size > 0) void ask(entry);
  };

  return {
    key,
    read(name, input, topics, onChange) {
      const entry = ensure(name, input);
      entry.topics = new Set([...entry.topics, ...topics]);
      entry.readers.add(onChange);
      if (entry.stale) void ask(entry);
      return () => {
        entry.readers.delete(onChange);
        trim();
      };
    },
    peek: <N extends CallName>(name: N, input: CallInput<N>) =>
      (entries.get(key(name, input))?.state ?? EMPTY) as QueryState<CallOutput<N>>,
    refetch: (name, input) => ask(ensure(name, input)),
    put<N extends CallName>(
      name: N,
      input: CallInput<N>,
      update: (before: CallOutput<N> | undefined) => CallOutput<N> | undefined,
    ) {
      const entry = ensure(name, input);
      const next = update(entry.state.data as CallOutput<N> | undefined);
      if (next === undefined || next === entry.state.data) return;
      // Whatever is on its way was asked before this was known: ask again after it.
      if (entry.state.fetching) entry.again = true;
      else entry.stale = false;
      set(entry, { ...entry.state, data: next, fault: null });
    },
    invalidate(topics) {
      for (const entry of entries.values()) if (topics.some((topic) => entry.topics.has(topic))) mark(entry);
    },
    invalidateAll() {
      for (const entry of entries.values()) mark(entry);
    },
  };
}
