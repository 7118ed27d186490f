import type { Clock } from '../base/clock.ts';
import { momentIn } from '../base/moment.ts';
import type { Moment } from '../base/moment.ts';
import type { Timers } from '../base/timers.ts';
import type { ModelEntry } from '../contract/entities/model.ts';

/** What is waited after a rate limit that names no time, in ms; doubled each time in a row, up to the longest. */
export const UNSAID_PACE_MS = 1000;
export const LONGEST_PACE_MS = 60_000;
/** A cut concurrency is forgotten after so long without a rate limit, in ms. */
const FORGET_CUT_MS = 60_000;

/** A place among the requests of one provider. */
export type Place = () => void;

/**
 * Keeps to what providers ask: nobody is asked before the time it named, and after a rate limit fewer are asked at once. The
 * limit halves at each rate limit and grows by one for each round of answers (additive increase, multiplicative decrease: Chiu and Jain 1989).
 */
export interface Pace {
  /** Epoch ms before which this model is not asked; null = at once. */
  until(modelId: string): number | null;
  /** Epoch ms until which some model of this provider waits; null = none does. */
  providerUntil(providerId: string): number | null;
  limited(model: Pick<ModelEntry, 'id' | 'provider'>, retryAfterMs: number | undefined): void;
  answered(model: Pick<ModelEntry, 'id' | 'provider'>): void;
  /** Its key changed or was tested well: what the old one was limited to counts no more. */
  keyChanged(providerId: string): void;
  /** A place, at once where there is one; null = none within `waitMs`, or stopped. Leaving twice does nothing. */
  enter(providerId: string, waitMs: number, signal: AbortSignal): Promise<Place | null>;
}

interface Lane {
  running: number;
  /** Most at once after rate limits; Infinity = not cut. */
  cut: number;
  /** When a cut is forgotten; null = there was none. */
  cutUntil: Moment | null;
  waiting: Set<() => void>;
}

export function createPace(deps: {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Most requests at once by the settings; 0 = no limit. Absent = none has one. */
  readonly concurrencyOf?: (providerId: string) => number;
}): Pace {
  const { clock, timers } = deps;
  const limits = new Map<string, { providerId: string; until: Moment; inRow: number }>();
  const lanes = new Map<string, Lane>();

  const laneOf = (providerId: string): Lane => {
    const known = lanes.get(providerId);
    if (known) return known;
    const made: Lane = { running: 0, cut: Infinity, cutUntil: null, waiting: new Set() };
    lanes.set(providerId, made);
    return made;
  };
  const most = (providerId: string, lane: Lane): number => {
    if (lane.cutUntil?.leftMs() === 0) lane.cut = Infinity;
    const set = deps.concurrencyOf?.(providerId) ?? 0;
    return Math.min(set === 0 ? Infinity : set, Math.floor(lane.cut));
  };
  const admit = (providerId: string, lane: Lane) => {
    for (const next of lane.waiting) {
      if (lane.running >= most(providerId, lane)) return;
      lane.waiting.delete(next);
      next();
    }
  };
  const take = (providerId: string, lane: Lane): Place => {
    lane.running++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      lane.running--;
      admit(providerId, lane);
    };
  };
  const ahead = (until: Moment | undefined): number | null =>
    until !== undefined && until.leftMs() > 0 ? until.at() : null;

  return {
    until: (modelId) => ahead(limits.get(modelId)?.until),
    providerUntil(providerId) {
      let latest: number | null = null;
      for (const limit of limits.values())
        if (limit.providerId === providerId) latest = Math.max(latest ?? 0, ahead(limit.until) ?? 0) || null;
      return latest;
    },
    limited(model, retryAfterMs) {
      const known = limits.get(model.id);
      const inRow = (known?.inRow ?? 0) + 1;
      const waitMs = retryAfterMs ?? Math.min(UNSAID_PACE_MS * 2 ** (inRow - 1), LONGEST_PACE_MS);
      const until = known && known.until.leftMs() > waitMs ? known.until : momentIn(clock, waitMs);
      limits.set(model.id, { providerId: model.provider, until, inRow });
      const lane = laneOf(model.provider);
      lane.cut = Math.max(1, Math.floor(Math.min(lane.cut, Math.max(1, lane.running)) / 2));
      lane.cutUntil = momentIn(clock, FORGET_CUT_MS);
    },
    answered(model) {
      limits.delete(model.id);
      const lane = lanes.get(model.provider);
      if (!lane || lane.cut === Infinity) return;
      lane.cut += 1 / lane.cut;
      admit(model.provider, lane);
    },
    keyChanged(providerId) {
      for (const [modelId, limit] of [...limits]) if (limit.providerId === providerId) limits.delete(modelId);
      const lane = lanes.get(providerId);
      if (!lane) return;
      lane.cut = Infinity;
      admit(providerId, lane);
    },
    enter(providerId, waitMs, signal) {
      const lane = laneOf(providerId);
      if (lane.running < most(providerId, lane)) return Promise.resolve(take(providerId, lane));
      if (waitMs <= 0 || signal.aborted) return Promise.resolve(null);
      return new Promise((resolve) => {
        const settle = (place: Place | null) => {
          endWait();
          lane.waiting.delete(onPlace);
          signal.removeEventListener('abort', onAbort);
          resolve(place);
        };
        const onPlace = () => {
          settle(take(providerId, lane));
        };
        const onAbort = () => {
          settle(null);
        };
        const endWait = timers.after(waitMs, onAbort);
        signal.addEventListener('abort', onAbort, { once: true });
        lane.waiting.add(onPlace);
      });
    },
  };
}
