import { expect, it } from 'vitest';
import { momentIn } from './moment.ts';

function clocks() {
  let wall = 1_700_000_000_000;
  let monotonic = 5000.25;
  return {
    clock: { now: () => wall, monotonicMs: () => monotonic },
    pass(ms: number) {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => void (wall += ms),
  };
}

it('a moment comes after its time', () => {
  const { clock, pass } = clocks();
  const moment = momentIn(clock, 1000);
  expect(moment.at()).toBe(clock.now() + 1000);
  pass(999);
  expect(moment.leftMs()).toBe(1);
  pass(1);
  expect(moment.leftMs()).toBe(0);
  pass(5000);
  expect(moment.at()).toBe(clock.now() - 5000);
});

it('a clock that is set back moves a moment back with it', () => {
  const { clock, pass, set } = clocks();
  const moment = momentIn(clock, 1000);
  set(-3_600_000);
  expect(moment.leftMs()).toBe(1000);
  expect(moment.at()).toBe(clock.now() + 1000);
  pass(1000);
  expect(moment.leftMs()).toBe(0);
});

it('a machine that slept has waited meanwhile', () => {
  const { clock, set } = clocks();
  const moment = momentIn(clock, 60_000);
  set(28_800_000);
  expect(moment.leftMs()).toBe(0);
});

it('a moment is told in whole milliseconds, however fine the other clock is', () => {
  const { clock, pass, set } = clocks();
  const moment = momentIn(clock, 1000);
  pass(0.4);
  set(-10);
  expect(Number.isInteger(moment.at())).toBe(true);
});
