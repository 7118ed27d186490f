import type { Fault } from '../../electron/contract/faults.ts';
import type { StreamEvent } from '../../electron/contract/streams.ts';
import type { LinkClient } from './client.ts';
import { isAhead } from './pace.ts';

type TurnEvent = StreamEvent<'turn.live'>;
type EventOf<K extends TurnEvent['kind']> = Extract<TurnEvent, { kind: K }>;

/** What is known of a turn while it runs. A new object at most once a frame. */
export interface LiveTurn {
  readonly turnId: string;
  readonly phase: EventOf<'phase'>['phase'];
  readonly phaseDetail: string | null;
  readonly route: Omit<EventOf<'route'>, 'kind'> | null;
  /** All text so far. Only ever grows, except when a snapshot replaces it. */
  readonly text: string;
  /** Stored rows, once it ended. */
  readonly end: Omit<EventOf<'end'>, 'kind'> | null;
  /** Why the stream itself broke; the turn may go on in the core. */
  readonly fault: Fault | null;
}

interface Buffer {
  shown: LiveTurn;
  next: LiveTurn;
  seq: number;
  dirty: boolean;
  /** When its first text came; null = none yet. */
  firstTextAt: number | null;
  readers: Set<() => void>;
  close: (() => void) | null;
}

export interface LiveTurns {
  /** Follows a turn while at least one reader does. Returns the unsubscriber; leaving only detaches. */
  watch(turnId: string, onFrame: () => void): () => void;
  peek(turnId: string): LiveTurn | null;
  /** Once for each followed turn that ended, after its last frame. */
  onEnd(listener: (end: NonNullable<LiveTurn['end']>, turnId: string) => void): () => void;
}

/** Calls `paint` soon, at once if `urgent`, later if the text is `ahead` of its reader; injected so that tests turn the page. */
export type PaintSoon = (paint: () => void, urgent: boolean, ahead: boolean) => void;

const MAX_ENDED = 8;

export function createLiveTurns(
  client: Pick<LinkClient, 'openStream' | 'onStatus'>,
  paintSoon: PaintSoon,
  now = (): number => performance.now(),
): LiveTurns {
  const buffers = new Map<string, Buffer>();
  const endListeners = new Set<(end: NonNullable<LiveTurn['end']>, turnId: string) => void>();
  let pending: 'text' | 'urgent' | null = null;

  const paint = (): void => {
    pending = null;
    for (const buffer of buffers.values()) {
      if (!buffer.dirty) continue;
      buffer.dirty = false;
      buffer.shown = buffer.next;
      for (const reader of [...buffer.readers]) reader();
    }
  };

  const change = (buffer: Buffer, patch: Partial<LiveTurn>): void => {
    // More of a text may wait; its first word and where a turn is may not.
    const urgent = patch.text === undefined || buffer.next.text === '';
    buffer.next = { ...buffer.next, ...patch };
    buffer.dirty = true;
    if (pending === 'urgent' || (pending === 'text' && !urgent)) return;
    pending = urgent ? 'urgent' : 'text';
    if (buffer.next.text !== '') buffer.firstTextAt ??= now();
    paintSoon(paint, urgent, isAhead(buffer.next.text.length, now() - (buffer.firstTextAt ?? now())));
  };

  const open = (buffer: Buffer): void => {
    buffer.close?.();
    const { turnId } = buffer.next;
    buffer.close = client.openStream(
      'turn.live',
      { turnId, afterSeq: buffer.seq },
      {
        onItem: (event) => take(buffer, event),
        onEnd: () => (buffer.close = null),
        onFail: (fault) => {
          buffer.close = null;
          change(buffer, { fault });
        },
      },
    );
  };

  const take = (buffer: Buffer, event: TurnEvent): void => {
    switch (event.kind) {
      case 'phase':
        return change(buffer, { phase: event.phase, phaseDetail: event.detail });
      case 'route': {
        const { modelId, modelName, route, degraded, degradedReason } = event;
        return change(buffer, { route: { modelId, modelName, route, degraded, degradedReason } });
      }
      case 'delta':
        if (event.seq <= buffer.seq) return undefined;
        // Some were missed: ask for everything after the last one seen.
        if (event.seq > buffer.seq + 1) return open(buffer);
        buffer.seq = event.seq;
        return change(buffer, { text: buffer.next.text + event.text, fault: null });
      case 'snapshot':
        if (event.seq < buffer.seq) return undefined;
        buffer.seq = event.seq;
        return change(buffer, { text: event.text, fault: null });
      case 'end': {
        const end = { conversation: event.conversation, message: event.message, trace: event.trace };
        change(buffer, { end, text: event.message.text, fault: null });
        // A hidden window gets no frames, and the end must not wait for one.
        paint();
        for (const listener of [...endListeners]) listener(end, buffer.next.turnId);
        return forgetOld();
      }
    }
  };

  const forgetOld = (): void => {
    const ended = [...buffers].filter(([, buffer]) => buffer.next.end && buffer.readers.size === 0);
    for (const [turnId] of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) buffers.delete(turnId);
  };

  client.onStatus((status) => {
    if (status !== 'connected') return;
    for (const buffer of buffers.values()) if (!buffer.next.end && buffer.readers.size > 0) open(buffer);
  });

  const make = (turnId: string): Buffer => {
    const empty: LiveTurn = {
      turnId,
      phase: 'queued',
      phaseDetail: null,
      route: null,
      text: '',
      end: null,
      fault: null,
    };
    const buffer: Buffer = {
      shown: empty,
      next: empty,
      seq: 0,
      dirty: false,
      firstTextAt: null,
      readers: new Set(),
      close: null,
    };
    buffers.set(turnId, buffer);
    return buffer;
  };

  return {
    watch(turnId, onFrame) {
      const buffer = buffers.get(turnId) ?? make(turnId);
      buffer.readers.add(onFrame);
      if (!buffer.close && !buffer.next.end) open(buffer);
      return () => {
        buffer.readers.delete(onFrame);
        if (buffer.readers.size > 0) return;
        buffer.close?.();
        buffer.close = null;
        if (!buffer.next.end) buffers.delete(turnId);
        forgetOld();
      };
    },
    peek: (turnId) => buffers.get(turnId)?.shown ?? null,
    onEnd(listener) {
      endListeners.add(listener);
      return () => endListeners.delete(listener);
    },
  };
}
