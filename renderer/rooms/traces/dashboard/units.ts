import {
  formatCompact,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPrice,
  formatSpeed,
  formatTokens,
  formatUsd,
} from '../../../kit/index.ts';
import type { Unit } from './figures.ts';

/** A value with its unit; a dash for what was not measured. */
export const FORMATS: Record<Unit, (value: number | null) => string> = {
  count: (value) => (value === null ? formatDuration(null) : formatNumber(value)),
  ms: (value) => formatDuration(value),
  speed: (value) => formatSpeed(value),
  tokens: (value) => formatTokens(value),
  usd: (value) => formatUsd(value),
  share: (value) => (value === null ? formatDuration(null) : formatShare(value)),
};

/** The same, short enough to stand at an axis. */
export const AXIS_FORMATS: Record<Unit, (value: number) => string> = {
  count: (value) => (value < 10_000 ? formatNumber(value) : formatCompact(value)),
  ms: (value) => formatDuration(value),
  speed: (value) => formatCompact(value),
  tokens: (value) => formatCompact(value),
  usd: (value) => (value === 0 ? '$0' : formatPrice(value)),
  share: (value) => formatShare(value),
};

/** Whole percents, and tenths below two: a share that is not 0 never reads as 0. */
export const formatShare = (share: number): string => {
  if (share === 0 || share >= 0.02) return formatPercent(share);
  return `${formatNumber(Math.max(0.1, Math.round(share * 1000) / 10))}%`;
};

const decades = (from: number, to: number, factors: readonly number[]): number[] => {
  const steps: number[] = [];
  for (let power = from; power <= to; power += 1)
    for (const factor of factors) steps.push(Number((factor * 10 ** power).toPrecision(3)));
  return steps;
};

/** Distances between two marks of an axis, so that no two of them read the same. */
export const AXIS_STEPS: Record<Unit, number[]> = {
  count: decades(0, 9, [1, 2, 5]),
  ms: [...decades(-1, 2, [1, 2, 5]), ...decades(3, 8, [1, 2, 5])],
  speed: decades(0, 6, [1, 2, 5]),
  tokens: decades(0, 10, [1, 2, 5]),
  usd: decades(-4, 6, [1, 2, 5]),
  share: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5],
};
