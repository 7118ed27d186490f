import { createMintId } from '../../base/ids.ts';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Chance {
  /** 0 to below 1. */
  next(): number;
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** A UUID v7 of this moment. */
  id(at: number): string;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    id: (at) =>
      createMintId({ now: () => Math.max(0, Math.round(at)) }, (bytes) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(next() * 256);
        return bytes;
      })(),
  };
}
