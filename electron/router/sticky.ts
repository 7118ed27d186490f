import type { Clock } from '../base/clock.ts';
import type { Sticky } from './features/features.ts';

/** Remembered conversations; the oldest is forgotten first. */
const MOST_REMEMBERED = 1000;

/** Which model a conversation stays with for a while, so that its style and the provider's prompt cache hold. */
export interface StickyMemory {
  /** null = none, or its time is over. */
  of(conversationId: string | null): Sticky | null;
  /** A reply ended well now: the conversation stays with its model for so long. 0 seconds forgets it. */
  replied(conversationId: string | null, modelId: string, stickySeconds: number): void;
  forget(conversationId: string): void;
}

export function createStickyMemory(clock: Pick<Clock, 'now'>): StickyMemory {
  const kept = new Map<string, Sticky>();
  return {
    of(conversationId) {
      const sticky = conversationId === null ? undefined : kept.get(conversationId);
      return sticky && sticky.untilMs > clock.now() ? sticky : null;
    },
    replied(conversationId, modelId, stickySeconds) {
      if (conversationId === null) return;
      kept.delete(conversationId);
      if (stickySeconds <= 0) return;
      kept.set(conversationId, { modelId, untilMs: clock.now() + stickySeconds * 1000 });
      const oldest = kept.size > MOST_REMEMBERED ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
    forget: (conversationId) => void kept.delete(conversationId),
  };
}
