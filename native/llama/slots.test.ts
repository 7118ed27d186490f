import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonPrefix, createKnownReplies, createSlots } from './slots.ts';
import type { Slots } from './slots.ts';

describe('slots for kept state', () => {
  /** Takes a slot and gives it back, as a finished reply does. */
  const use = (slots: Slots, key: string | null) => {
    const slot = slots.take(key);
    if (slot) slots.giveBack(slot);
    return slot;
  };

  it('gives a conversation its own slot back', () => {
    const slots = createSlots(3);
    const a = use(slots, 'a');
    use(slots, 'b');
    expect(use(slots, 'a')).toBe(a);
  });

  it('gives up the conversation that was silent longest', () => {
    const slots = createSlots(2);
    const a = use(slots, 'a');
    const b = use(slots, 'b');
    expect(b).not.toBe(a);
    use(slots, 'a');
    expect(use(slots, 'c')).toBe(b);
    expect(use(slots, 'a')).toBe(a);
  });

  it('uses the slot nobody comes back to first', () => {
    const slots = createSlots(2);
    use(slots, 'a');
    const once = use(slots, null);
    expect(use(slots, 'b')).toBe(once);
  });

  it('never gives a slot away in which a reply is being made', () => {
    const slots = createSlots(2);
    const a = slots.take('a');
    const again = slots.take('a');
    expect(again).not.toBe(a);
    expect(slots.take('c')).toBeNull();
    if (a) slots.giveBack(a);
    expect(slots.take('c')).toBe(a);
  });

  it('puts a reply beside those being made: only neighbours are computed in one go', () => {
    const slots = createSlots(4);
    for (const key of ['a', 'b', 'c', 'd']) use(slots, key);
    for (const slot of slots.all) slot.key = null;
    for (const slot of slots.all) slot.usedAt = 0;
    const middle = slots.all[2];
    if (middle) middle.busy = true;
    expect(slots.take('x')?.id).toBe(1);
  });

  it('finds the state that begins most like a prompt', () => {
    const slots = createSlots(3);
    const [own, some, more] = slots.all;
    if (!own || !some || !more) throw new Error('There are three.');
    some.tokens = [1, 2, 9];
    more.tokens = [1, 2, 3, 9];
    expect(slots.mostLike([1, 2, 3, 4], own)).toEqual({ slot: more, shared: 3 });
    expect(slots.mostLike([7], own)).toBeNull();
  });
});

describe('replies as they were generated', () => {
  it('are remembered in bounded number, the newest', () => {
    const replies = createKnownReplies();
    for (let i = 0; i < 400; i++) replies.remember(`reply ${i}`, [i]);
    expect(replies.size()).toBeLessThanOrEqual(256);
    expect(replies.get('reply 399')).toEqual([399]);
    expect(replies.get('reply 1')).toBeUndefined();
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
