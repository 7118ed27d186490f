import { describe, expect, it } from 'vitest';
import { createPace, PAINT_EVERY_MS } from './pace.ts';

function stage() {
  let at = 1000;
  const frames: (() => void)[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  const pace = createPace({
    now: () => at,
    frame: (paint) => void frames.push(paint),
    wait: (run, ms) => void waits.push({ run, ms }),
  });
  return { pace, frames, waits, pass: (ms: number) => (at += ms) };
}

describe('the pace of live text', () => {
  it('paints a first word in the very next frame', () => {
    const { pace, frames, waits } = stage();
    pace(() => undefined);
    expect([frames.length, waits.length]).toEqual([1, 0]);
  });

  it('lets what comes soon after a paint wait for the rest of the interval', () => {
    const { pace, frames, waits, pass } = stage();
    pace(() => undefined);
    frames[0]?.();
    pass(20);
    pace(() => undefined);
    expect(waits.map(({ ms }) => ms)).toEqual([PAINT_EVERY_MS - 20]);
    expect(frames).toHaveLength(1);
  });

  it('paints what waited in a frame of its own', () => {
    const { pace, frames, waits, pass } = stage();
    let painted = 0;
    pace(() => undefined);
    frames[0]?.();
    pace(() => painted++);
    pass(PAINT_EVERY_MS);
    waits[0]?.run();
    frames[1]?.();
    expect(painted).toBe(1);
  });

  it('does not hold back a paint after a pause', () => {
    const { pace, frames, pass } = stage();
    pace(() => undefined);
    frames[0]?.();
    pass(PAINT_EVERY_MS);
    pace(() => undefined);
    expect(frames).toHaveLength(2);
  });
});
