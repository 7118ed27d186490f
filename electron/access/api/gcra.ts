/**
 * The generic cell rate algorithm, virtual scheduling form (ATM Forum, Traffic Management Specification 4.0, annex C;
 * ITU-T I.371). One number is kept: the theoretical arrival time (TAT), when the next request would come if they came
 * exactly at the rate. A request may come earlier than that by the tolerance, which is how bursts are let through.
 *
 * emission interval = 60 s / rate; tolerance = (burst - 1) intervals. So `burst` requests may come at once, and after
 * that one each interval. There is nothing to tidy up and no window at whose edge twice the rate gets through.
 */
export interface Gcra {
  /** 0 = let through; else how many ms until the next one would be. A refused request costs nothing. */
  take(nowMs: number): number;
  /** How many would be let through at once now, and ms until a whole burst would. */
  left(nowMs: number): { readonly requests: number; readonly fullInMs: number };
}

/** `burst` absent = a whole minute's worth at once. */
export function createGcra(requestsPerMinute: number, burst = requestsPerMinute): Gcra {
  const intervalMs = 60_000 / requestsPerMinute;
  const toleranceMs = (burst - 1) * intervalMs;
  let arrivesAt = -Infinity;
  return {
    take(nowMs) {
      // A thousandth of a millisecond is nobody's business, and keeps rounding from refusing the exact moment.
      const waitMs = arrivesAt - toleranceMs - nowMs;
      if (waitMs > 0.001) return waitMs;
      arrivesAt = Math.max(arrivesAt, nowMs) + intervalMs;
      return 0;
    },
    left(nowMs) {
      const fullInMs = Math.max(0, arrivesAt - nowMs);
      return { requests: Math.max(0, Math.floor((toleranceMs - fullInMs + 0.001) / intervalMs) + 1), fullInMs };
    },
  };
}
