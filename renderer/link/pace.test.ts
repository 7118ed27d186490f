import { describe, expect, it } from 'vitest';
import { createPace, isAhead, paintTimes } from './pace.ts';

const TIMES = paintTimes(4);

function stage() {
  let at = 1000;
  let hidden = false;
  const frames: (() => void)[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  const pace = createPace({
    now: () => at,
    hidden: () => hidden,
    frame: (paint) => void frames.push(paint),
    wait: (run, ms) => void waits.push({ run, ms }),
    times: TIMES,
  });
  return {
    pace,
    frames,
    waits,
    pass: (ms: number) => (at += ms),
    hide: () => (hidden = true),
    /** Lets what waits run. */
    due: () => waits.splice(0).forEach(({ run }) => run()),
  };
}

const nothing = (): void => undefined;

describe('the pace of live text', () => {
  it('is slower where decoding has few cores', () => {
    expect(paintTimes(2).lively).toBeGreaterThan(paintTimes(4).lively);
    expect(paintTimes(2).calm).toBeGreaterThan(paintTimes(4).calm);
  });

  it('paints a first word at once', () => {
    const { pace, waits } = stage();
    pace(nothing, false, false);
    expect(waits.map(({ ms }) => ms)).toEqual([0]);
  });

  it('lets text that comes soon after a paint wait for the rest of the interval', () => {
    const { pace, waits, pass, due } = stage();
    pace(nothing, false, false);
    due();
    pass(20);
    pace(nothing, false, false);
    expect(waits.map(({ ms }) => ms)).toEqual([TIMES.lively - 20]);
  });

  it('lets nothing urgent wait, and lets no text wait for what was urgent', () => {
    const { pace, waits, due } = stage();
    pace(nothing, false, false);
    due();
    pace(nothing, true, false);
    expect(waits.map(({ ms }) => ms)).toEqual([0]);
    const other = stage();
    other.pace(nothing, true, false);
    other.due();
    other.pace(nothing, false, false);
    expect(other.waits.map(({ ms }) => ms)).toEqual([0]);
  });

  it('paints without waiting for a frame, which would be drawn for nothing', () => {
    const { pace, frames, due } = stage();
    let painted = 0;
    pace(() => painted++, false, false);
    due();
    expect([painted, frames.length]).toEqual([1, 0]);
  });

  it('waits in a hidden window for the frame in which it is seen again', () => {
    const { pace, frames, due, hide } = stage();
    let painted = 0;
    hide();
    pace(() => painted++, false, false);
    due();
    expect([painted, frames.length]).toEqual([0, 1]);
    frames[0]?.();
    expect(painted).toBe(1);
  });

  it('lets text that is ahead of its reader wait longer', () => {
    const { pace, waits, due } = stage();
    pace(nothing, false, true);
    due();
    pace(nothing, false, true);
    expect(waits.map(({ ms }) => ms)).toEqual([TIMES.calm]);
  });

  it('counts a text as ahead of its reader once it is lines further than anybody reads', () => {
    expect(isAhead(300, 0)).toBe(false);
    expect(isAhead(500, 0)).toBe(true);
    expect(isAhead(500, 10_000)).toBe(false);
    expect(isAhead(2_000, 10_000)).toBe(true);
  });

  it('does not hold back a paint after a pause', () => {
    const { pace, waits, pass, due } = stage();
    pace(nothing, false, false);
    due();
    pass(TIMES.lively);
    pace(nothing, false, false);
    expect(waits.map(({ ms }) => ms)).toEqual([0]);
  });
});
