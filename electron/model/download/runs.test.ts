import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, firstHole, likelyRight, wholeTo, without, withRun } from './runs.ts';
import type { Run } from './runs.ts';

const SIZE = 200;
const stretch = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE), fc.constantFrom('a', 'b'), fc.boolean())
  .map(([x, y, tag, add]) => ({ from: Math.min(x, y), to: Math.max(x, y), tag, add }));

describe('what is on disk of a file', () => {
  it('is what was written and not dropped, byte by byte, sorted and without overlap', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 30 }), (steps) => {
        let runs: Run[] = [];
        const bytes: (string | null)[] = Array.from({ length: SIZE }, () => null);
        for (const { from, to, tag, add } of steps) {
          runs = add ? withRun(runs, { from, to, tag }) : without(runs, from, to);
          bytes.fill(add ? tag : null, from, to);
        }
        const said: (string | null)[] = Array.from({ length: SIZE }, () => null);
        for (const { from, to, tag } of runs) said.fill(tag, from, to);
        expect(said).toEqual(bytes);
        expect(runs.every((run, i) => run.to > run.from && (runs[i - 1]?.to ?? 0) <= run.from)).toBe(true);
        expect(bytesOf(runs)).toBe(bytes.filter((byte) => byte !== null).length);
        const missing = bytes.indexOf(null);
        expect(wholeTo(runs)).toBe(missing === -1 ? SIZE : missing);
        const hole = firstHole(runs, SIZE);
        expect(hole?.from ?? -1).toBe(missing);
        if (hole) expect(bytes.slice(hole.from, hole.to).every((byte) => byte === null)).toBe(true);
      }),
      { seed: 3 },
    );
  });

  it('keeps what most of it came with when the whole is wrong, and nothing when all came alike', () => {
    const runs = withRun(withRun([], { from: 0, to: 90, tag: 'a' }), { from: 90, to: 100, tag: 'b' });
    expect(likelyRight(runs)).toEqual([{ from: 0, to: 90, tag: 'a' }]);
    expect(likelyRight([{ from: 0, to: 90, tag: 'a' }])).toEqual([]);
  });

  it('tells a thousand tags apart no longer', () => {
    let runs: Run[] = [];
    for (let i = 0; i < 1000; i++) runs = withRun(runs, { from: i, to: i + 1, tag: `t${i}` });
    expect(runs.length).toBeLessThanOrEqual(500);
    expect(bytesOf(runs)).toBe(1000);
  });
});
