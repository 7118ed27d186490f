import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonPrefix, createSlots, rememberReply } from './slots.ts';

describe('slots for kept state', () => {
  it('gives a conversation its own slot back', () => {
    const slots = createSlots(3);
    const a = slots.take('a');
    slots.take('b');
    expect(slots.take('a')).toBe(a);
  });

  it('gives up the conversation that was silent longest', () => {
    const slots = createSlots(2);
    const a = slots.take('a');
    const b = slots.take('b');
    expect(b).not.toBe(a);
    slots.take('a');
    const c = slots.take('c');
    expect(c).toBe(b);
    expect(slots.take('a')).toBe(a);
  });

  it('uses the slot nobody comes back to first', () => {
    const slots = createSlots(2);
    slots.take('a');
    const once = slots.take(null);
    expect(slots.take('b')).toBe(once);
  });

  it('forgets the replies of the conversation it gave up', () => {
    const slots = createSlots(1);
    rememberReply(slots.take('a'), 'hello', [1]);
    expect(slots.take('b').replies.size).toBe(0);
  });

  it('remembers a bounded number of replies, the newest', () => {
    const slot = createSlots(1).take('a');
    for (let i = 0; i < 200; i++) rememberReply(slot, `reply ${i}`, [i]);
    expect(slot.replies.size).toBeLessThanOrEqual(64);
    expect(slot.replies.get('reply 199')).toEqual([199]);
  });
});

describe('common prefix', () => {
  it('is the longest list both begin with', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), fc.array(fc.nat(3)), (a, b) => {
        const shared = commonPrefix(a, b);
        expect(a.slice(0, shared)).toEqual(b.slice(0, shared));
        expect(shared === Math.min(a.length, b.length) || a[shared] !== b[shared]).toBe(true);
      }),
    );
  });
});
