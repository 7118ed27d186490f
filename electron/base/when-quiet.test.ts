import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATE_MS, whenQuiet } from './when-quiet.ts';

const QUIET = { stepMs: 1, mostMs: 16 };

/** A thread whose timers come as late as it is busy. */
function make() {
  let now = 0;
  let due: (() => void) | null = null;
  let runAt: number | null = null;
  const cancel = whenQuiet(
    {
      clock: { monotonicMs: () => now },
      timers: {
        after(delayMs, action) {
          expect(delayMs).toBe(QUIET.stepMs);
          due = action;
          return () => {
            if (due === action) due = null;
          };
        },
      },
    },
    QUIET,
    () => (runAt = now),
  );
  return {
    cancel,
    ranAt: () => runAt,
    waits: () => due !== null,
    fire(lateMs: number): void {
      const action = due;
      due = null;
      now += QUIET.stepMs + lateMs;
      action?.();
    },
  };
}

describe('what runs when a thread is quiet', () => {
  it('runs at the first look of a thread with nothing else to do', () => {
    const quiet = make();
    quiet.fire(0);
    expect(quiet.ranAt()).toBe(1);
  });

  it('lets others go first while timers come late', () => {
    const quiet = make();
    quiet.fire(LATE_MS);
    quiet.fire(3);
    expect(quiet.ranAt()).toBe(null);
    quiet.fire(LATE_MS / 2);
    expect(quiet.ranAt()).toBe(7.5);
  });

  it('runs once, and never waits past its bound for more than one look, however busy the thread is', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 40 }), (lates) => {
        const quiet = make();
        let elapsed = 0;
        for (const lateMs of lates) {
          if (!quiet.waits()) break;
          expect(elapsed).toBeLessThan(QUIET.mostMs);
          quiet.fire(lateMs);
          elapsed += QUIET.stepMs + lateMs;
        }
        expect(quiet.ranAt()).not.toBe(null);
        expect(quiet.waits()).toBe(false);
      }),
    );
  });

  it('can be cancelled between two looks', () => {
    const quiet = make();
    quiet.fire(5);
    expect(quiet.waits()).toBe(true);
    quiet.cancel();
    expect(quiet.waits()).toBe(false);
  });
});
