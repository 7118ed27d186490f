import { describe, expect, it } from 'vitest';
import { createStickyMemory } from './sticky.ts';

describe('the model a conversation stays with', () => {
  it('is remembered from the end of its reply until the time of the policy is over', () => {
    let now = 1000;
    const memory = createStickyMemory({ now: () => now });
    expect(memory.of('a')).toBeNull();
    memory.replied('a', 'acme/big', 10);
    now = 10_999;
    expect(memory.of('a')).toEqual({ modelId: 'acme/big', untilMs: 11_000 });
    now = 11_000;
    expect(memory.of('a')).toBeNull();
  });

  it('is forgotten when the policy says 0, and never kept for requests without a conversation', () => {
    const memory = createStickyMemory({ now: () => 0 });
    memory.replied('a', 'acme/big', 10);
    memory.replied('a', 'acme/big', 0);
    memory.replied(null, 'acme/big', 10);
    expect([memory.of('a'), memory.of(null)]).toEqual([null, null]);
  });

  it('forgets the oldest conversation first when there are very many', () => {
    const memory = createStickyMemory({ now: () => 0 });
    for (let number = 0; number <= 1000; number++) memory.replied(`c${String(number)}`, 'acme/big', 10);
    expect(memory.of('c0')).toBeNull();
    expect(memory.of('c1000')).not.toBeNull();
  });
});
