import { describe, expect, it } from 'vitest';
import { nextGroup, nextPrompt, promptPart } from './turns.ts';

const talking = (...servedAt: number[]) => servedAt.map((at, id) => ({ slot: { id }, servedAt: at }));

describe('whose turn it is', () => {
  it('computes everybody when the step is wide enough, in the order of their sequences', () => {
    const [a, b, c] = talking(3, 1, 2);
    if (!a || !b || !c) throw new Error('There are three.');
    expect(nextGroup([c, a, b], 3)).toEqual([a, b, c]);
  });

  it('begins with who waits longest and takes neighbours along', () => {
    expect(nextGroup(talking(5, 5, 4, 5), 2).map(({ slot }) => slot.id)).toEqual([2, 3]);
    expect(nextGroup(talking(5, 5, 5, 4), 2).map(({ slot }) => slot.id)).toEqual([2, 3]);
    expect(nextGroup(talking(2, 1), 1).map(({ slot }) => slot.id)).toEqual([1]);
  });

  it('serves everybody over and over in steps of any width', () => {
    for (const width of [1, 2, 3]) {
      const all = talking(0, 0, 0, 0, 0);
      const seen = all.map(() => 0);
      for (let step = 1; step <= 60; step++) {
        for (const reply of nextGroup(all, width)) {
          reply.servedAt = step;
          seen[reply.slot.id] = (seen[reply.slot.id] ?? 0) + 1;
        }
      }
      expect(Math.min(...seen)).toBeGreaterThan(10 * width * 0.8);
    }
  });
});

describe('prompts', () => {
  const reading = (length: number, done = -1) => ({ prompt: Array.from({ length }, () => 0), done, passedOver: 0 });

  it('are read shortest first, so that fewest wait', () => {
    const [long, short] = [reading(1000), reading(100)];
    expect(nextPrompt([long, short])).toBe(short);
    expect(nextPrompt([reading(1000, 950), short])?.done).toBe(950);
    expect(nextPrompt([])).toBeUndefined();
  });

  it('are never passed over for ever', () => {
    const long = reading(1000);
    let rounds = 0;
    while (nextPrompt([long, reading(100)]) !== long && rounds < 1000) rounds++;
    expect(rounds).toBeLessThan(40);
  });

  it('are read in even parts no longer than time allows', () => {
    const at = { tokensPerSecond: 600, alone: true, most: 512 };
    expect(promptPart(500, at)).toBe(250);
    expect(promptPart(100, at)).toBe(100);
    expect(promptPart(1000, { ...at, alone: false })).toBeLessThanOrEqual(72);
    expect(promptPart(5000, { ...at, tokensPerSecond: 1e6 })).toBe(500);
    expect(promptPart(3, { ...at, tokensPerSecond: null })).toBe(3);
  });
});
