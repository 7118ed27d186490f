import type { ChartKey } from './figures.ts';
import type { Stretch } from './state.ts';

/** Steps that are marked, both ends included, and the chart they were marked on. */
export interface Selection {
  readonly chart: ChartKey;
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
export const between = (a: number, b: number): { readonly from: number; readonly to: number } => ({
  from: Math.min(a, b),
  to: Math.max(a, b),
});

/** The time of marked steps. */
export const stretchOfSteps = (
  steps: readonly number[],
  stepMs: number,
  { from, to }: { readonly from: number; readonly to: number },
): Stretch => ({ since: steps[from] ?? 0, until: (steps[to] ?? 0) + stepMs });

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
