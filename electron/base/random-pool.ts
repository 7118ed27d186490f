import type { RandomBytes } from './ids.ts';

const POOL_BYTES = 4096;

/** Random bytes out of a pool that is filled at once: asking the system for 16 bytes costs as much as asking for thousands. */
export function createRandomPool(fill: RandomBytes): RandomBytes {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (bytes) => {
    if (bytes.length > POOL_BYTES) return fill(bytes);
    if (used + bytes.length > POOL_BYTES) {
      fill(pool);
      used = 0;
    }
    for (let at = 0; at < bytes.length; at++, used++) {
      bytes[at] = pool[used] ?? 0;
      // What was given out is never given out again.
      pool[used] = 0;
    }
    return bytes;
  };
}
