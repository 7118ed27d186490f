import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Crowd } from '../../base/crowd.ts';
import { createOutgoing, GAP } from './outgoing.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A reader as the outgoing side sees it: takes what is written, and says when it is full. */
function makeReader(crowd: Crowd = { size: 0 }) {
  const got: string[] = [];
  const state = { full: false, ended: null as string | null };
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    write: (text: string) => {
      got.push(text);
      return !state.full;
    },
    end: (text: string) => {
      state.ended = text;
    },
  });
  const outgoing = createOutgoing(response as unknown as ServerResponse, crowd);
  /** Lets what is due at the end of this tick happen. */
  const tick = () => new Promise<void>((resolve) => process.nextTick(resolve));
  return { got, state, response, outgoing, tick };
}

describe('a streamed body', () => {
  it('sends its first piece at once, and what one tick brings as one', async () => {
    const { got, outgoing, tick } = makeReader();
    for (const text of ['a', 'b', 'c']) outgoing.write(text);
    await tick();
    expect(got).toEqual(['abc']);
  });

  it('lets pieces come no closer together than two milliseconds, and holds none back longer', async () => {
    const { got, outgoing, tick } = makeReader();
    outgoing.write('a');
    await tick();
    outgoing.write('b');
    await tick();
    vi.advanceTimersByTime(1);
    outgoing.write('c');
    await tick();
    expect(got).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(got).toEqual(['a', 'bc']);
    vi.advanceTimersByTime(50);
    outgoing.write('d');
    await tick();
    expect(got).toEqual(['a', 'bc', 'd']);
  });

  it('spaces its pieces by how many answers are written at once, though never by more than a twentieth of a second', async () => {
    const crowd = { size: 0 };
    const others = Array.from({ length: 15 }, () => makeReader(crowd).outgoing);
    const { got, outgoing, tick } = makeReader(crowd);
    outgoing.write('a');
    await tick();
    outgoing.write('b');
    vi.advanceTimersByTime(16 * GAP.eachMs - 1);
    expect(got).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(got).toEqual(['a', 'b']);
    for (const other of others) other.end();
    others[0]?.end();
    expect(crowd.size).toBe(1);
    crowd.size = 1000;
    outgoing.write('c');
    vi.advanceTimersByTime(GAP.mostMs);
    expect(got).toEqual(['a', 'b', 'c']);
  });

  it('sends what is large without waiting', () => {
    const { got, outgoing } = makeReader();
    const large = 'x'.repeat(16 * 1024);
    outgoing.write(large);
    outgoing.write(large);
    expect(got).toEqual([large, large]);
  });

  it('ends with what was waiting, once', async () => {
    const { got, state, outgoing, tick } = makeReader();
    outgoing.write('a');
    await tick();
    outgoing.write('last');
    outgoing.end();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(50);
    expect([got, state.ended]).toEqual([['a'], 'last']);
  });

  it.each(['drain', 'close'] as const)(
    'says that its reader is full until its %s, and keeps no listener',
    async (over) => {
      const { state, response, outgoing, tick } = makeReader();
      state.full = true;
      outgoing.write('a');
      await tick();
      const full = outgoing.full();
      expect(full).not.toBeNull();
      // Written all the same: its writer asks, and may have been told too late.
      vi.advanceTimersByTime(50);
      outgoing.write('b');
      await tick();
      expect(outgoing.full()).toBe(full);
      response.emit(over);
      await full;
      expect(outgoing.full()).toBeNull();
      expect([response.listenerCount('drain'), response.listenerCount('close')]).toEqual([0, 0]);
    },
  );

  it('writes nothing to a reader that is gone', async () => {
    const { got, state, response, outgoing, tick } = makeReader();
    response.destroyed = true;
    outgoing.write('a');
    await tick();
    outgoing.end();
    expect([got, state.ended]).toEqual([[], null]);
  });
});
