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
    bytes.set(pool.subarray(used, used + bytes.length));
    // What was given out is never given out again.
    pool.fill(0, used, used + bytes.length);
    used += bytes.length;
    return bytes;
  };
}
