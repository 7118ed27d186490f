import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { id } from '../contract/entities/chat.ts';
import { createMintId } from './ids.ts';

const zeros = (bytes: Uint8Array): Uint8Array => bytes.fill(0);
const ones = (bytes: Uint8Array): Uint8Array => bytes.fill(255);

describe('ids', () => {
  it('are UUID v7 as the contract wants them', () => {
    expect(id.safeParse(createMintId({ now: () => 1_790_000_000_000 }, ones)()).success).toBe(true);
  });

  it('carry their time in the first 48 bits', () => {
    const minted = createMintId({ now: () => 0x0190_1234_5678 }, zeros)();
    expect(minted.slice(0, 13)).toBe('01901234-5678');
  });

  it('only grow, whatever the clock and the random source do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 41 }), { minLength: 2, maxLength: 200 }),
        fc.nat(255),
        (times, fill) => {
          let at = 0;
          const mint = createMintId({ now: () => times[at++ % times.length] ?? 0 }, (bytes) => bytes.fill(fill));
          const minted = times.map(() => mint());
          expect([...minted].sort()).toEqual(minted);
          expect(new Set(minted).size).toBe(minted.length);
        },
      ),
    );
  });

  it('stay in order through 20,000 in one millisecond', () => {
    const mint = createMintId({ now: () => 1_790_000_000_000 }, zeros);
    const minted = Array.from({ length: 20_000 }, () => mint());
    expect([...minted].sort()).toEqual(minted);
  });
});
