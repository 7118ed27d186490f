import type { CallInput, CallName, CallOutput } from '../../../electron/contract/calls.ts';
import type { Fault } from '../../../electron/contract/faults.ts';
import type { SignalName, SignalPayload } from '../../../electron/contract/signals.ts';
import type { StreamEvent, StreamInput, StreamName } from '../../../electron/contract/streams.ts';
import type { ToCore, ToWindow } from '../../../electron/contract/wire.ts';
import type { LinkPort } from '../client.ts';
import { faultOf } from '../fault.ts';

export type FakeHandlers = {
  [N in CallName]?: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>>;
};

export interface FakeStream<N extends StreamName> {
  readonly name: N;
  readonly input: StreamInput<N>;
  readonly item: (item: StreamEvent<N>) => void;
  readonly end: () => void;
  readonly fail: (fault: Fault) => void;
  closed: boolean;
}

export interface FakeCore {
  /** The end the window's link connects to. Messages arrive at once, in order. */
  readonly port: LinkPort;
  readonly calls: readonly { readonly name: CallName; readonly input: unknown }[];
  readonly streams: readonly FakeStream<StreamName>[];
  signal<N extends SignalName>(name: N, payload: SignalPayload<N>): void;
  /** As when the core's process ends. */
  die(): void;
}

/** The core's side of the port, in memory: what has no handler fails as not_found. */
export function createFakeCore(
  handlers: FakeHandlers,
  onStream: (stream: FakeStream<StreamName>) => void = () => undefined,
): FakeCore {
  const calls: { name: CallName; input: unknown }[] = [];
  const streams: FakeStream<StreamName>[] = [];
  const byId = new Map<number, FakeStream<StreamName>>();
  const onClose: (() => void)[] = [];
  let dead = false;
  const port: LinkPort = {
    onmessage: null,
    postMessage: (message) => receive(message as ToCore),
    addEventListener: (_type, listener) => onClose.push(listener),
    close: () => (dead = true),
  };
  const send = (message: ToWindow): void => {
    if (!dead) port.onmessage?.({ data: [message] } as MessageEvent);
  };
  const answer = async (id: number, name: CallName, input: unknown): Promise<void> => {
    calls.push({ name, input });
    const handler = handlers[name] as ((input: unknown) => unknown) | undefined;
    try {
      if (!handler) throw new Error(`The fake core has no answer to ${name}.`);
      send({ t: 'ok', id, output: await handler(input) });
    } catch (error) {
      send({ t: 'fail', id, fault: faultOf(error) });
    }
  };
  const receive = (message: ToCore): void => {
    if (dead) return;
    if (message.t === 'call') {
      void answer(message.id, message.name as CallName, message.input);
    } else if (message.t === 'open') {
      const { id } = message;
      const stream: FakeStream<StreamName> = {
        name: message.name as StreamName,
        input: message.input as StreamInput<StreamName>,
        item: (item) => !stream.closed && send({ t: 'item', id, item }),
        end: () => !stream.closed && send({ t: 'end', id }),
        fail: (fault) => !stream.closed && send({ t: 'fail', id, fault }),
        closed: false,
      };
      streams.push(stream);
      byId.set(id, stream);
      onStream(stream);
    } else {
      const stream = byId.get(message.id);
      if (stream) stream.closed = true;
    }
  };
  return {
    port,
    calls,
    streams,
    signal: (name, payload) => send({ t: 'signal', name, payload }),
    die() {
      dead = true;
      for (const listener of onClose) listener();
    },
  };
}
