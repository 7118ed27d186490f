import type { CallInput, CallName, CallOutput } from '../../electron/contract/calls.ts';
import type { SignalName, SignalPayload } from '../../electron/contract/signals.ts';
import type { StreamEvent, StreamInput, StreamName } from '../../electron/contract/streams.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import type { ToCore, ToWindow } from '../../electron/contract/wire.ts';
import { heardFault, LinkError, lostFault } from './fault.ts';

/** The window's end of the MessagePort; a real port fits, and so does one end of a test pair. */
export interface LinkPort {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  addEventListener(type: 'close', listener: () => void): void;
  close(): void;
}

export type LinkStatus = 'connecting' | 'connected' | 'lost';

export interface StreamHandlers<N extends StreamName> {
  readonly onItem: (item: StreamEvent<N>) => void;
  /** It ended by itself. */
  readonly onEnd?: () => void;
  readonly onFail?: (fault: Fault) => void;
}

interface OpenStream {
  readonly onItem: (item: unknown) => void;
  readonly onEnd: () => void;
  readonly onFail: (fault: Fault) => void;
}

type SignalListener = (payload: never) => void;

export interface LinkClient {
  /** Takes over a port; calls made before the first one wait for it. */
  connect(port: LinkPort): void;
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  openStream<N extends StreamName>(name: N, input: StreamInput<N>, handlers: StreamHandlers<N>): () => void;
  onSignal<N extends SignalName>(name: N, listener: (payload: SignalPayload<N>) => void): () => void;
  status(): LinkStatus;
  onStatus(listener: (status: LinkStatus) => void): () => void;
}

export function createLinkClient(): LinkClient {
  let port: LinkPort | null = null;
  let status: LinkStatus = 'connecting';
  let nextId = 1;
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const open = new Map<number, OpenStream>();
  const waiting: ToCore[] = [];
  const signalListeners = new Map<string, Set<SignalListener>>();
  const statusListeners = new Set<(status: LinkStatus) => void>();

  const setStatus = (next: LinkStatus): void => {
    if (status === next) return;
    status = next;
    for (const listener of statusListeners) listener(next);
  };

  const send = (message: ToCore): void => {
    if (port) port.postMessage(message);
    else waiting.push(message);
  };

  const lose = (lost: LinkPort): void => {
    if (port !== lost) return;
    port = null;
    const fault = lostFault();
    const failed = [...calls.values()];
    const ended = [...open.values()];
    calls.clear();
    open.clear();
    setStatus('lost');
    for (const pending of failed) pending.reject(new LinkError(fault));
    for (const stream of ended) stream.onFail(heardFault(fault));
  };

  const receive = (message: ToWindow): void => {
    if (message.t === 'signal') {
      for (const listener of signalListeners.get(message.name) ?? []) listener(message.payload as never);
      return;
    }
    const pending = calls.get(message.id);
    const stream = open.get(message.id);
    if (message.t === 'ok') {
      calls.delete(message.id);
      pending?.resolve(message.output);
    } else if (message.t === 'json') {
      calls.delete(message.id);
      pending?.resolve(JSON.parse(message.json));
    } else if (message.t === 'item') {
      stream?.onItem(message.item);
    } else if (message.t === 'end') {
      open.delete(message.id);
      stream?.onEnd();
    } else {
      calls.delete(message.id);
      open.delete(message.id);
      pending?.reject(new LinkError(message.fault));
      stream?.onFail(heardFault(message.fault));
    }
  };

  return {
    connect(next) {
      const before = port;
      if (before) {
        lose(before);
        before.close();
      }
      port = next;
      next.addEventListener('close', () => lose(next));
      next.onmessage = (event) => {
        for (const message of event.data as readonly ToWindow[]) if (port === next) receive(message);
      };
      for (const message of waiting.splice(0)) next.postMessage(message);
      setStatus('connected');
    },
    call: <N extends CallName>(name: N, input: CallInput<N>) =>
      new Promise<CallOutput<N>>((resolve, reject) => {
        const id = nextId++;
        // The core parsed its own answer's shape; the port carries it as it is.
        calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
        send({ t: 'call', id, name, input });
      }),
    openStream(name, input, handlers) {
      const id = nextId++;
      open.set(id, {
        onItem: handlers.onItem as (item: unknown) => void,
        onEnd: () => handlers.onEnd?.(),
        onFail: (fault) => handlers.onFail?.(fault),
      });
      send({ t: 'open', id, name, input });
      return () => {
        if (open.delete(id)) send({ t: 'close', id });
      };
    },
    onSignal(name, listener) {
      const listeners = signalListeners.get(name) ?? new Set();
      signalListeners.set(name, listeners);
      listeners.add(listener as SignalListener);
      return () => listeners.delete(listener as SignalListener);
    },
    status: () => status,
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
  };
}
