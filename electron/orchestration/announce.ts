import { createEmitter } from '../base/emitter.ts';
import type { Emitter } from '../base/emitter.ts';
import type { SignalName, SignalPayload } from '../contract/signals.ts';

/** A signal on its way to every window. */
export type Signal = { [N in SignalName]: { readonly name: N; readonly payload: SignalPayload<N> } }[SignalName];

/** Says things once to everybody who listens. */
export interface Announce {
  signal<N extends SignalName>(name: N, payload: SignalPayload<N>): void;
  topics(topics: string[]): void;
  notice(level: SignalPayload<'notice'>['level'], text: string): void;
  on(listener: (signal: Signal) => void): () => void;
}

export function createAnnounce(onError: (error: unknown) => void): Announce {
  const emitter: Emitter<Signal> = createEmitter(onError);
  return {
    signal(name, payload) {
      emitter.emit({ name, payload } as Signal);
    },
    topics(topics) {
      emitter.emit({ name: 'topics', payload: { topics } });
    },
    notice(level, text) {
      emitter.emit({ name: 'notice', payload: { level, text } });
    },
    on: (listener) => emitter.on(listener),
  };
}
