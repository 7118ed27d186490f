import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

const build = (items: readonly string[]) => {
  const queue = createFairQueue<string>();
  for (const item of items) queue.add(item, item[0] ?? '');
  return queue;
};

describe('the line before the engine', () => {
  it('lets a single question pass between twenty of somebody else', () => {
    const queue = build(['a1', 'a2', 'a3', 'a4', 'b1']);
    expect(queue.items()).toEqual(['a1', 'b1', 'a2', 'a3', 'a4']);
  });

  it('gives no credit for having been silent', () => {
    const queue = build(['a1', 'a2', 'a3']);
    queue.take();
    queue.take();
    queue.add('b1', 'b');
    queue.add('b2', 'b');
    expect(queue.items()).toEqual(['a3', 'b1', 'b2']);
  });

  it('keeps the order of one flow and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }), (flows) => {
        const queue = build(flows.map((flow, index) => `${flow}${index}`));
        const served = flows.map(() => queue.take() ?? '');
        expect(queue.take()).toBeUndefined();
        for (const flow of 'abc') {
          const own = served.filter((item) => item.startsWith(flow)).map((item) => Number(item.slice(1)));
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
        expect(new Set(served).size).toBe(flows.length);
      }),
    );
  });

  it('serves flows that both wait in turn, whoever came first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), (a, b) => {
        const queue = build([
          ...Array.from({ length: a }, (_, i) => `a${i}`),
          ...Array.from({ length: b }, (_, i) => `b${i}`),
        ]);
        const both = 2 * Math.min(a, b);
        const served = Array.from({ length: both }, () => queue.take());
        expect(served.filter((item) => item?.startsWith('a'))).toHaveLength(both / 2);
      }),
    );
  });

  it('lets somebody leave', () => {
    const queue = build(['a1', 'b1', 'a2']);
    expect(queue.remove('b1')).toBe(true);
    expect(queue.remove('b1')).toBe(false);
    expect(queue.items()).toEqual(['a1', 'a2']);
  });
});
