/** Things done side by side, by their number. */
export interface Crowd {
  size: number;
}

/** How far apart the steps of each may be, in ms: so much at least, so much for each of the crowd, and no more than the most. */
export interface Spacing {
  readonly leastMs: number;
  readonly eachMs: number;
  readonly mostMs: number;
}

/** The distance for this crowd: alone one is as quick as it can be, and together they take no more steps than one that is in a hurry. */
export const spaced = ({ size }: Crowd, { leastMs, eachMs, mostMs }: Spacing): number =>
  Math.min(mostMs, Math.max(leastMs, size * eachMs));
