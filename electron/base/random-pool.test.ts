import { describe, expect, it } from 'vitest';
import { createRandomPool } from './random-pool.ts';

describe('the random pool', () => {
  it('gives each byte of the source once, in order, and asks for many at a time', () => {
    let next = 0;
    let fills = 0;
    const take = createRandomPool((bytes) => {
      fills += 1;
      for (let i = 0; i < bytes.length; i++) bytes[i] = next++ % 251;
      return bytes;
    });
    const given = Array.from({ length: 512 }, () => [...take(new Uint8Array(16))]).flat();
    expect(given).toEqual(Array.from({ length: 8192 }, (_, i) => i % 251));
    expect(fills).toBe(2);
    expect(take(new Uint8Array(5000))).toHaveLength(5000);
  });
});
