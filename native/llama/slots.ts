/** One sequence of the context and what it holds. */
export interface Slot {
  readonly id: number;
  key: string | null;
  /** Tokens whose state is computed, in order. */
  tokens: number[];
  usedAt: number;
  /** Replies as they were really generated: their text may tokenise another way. Newest last. */
  replies: Map<string, readonly number[]>;
}

const KEPT_REPLIES = 64;

export function createSlots(count: number) {
  const slots: Slot[] = Array.from({ length: count }, (_, id) => ({
    id,
    key: null,
    tokens: [],
    usedAt: 0,
    replies: new Map(),
  }));
  let clock = 0;

  return {
    all: slots as readonly Slot[],
    /** The slot that holds this key's state, or the one that costs least to give up, renamed. */
    take(key: string | null): Slot {
      const own = key === null ? undefined : slots.find((slot) => slot.key === key);
      const slot = own ?? leastMissed(slots);
      if (slot !== own) {
        slot.key = key;
        slot.replies = new Map();
      }
      slot.usedAt = ++clock;
      return slot;
    },
    emptiest(): Slot {
      return slots.reduce((best, slot) => (slot.tokens.length < best.tokens.length ? slot : best));
    },
  };
}
export type Slots = ReturnType<typeof createSlots>;

function leastMissed(slots: readonly Slot[]): Slot {
  const cost = (slot: Slot): number => (slot.key === null ? 0 : slot.usedAt);
  return slots.reduce((best, slot) => (cost(slot) < cost(best) ? slot : best));
}

/** Remembers how a reply was generated, oldest forgotten first. */
export function rememberReply(slot: Slot, text: string, tokens: readonly number[]): void {
  if (text === '') return;
  slot.replies.delete(text);
  slot.replies.set(text, tokens);
  for (const oldest of slot.replies.keys()) {
    if (slot.replies.size <= KEPT_REPLIES) break;
    slot.replies.delete(oldest);
  }
}

/** How many tokens two lists share from the start. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i;
  return end;
}
