import { say } from '../../contract/sentences/index.ts';
import { FaultError } from '../../contract/faults.ts';
import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import type { Setback } from './answer.ts';

/** Longest wait a source may ask for that is kept, in ms. */
const MOST_ASKED_MS = 10 * 60 * 1000;
/** How often a source may say so before it is taken at its bytes. Ranges cost the whole file again, so they get more tries. */
const DOUBTS = { size: 2, range: 4 } as const;
/** One node of many may not have a file yet: such answers count when they come so often. */
const MOST_STRIKES = 3;
/** After a cut that brought bytes the next try follows within this, in ms. */
const SOON_MS = 150;

/** One address of the file and what is held against it. */
export interface Source {
  readonly url: string;
  readonly taken: Set<'size' | 'range'>;
  readonly doubts: { size: number; range: number };
  /** How often it gave an answer that usually is its last word. */
  strikes: number;
  out: boolean;
}

export interface SourcesDeps {
  readonly random: () => number;
  readonly timings: { readonly backoffMs: number; readonly backoffMostMs: number };
}

/** Which address is asked next, and when. */
export function createSources(addresses: readonly string[], { random, timings }: SourcesDeps) {
  const all: Source[] = addresses.map((url) => ({
    url,
    taken: new Set(),
    doubts: { size: 0, range: 0 },
    strikes: 0,
    out: false,
  }));
  let at = 0;
  let fruitless = 0;
  let last: { host: string; setback: Setback } | null = null;
  const usable = (): Source[] => all.filter(({ out }) => !out);

  function end(): FaultError {
    const code = last?.setback.code ?? 'unknown';
    const detail = last ? last.setback.says(last.host) : say('model.download.no_address');
    return new FaultError({ code, origin: FAULT_FACTS[code].origin, recoverable: true, detail });
  }
  function next(): void {
    for (let tries = 0; tries < all.length; tries++) {
      at = (at + 1) % all.length;
      if (all[at]?.out === false) return;
    }
  }

  return {
    /** The one to ask now. Throws a FaultError when none will do. */
    pick(): Source {
      const source = all[at];
      if (source && !source.out) return source;
      next();
      const other = all[at];
      if (!other || other.out) throw end();
      return other;
    },
    next,
    /** A stretch came whole. */
    went(): void {
      fruitless = 0;
    },
    /**
     * A try did not bring all it should. Gives the wait before the next, in ms; throws a FaultError when there is no use in one.
     * `gained` = some bytes came.
     */
    failed(source: Source, setback: Setback, gained: boolean, mostFruitless: number): number {
      last = { host: new URL(source.url).host, setback };
      if (setback.hope === 'all') {
        const { code } = setback;
        throw new FaultError({
          code,
          origin: FAULT_FACTS[code].origin,
          recoverable: true,
          detail: setback.says(last.host),
        });
      }
      if (setback.doubt) {
        const count = ++source.doubts[setback.doubt];
        if (count >= DOUBTS[setback.doubt]) source.taken.add(setback.doubt);
      }
      if (setback.hope === 'source' && ++source.strikes >= MOST_STRIKES) source.out = true;
      if (usable().length === 0) throw end();
      fruitless = gained ? 0 : fruitless + 1;
      const unreached = setback.code === 'network' || setback.code === 'offline' || setback.code === 'timeout';
      if (fruitless >= mostFruitless && !unreached) throw end();
      const asked = Math.min(MOST_ASKED_MS, setback.retryAfterMs ?? 0);
      if (gained) return Math.max(asked, random() * SOON_MS);
      next();
      const rounds = Math.floor((fruitless - 1) / usable().length);
      const most = Math.min(timings.backoffMostMs, timings.backoffMs * 2 ** Math.min(30, rounds));
      return Math.max(asked, random() * most);
    },
  };
}
