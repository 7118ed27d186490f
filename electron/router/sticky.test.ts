import { describe, expect, it } from 'vitest';
import { createStickyMemory } from './sticky.ts';

const by = (stickySeconds: number, name = 'mine', version = 1) => ({
  name,
  version,
  policy: { limits: { stickySeconds } },
});

describe('the model a conversation stays with', () => {
  it('is remembered from the end of its reply until the time of the policy is over', () => {
    let now = 1000;
    const memory = createStickyMemory({ now: () => now });
    expect(memory.of('a', by(10))).toBeNull();
    memory.replied('a', 'acme/big', by(10));
    now = 10_999;
    expect(memory.of('a', by(10))).toEqual({ modelId: 'acme/big', untilMs: 11_000 });
    now = 11_000;
    expect(memory.of('a', by(10))).toBeNull();
  });

  it('is forgotten when the policy says 0, and never kept for requests without a conversation', () => {
    const memory = createStickyMemory({ now: () => 0 });
    memory.replied('a', 'acme/big', by(10));
    memory.replied('a', 'acme/big', by(0));
    memory.replied(null, 'acme/big', by(10));
    expect([memory.of('a', by(10)), memory.of(null, by(10))]).toEqual([null, null]);
  });

  it('is not held to by another policy, nor by a changed version of the same', () => {
    const memory = createStickyMemory({ now: () => 0 });
    memory.replied('a', 'acme/big', by(10));
    expect(memory.of('a', by(10, 'other'))).toBeNull();
    expect(memory.of('a', by(0, 'mine', 2))).toBeNull();
    expect(memory.of('a', by(10))).toEqual({ modelId: 'acme/big', untilMs: 10_000 });
  });

  it('forgets the oldest conversation first when there are very many', () => {
    const memory = createStickyMemory({ now: () => 0 });
    for (let number = 0; number <= 1000; number++) memory.replied(`c${String(number)}`, 'acme/big', by(10));
    expect(memory.of('c0', by(10))).toBeNull();
    expect(memory.of('c1000', by(10))).not.toBeNull();
  });
});
