import type { ChartKey } from './figures.ts';
import type { Stretch } from './state.ts';

/** A time that is marked, and the chart it was marked on. */
export interface Selection extends Stretch {
  readonly chart: ChartKey;
}
/** Marked steps, both ends included. */
export interface Steps {
  readonly from: number;
  readonly to: number;
}

/** Where a keyboard stands in a chart: the step it is at, and the one a mark began at while Shift is held. */
export interface Walk {
  readonly at: number;
  readonly anchor: number | null;
}

const clamp = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));

/** The step a moment lies in; the nearest where it lies outside. */
export const stepAt = (steps: readonly number[], stepMs: number, moment: number): number =>
  clamp(Math.floor((moment - (steps[0] ?? 0)) / stepMs), steps.length);

/** From where to where, whichever came first. */
export const between = (a: number, b: number): Steps => ({
  from: Math.min(a, b),
  to: Math.max(a, b),
});

/** The time of marked steps. */
export const stretchOfSteps = (steps: readonly number[], stepMs: number, { from, to }: Steps): Stretch => ({
  since: steps[from] ?? 0,
  until: (steps[to] ?? 0) + stepMs,
});

/** The steps of a marked time that are in the picture; null = it has left it. */
export const stepsOfStretch = (steps: readonly number[], stepMs: number, { since, until }: Stretch): Steps | null => {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || until <= first || since >= last + stepMs) return null;
  return { from: stepAt(steps, stepMs, since), to: stepAt(steps, stepMs, until - 1) };
};

/** Where a key leads among `count` steps; null = the key means nothing here. */
export const walk = (now: Walk | null, key: string, shift: boolean, count: number): Walk | null => {
  const at = now?.at ?? count;
  const target = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: count - 1,
  }[key];
  if (target === undefined || count === 0) return null;
  const next = clamp(target, count);
  return { at: next, anchor: shift ? (now?.anchor ?? clamp(at, count)) : null };
};
