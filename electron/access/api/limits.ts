import { ApiRefusal, retryAfter } from './errors.ts';
import { createGcra } from './gcra.ts';
import type { Gcra } from './gcra.ts';
import type { TokenGrant } from './tokens.ts';

interface Gate {
  rate: number | null;
  gcra: Gcra | null;
  inFlight: number;
}

/** Requests a minute, those that may come at once now, and ms until all of them may again. */
export interface RateStanding {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

export interface Limits {
  /** Lets a request of this token in, or throws a 429. The answer must be called once when the request is over. */
  enter(grant: TokenGrant): () => void;
  /** How far the rate of this token is used; null = it has none. */
  standing(grant: TokenGrant): RateStanding | null;
  /** Throws a 429 when too many requests without a working token came; those with one are never held up by it. */
  failed(): void;
}

/** A guess a millisecond is no danger to 256 random bits; this keeps a broken client from filling the log and the CPU. */
const FAILURES_PER_MINUTE = 600;

/** Rate and concurrency of each token, as they stand in the settings at that moment. */
export function createLimits(monotonicMs: () => number): Limits {
  const gates = new Map<string, Gate>();
  const failures = createGcra(FAILURES_PER_MINUTE);

  const gateOf = ({ name, requestsPerMinute }: TokenGrant): Gate => {
    let gate = gates.get(name);
    if (!gate) gates.set(name, (gate = { rate: null, gcra: null, inFlight: 0 }));
    // A changed rate starts afresh: what was used under the old one says little under the new.
    if (gate.rate !== requestsPerMinute) {
      gate.rate = requestsPerMinute;
      gate.gcra = requestsPerMinute === null ? null : createGcra(requestsPerMinute);
    }
    return gate;
  };

  const refusal = (message: string, waitMs: number): ApiRefusal =>
    new ApiRefusal({ status: 429, message, code: 'rate_limit_exceeded', param: null, headers: retryAfter(waitMs) });

  return {
    enter(grant) {
      const gate = gateOf(grant);
      if (grant.concurrency !== null && gate.inFlight >= grant.concurrency) {
        throw refusal(`This token may have ${grant.concurrency} requests at once: wait for one to end.`, 1000);
      }
      const waitMs = gate.gcra?.take(monotonicMs()) ?? 0;
      if (waitMs > 0) {
        throw refusal(
          `This token may send ${String(grant.requestsPerMinute)} requests a minute: try again in ${String(Math.ceil(waitMs / 1000))} s.`,
          waitMs,
        );
      }
      gate.inFlight += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        gate.inFlight -= 1;
      };
    },
    standing(grant) {
      const { rate, gcra } = gateOf(grant);
      if (rate === null || gcra === null) return null;
      const { requests, fullInMs } = gcra.left(monotonicMs());
      return { limit: rate, remaining: requests, resetMs: fullInMs };
    },
    failed() {
      const waitMs = failures.take(monotonicMs());
      if (waitMs > 0)
        throw refusal('Too many requests without a working token: check the token, then try again.', waitMs);
    },
  };
}
