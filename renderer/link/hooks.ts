import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/calls.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import type { SignalName, SignalPayload } from '../../electron/contract/signals.ts';
import type { LinkStatus } from './client.ts';
import { faultOf } from './fault.ts';
import { linkStatus, onLinkStatus, onSignal, queries } from './link.ts';

export interface UseCallOptions {
  /** Topics of the `topics` signal that make this answer stale. */
  readonly topics?: readonly string[];
  /** While a changed input is being answered, go on showing the answer to the last one. */
  readonly keepPrevious?: boolean;
}

export interface UseCallResult<T> {
  readonly data: T | undefined;
  /** The last try failed; `data` may still hold the answer before. */
  readonly fault: Fault | null;
  /** Nothing to show yet. */
  readonly loading: boolean;
  readonly fetching: boolean;
  readonly refetch: () => void;
}

const NO_TOPICS: readonly string[] = [];

/** The answer to a call, shared by all who ask the same and asked again when its topics go stale. `input` null = do not ask. */
export function useCall<N extends CallName>(
  name: N,
  input: CallInput<N> | null,
  options: UseCallOptions = {},
): UseCallResult<CallOutput<N>> {
  const topics = options.topics ?? NO_TOPICS;
  const asked = input === null ? null : queries.key(name, input);
  const topicKey = topics.join(' ');
  const latest = useRef({ input, topics });
  latest.current = { input, topics };
  const subscribe = useCallback(
    (onChange: () => void) => {
      const now = latest.current;
      if (asked === null || now.input === null) return () => undefined;
      return queries.read(name, now.input, topicKey === '' ? NO_TOPICS : topicKey.split(' '), onChange);
    },
    [name, asked, topicKey],
  );
  const state = useSyncExternalStore(subscribe, () =>
    latest.current.input === null ? null : queries.peek(name, latest.current.input),
  );
  const previous = useRef<CallOutput<N> | undefined>(undefined);
  if (state?.data !== undefined) previous.current = state.data;
  const data = state?.data ?? (options.keepPrevious === true ? previous.current : undefined);
  const refetch = useCallback(() => {
    if (latest.current.input !== null) void queries.refetch(name, latest.current.input);
  }, [name]);
  return useMemo(
    () => ({
      data,
      fault: state?.fault ?? null,
      loading: asked !== null && data === undefined && !state?.fault,
      fetching: state?.fetching ?? false,
      refetch,
    }),
    [data, state, asked, refetch],
  );
}

/** Runs something that changes data; says whether it is running and what went wrong last. */
export function useAction<A extends readonly unknown[], R>(
  run: (...args: A) => Promise<R>,
): { readonly run: (...args: A) => Promise<R | undefined>; readonly busy: boolean; readonly fault: Fault | null } {
  const [state, setState] = useState<{ busy: boolean; fault: Fault | null }>({ busy: false, fault: null });
  const latest = useRef(run);
  latest.current = run;
  const start = useCallback(async (...args: A): Promise<R | undefined> => {
    setState({ busy: true, fault: null });
    try {
      const result = await latest.current(...args);
      setState({ busy: false, fault: null });
      return result;
    } catch (error) {
      setState({ busy: false, fault: faultOf(error) });
      return undefined;
    }
  }, []);
  return { run: start, busy: state.busy, fault: state.fault };
}

/** Calls `listener` for each signal while mounted. */
export function useSignal<N extends SignalName>(name: N, listener: (payload: SignalPayload<N>) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => onSignal(name, (payload) => latest.current(payload)), [name]);
}

export const useLinkStatus = (): LinkStatus => useSyncExternalStore(onLinkStatus, linkStatus);

/** Settings in force; undefined until the first answer. */
export const useSettings = (): CallOutput<'settings.get'> | undefined =>
  useCall('settings.get', {}, { topics: ['settings'] }).data;
