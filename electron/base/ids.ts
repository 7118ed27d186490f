import type { Clock } from './clock.ts';

/** Fills a byte array with random bytes: `crypto.getRandomValues` in the app, a seeded source in tests. */
export type RandomBytes = (bytes: Uint8Array) => Uint8Array;

export type MintId = () => string;

/** Codes of the characters 0 to f. */
const HEX = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const HYPHEN = 45;

/** UUID v7 (RFC 9562, 5.7), strictly increasing: within one millisecond the 12-bit counter of `rand_a` counts up. */
export function createMintId(clock: Pick<Clock, 'now'>, random: RandomBytes): MintId {
  let lastMs = -1;
  let counter = 0;
  const room = new Uint8Array(16);
  // Made as one text: put together of its digits it is a tree of twenty texts, which everybody who reads it has to flatten.
  const codes = Array.from({ length: 36 }, () => HYPHEN);
  return () => {
    const bytes = random(room);
    const at = clock.now();
    if (at > lastMs) {
      lastMs = at;
      counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    for (let i = 0, rest = lastMs; i < 6; i++, rest = Math.floor(rest / 256)) bytes[5 - i] = rest % 256;
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    for (let i = 0, place = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) place++;
      const byte = bytes[i] ?? 0;
      codes[place++] = HEX[byte >> 4] ?? HYPHEN;
      codes[place++] = HEX[byte & 15] ?? HYPHEN;
    }
    return String.fromCharCode(...codes);
  };
}
