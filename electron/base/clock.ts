/** Time, passed in so that tests can fix it. */
export interface Clock {
  /** Epoch ms, UTC. */
  now(): number;
  /** Monotonic ms with fractions; only differences mean anything. */
  monotonicMs(): number;
}

// Every JavaScript runtime we use has it; base itself compiles with neither DOM nor Node types.
declare const performance: { now(): number };

export const systemClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
