import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { following } from './following.ts';

describe('a controller that follows a signal', () => {
  it('aborts with the reason of the signal', () => {
    const outer = new AbortController();
    const { controller } = following(outer.signal);
    outer.abort('enough');
    expect(controller.signal).toMatchObject({ aborted: true, reason: 'enough' });
  });

  it('is aborted from the beginning when the signal is', () => {
    expect(following(AbortSignal.abort('late')).controller.signal).toMatchObject({ aborted: true, reason: 'late' });
  });

  it('leaves the signal alone when it aborts by itself', () => {
    const outer = new AbortController();
    following(outer.signal).controller.abort();
    expect(outer.signal.aborted).toBe(false);
  });

  it('hears nothing and leaves nothing behind once it was let go', () => {
    const outer = new AbortController();
    const { controller, unfollow } = following(outer.signal);
    unfollow();
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
    outer.abort();
    expect(controller.signal.aborted).toBe(false);
  });
});
