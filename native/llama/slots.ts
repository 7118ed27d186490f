/** One sequence of the context and what it holds. */
export interface Slot {
  readonly id: number;
  key: string | null;
  /** Tokens whose state is computed, in order. */
  tokens: number[];
  usedAt: number;
  /** A reply is being made in it. */
  busy: boolean;
}

export function createSlots(count: number) {
  const slots: Slot[] = Array.from({ length: count }, (_, id) => ({
    id,
    key: null,
    tokens: [],
    usedAt: 0,
    busy: false,
  }));
  let clock = 0;

  /** Sequences beside one another are computed in one go, others one after the other. */
  const besideBusy = (slot: Slot): boolean => slots[slot.id - 1]?.busy === true || slots[slot.id + 1]?.busy === true;

  /** Least first: nobody's, empty, beside a running one, silent longest. */
  function leastMissed(idle: readonly Slot[]): Slot | undefined {
    const cost = (slot: Slot): number => (slot.key === null ? 0 : slot.usedAt);
    return idle.reduce<Slot | undefined>((best, slot) => {
      if (!best || cost(slot) < cost(best)) return slot;
      if (cost(slot) > cost(best)) return best;
      const [own, other] = [slot.tokens.length > 0, best.tokens.length > 0];
      if (own !== other) return own ? best : slot;
      if (own && slot.usedAt !== best.usedAt) return slot.usedAt < best.usedAt ? slot : best;
      return besideBusy(slot) && !besideBusy(best) ? slot : best;
    }, undefined);
  }

  return {
    all: slots as readonly Slot[],
    /** The slot that holds this key's state, or the one that costs least to give up, renamed. Null when all are busy. */
    take(key: string | null): Slot | null {
      const idle = slots.filter((slot) => !slot.busy);
      const slot = (key === null ? undefined : idle.find((one) => one.key === key)) ?? leastMissed(idle);
      if (!slot) return null;
      slot.key = slots.some((other) => other !== slot && other.key === key) ? null : key;
      slot.usedAt = ++clock;
      slot.busy = true;
      return slot;
    },
    giveBack(slot: Slot): void {
      slot.busy = false;
      slot.usedAt = ++clock;
    },
    /** The slot whose state begins most like this prompt. */
    mostLike(prompt: readonly number[], except: Slot): { slot: Slot; shared: number } | null {
      let best: { slot: Slot; shared: number } | null = null;
      for (const slot of slots) {
        if (slot === except) continue;
        const shared = commonPrefix(slot.tokens, prompt);
        if (shared > (best?.shared ?? 0)) best = { slot, shared };
      }
      return best;
    },
    emptiest(): Slot {
      return slots.reduce((best, slot) => (slot.tokens.length < best.tokens.length ? slot : best));
    },
  };
}
export type Slots = ReturnType<typeof createSlots>;

const KEPT_REPLIES = 256;

/** Replies as they were really generated, by their text, which may tokenise another way. Oldest forgotten first. */
export function createKnownReplies() {
  const replies = new Map<string, readonly number[]>();
  return {
    get: (text: string): readonly number[] | undefined => replies.get(text),
    remember(text: string, tokens: readonly number[]): void {
      if (text === '') return;
      replies.delete(text);
      replies.set(text, tokens);
      for (const oldest of replies.keys()) {
        if (replies.size <= KEPT_REPLIES) break;
        replies.delete(oldest);
      }
    },
    size: (): number => replies.size,
    all: (): { readonly text: string; readonly tokens: readonly number[] }[] =>
      [...replies].map(([text, tokens]) => ({ text, tokens })),
  };
}
export type RepliesByText = ReturnType<typeof createKnownReplies>;

/** How many tokens two lists share from the start. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i;
  return end;
}
