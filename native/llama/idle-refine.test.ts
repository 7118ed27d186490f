import { describe, expect, it } from 'vitest';
import { createIdleRefine, IDLE_AFTER_MS, isKept, MOST_REFINES } from './idle-refine.ts';

function build(answers: readonly (boolean | Error)[] = []) {
  const state = { free: 4, idle: true, ran: 0, troubles: 0, waitedMs: 0 };
  let due: (() => void) | null = null;
  const refine = createIdleRefine({
    cores: 4,
    freeCores: () => state.free,
    isIdle: () => state.idle,
    after(ms, run) {
      state.waitedMs = ms;
      due = run;
      return () => (due = null);
    },
    measure() {
      const answer = answers[state.ran++] ?? true;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    onTrouble: () => void state.troubles++,
  });
  return {
    state,
    refine,
    waits: () => due !== null,
    /** The wait is over. */
    async pass(): Promise<void> {
      const run = due;
      due = null;
      run?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the careful measurement', () => {
  it('is made a while after the last answer, when one is due', async () => {
    const { state, refine, waits, pass } = build();
    refine.quiet();
    expect(waits()).toBe(false);
    refine.want();
    refine.quiet();
    expect([waits(), state.waitedMs, state.ran]).toEqual([true, IDLE_AFTER_MS, 0]);
    await pass();
    expect(state.ran).toBe(1);
    refine.quiet();
    expect(waits()).toBe(false);
  });

  it('gives way to whoever asks', async () => {
    const { state, refine, waits, pass } = build();
    refine.want();
    refine.quiet();
    refine.busy();
    expect(waits()).toBe(false);
    refine.quiet();
    state.idle = false;
    await pass();
    expect([state.ran, waits()]).toEqual([0, false]);
  });

  it('waits until every core is free, however long others compute, and that costs no try', async () => {
    const { state, refine, waits, pass } = build();
    refine.want();
    refine.quiet();
    state.free = 3;
    for (let look = 0; look < MOST_REFINES * 3; look++) await pass();
    expect([state.ran, waits()]).toEqual([0, true]);
    state.free = 4;
    await pass();
    expect(state.ran).toBe(1);
  });

  it('is tried again after the next answer while it could not try everything, a few times for one model', async () => {
    const { state, refine, waits, pass } = build([false, false, false, false]);
    refine.want();
    for (let answer = 0; answer < MOST_REFINES + 2; answer++) {
      refine.quiet();
      await pass();
    }
    expect([state.ran, waits()]).toEqual([MOST_REFINES, false]);
    refine.loaded();
    refine.quiet();
    expect(waits()).toBe(true);
  });

  it('is not tried again after it failed, nor once it was made otherwise', async () => {
    const { state, refine, waits, pass } = build([new Error('The card is gone.')]);
    refine.want();
    refine.quiet();
    await pass();
    refine.quiet();
    expect([state.troubles, waits()]).toEqual([1, false]);
    refine.measured(false);
    refine.quiet();
    expect(waits()).toBe(true);
    refine.busy();
    refine.measured(true);
    refine.quiet();
    expect(waits()).toBe(false);
  });

  it('counts only when it could try every thread count; a quick one counts as it is', () => {
    expect(isKept({ complete: false }, true)).toBe(false);
    expect(isKept({ complete: true }, true)).toBe(true);
    expect(isKept({ complete: false }, false)).toBe(true);
    expect(isKept(null, false)).toBe(false);
  });
});
