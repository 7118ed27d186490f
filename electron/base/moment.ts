import type { Clock } from './clock.ts';

/**
 * A moment to come, over as soon as either clock says so: the wall clock goes on while a machine sleeps, and the monotonic one is not moved
 * when somebody sets the time. With the wall clock alone a wait of seconds lasts as long as the time was set back.
 */
export interface Moment {
  /** Until then, in ms; 0 = it is over. */
  leftMs(): number;
  /** Whole epoch ms by the wall clock as it is set now; what is over keeps the time it had. */
  at(): number;
}

/** The moment in `ms` from now. */
export function momentIn(clock: Clock, ms: number): Moment {
  const wallAt = Math.ceil(clock.now() + ms);
  const monotonicAt = clock.monotonicMs() + ms;
  const leftMs = () => Math.max(0, Math.min(wallAt - clock.now(), monotonicAt - clock.monotonicMs()));
  return {
    leftMs,
    at: () => Math.min(wallAt, Math.ceil(clock.now() + Math.max(0, monotonicAt - clock.monotonicMs()))),
  };
}
