import type { Clock } from '../base/clock.ts';

/** Retries and hedges a quiet app may make although a share of few requests is less than one. */
export const FREE_EXTRAS = 3;
const WINDOW_S = 60;

/**
 * How many calls beyond the first of each request a provider may get. An extra call is allowed while both hold, with
 * `allowed(n) = max(3, share * n)`: extras of the last 60 s stay within `allowed(requests of the last 60 s)`, and extras since
 * the provider's last answer stay within `allowed(requests since then)`. The first bounds busy times, the second an outage of any pace: a
 * provider that answers nothing gets at most 1 + share calls a request once 30 were made, and breakers keep it lower before.
 * The share is Google's (SRE book, "Handling Overload": retries at most 10% of requests, kept per client).
 */
export interface RetryBudget {
  /** A request's first call to this provider. */
  request(providerId: string): void;
  /** One more call. False = not allowed; nothing is taken then. */
  take(providerId: string, share: number): boolean;
  /** It answered. */
  answered(providerId: string): void;
}

interface Count {
  requests: number;
  extras: number;
}
const allows = ({ requests, extras }: Count, share: number): boolean =>
  extras + 1 <= Math.max(FREE_EXTRAS, Math.floor(share * requests));

export function createRetryBudget(clock: Pick<Clock, 'monotonicMs'>): RetryBudget {
  const providers = new Map<string, { seconds: Map<number, Count>; since: Count }>();

  const of = (providerId: string) => {
    const known = providers.get(providerId);
    if (known) return known;
    const made = { seconds: new Map<number, Count>(), since: { requests: 0, extras: 0 } };
    providers.set(providerId, made);
    return made;
  };
  /** Counts of this second; older ones than the window are let go. */
  const current = (seconds: Map<number, Count>): Count => {
    const now = Math.floor(clock.monotonicMs() / 1000);
    for (const second of seconds.keys()) {
      if (second > now - WINDOW_S) break;
      seconds.delete(second);
    }
    const known = seconds.get(now);
    if (known) return known;
    const made = { requests: 0, extras: 0 };
    seconds.set(now, made);
    return made;
  };

  return {
    request(providerId) {
      const { seconds, since } = of(providerId);
      current(seconds).requests++;
      since.requests++;
    },
    take(providerId, share) {
      if (share <= 0) return false;
      const { seconds, since } = of(providerId);
      const now = current(seconds);
      const window = { requests: 0, extras: 0 };
      for (const { requests, extras } of seconds.values()) {
        window.requests += requests;
        window.extras += extras;
      }
      if (!allows(window, share) || !allows(since, share)) return false;
      now.extras++;
      since.extras++;
      return true;
    },
    answered(providerId) {
      const known = providers.get(providerId);
      if (known) known.since = { requests: 0, extras: 0 };
    },
  };
}
