import type { TurnEvent } from '../../contract/streams.ts';

/** Deltas kept for a reader that lost some; older ones are replaced by a snapshot. */
const RING_SIZE = 256;

export type TurnListener = (event: TurnEvent) => void;

/** The text of one turn while it is written, and everybody who reads along. */
export interface LiveText {
  readonly text: () => string;
  append(text: string): void;
  /** Throws the text so far away: it was never worth showing. */
  reset(): void;
  /** Phase, route: remembered, so that a late reader hears the newest of each. */
  say(event: Extract<TurnEvent, { kind: 'phase' | 'route' }>): void;
  end(event: Extract<TurnEvent, { kind: 'end' }>): void;
  /** Catches up from after `afterSeq`, then follows. Returns the end of listening. */
  read(afterSeq: number, listener: TurnListener): () => void;
}

export function createLiveText(): LiveText {
  const listeners = new Set<TurnListener>();
  let text = '';
  let seq = 0;
  let ring: Extract<TurnEvent, { kind: 'delta' }>[] = [];
  let phase: TurnEvent | null = null;
  let route: TurnEvent | null = null;
  let ended: TurnEvent | null = null;
  const tell = (event: TurnEvent) => {
    for (const listener of [...listeners]) listener(event);
  };

  return {
    text: () => text,
    append(more) {
      text += more;
      const event = { kind: 'delta' as const, seq: ++seq, text: more };
      ring.push(event);
      if (ring.length > 2 * RING_SIZE) ring = ring.slice(-RING_SIZE);
      tell(event);
    },
    reset() {
      if (text === '') return;
      text = '';
      ring = [];
      tell({ kind: 'snapshot', seq: ++seq, text });
    },
    say(event) {
      if (event.kind === 'phase') phase = event;
      else route = event;
      tell(event);
    },
    end(event) {
      ended = event;
      ring = [];
      tell(event);
      listeners.clear();
    },
    read(afterSeq, listener) {
      if (ended) {
        listener(ended);
        return () => undefined;
      }
      if (route) listener(route);
      if (phase) listener(phase);
      const oldest = ring[0];
      if (afterSeq !== seq) {
        if (oldest && afterSeq >= oldest.seq - 1 && afterSeq < seq) {
          for (const event of ring) if (event.seq > afterSeq) listener(event);
        } else listener({ kind: 'snapshot', seq, text });
      }
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
