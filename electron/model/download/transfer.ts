import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Timers } from '../../base/timers.ts';
import { makeFault } from '../../contract/fault-facts.ts';
import { FaultError } from '../../contract/faults.ts';
import type { PartSums } from '../../contract/entities/download.ts';
import type { Egress } from '../egress/egress.ts';
import { setbackOf } from './ask-source.ts';
import type { Followers } from './follower.ts';
import { openPartFile } from './part-file.ts';
import type { Progress } from './part-file.ts';
import { fetchStretch } from './fetch-stretch.ts';
import { likelyRight } from './runs.ts';
import { createSources } from './sources.ts';
import { createSpeedMeter } from './speed.ts';
import type { SpeedMeter } from './speed.ts';

/** How long what is waited for, in ms. */
export interface Timings {
  /** Silence after which a download is shown as stalled. */
  readonly stallShownMs: number;
  /** Silence after which its connection is given up. */
  readonly stallEndMs: number;
  /** Full jitter: a wait is anything up to `backoffMs` doubled with each failure in a row, at most `backoffMostMs`. */
  readonly backoffMs: number;
  readonly backoffMostMs: number;
  /** How often it is looked whether the network is there, or leaving is allowed, again. */
  readonly lookAgainMs: number;
}
export const TIMINGS: Timings = {
  stallShownMs: 3000,
  stallEndMs: 15_000,
  backoffMs: 500,
  backoffMostMs: 60_000,
  lookAgainMs: 2000,
};

/** Tries in a row that bring nothing, from servers that do answer, before a person is asked. */
const MOST_FRUITLESS = 16;
/** Times a file whose sum is wrong is fetched again, in part or whole. */
const MOST_MENDS = 3;
/** Times one part is fetched again. */
const MOST_OF_A_PART = 6;

/** What is shown of a transfer. */
export interface Live {
  phase: 'running' | 'checking' | 'waiting';
  receivedBytes: number;
  problem: string | null;
  /** Epoch ms. */
  nextTryAt: number | null;
  host: string;
  readonly meter: SpeedMeter;
}

export interface TransferDeps {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly timings: Timings;
  /** Name in the log of what left the machine. */
  readonly label: string;
  /** Addresses of the same file, the best first. */
  readonly sources: readonly string[];
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly parts: PartSums | null;
  readonly partPath: string;
  readonly progress: Progress | null;
  readonly boot: string;
  readonly followers: Followers;
  readonly save: (progress: Progress) => void;
  /** Why nothing may leave this machine for it now; null = it may. */
  readonly kept: (host: string) => string | null;
  readonly onChange: () => void;
}

/** Fetches one file until it is whole and its sum is right, whatever sources and network do. */
export function createTransfer(deps: TransferDeps) {
  const { clock, timers, timings, sources: addresses, sizeBytes } = deps;
  const sources = createSources(addresses, deps);
  const live: Live = {
    phase: 'running',
    receivedBytes: 0,
    problem: null,
    nextTryAt: null,
    host: new URL(addresses[0] ?? 'http://unknown').host,
    meter: createSpeedMeter(clock.monotonicMs()),
  };
  let wake: () => void = () => undefined;
  let giveUpTry: () => void = () => undefined;

  function show(change: Partial<Omit<Live, 'meter'>>): void {
    Object.assign(live, change);
    deps.onChange();
  }

  /** Waits, at most so long; ends early when woken or stopped. */
  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        wake = () => undefined;
        resolve();
      };
      const cancel = timers.after(ms, done);
      wake = done;
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });

  async function waitShown(ms: number, problem: string, signal: AbortSignal): Promise<void> {
    show({ phase: 'waiting', problem, nextTryAt: clock.now() + Math.round(ms) });
    await wait(ms, signal);
    show({ nextTryAt: null });
  }

  /** Resolves `whole` when the checked file lies flushed at `partPath`; rejects with a FaultError when only a person can help. */
  async function run(signal: AbortSignal): Promise<'whole' | 'stopped'> {
    const file = await openPartFile({ ...deps, path: deps.partPath, monotonicMs: () => clock.monotonicMs() });
    const fetchedAgain = new Map<number, number>();
    let mends = 0;
    let wornPart: number | null = null;
    const follower = deps.followers.follow({
      path: deps.partPath,
      sizeBytes,
      parts: deps.parts,
      onBadPart(index) {
        const bytes = deps.parts?.bytes ?? sizeBytes;
        const times = (fetchedAgain.get(index) ?? 0) + 1;
        fetchedAgain.set(index, times);
        if (times > MOST_OF_A_PART) wornPart = index;
        if (times > 1) sources.next();
        file.drop(index * bytes, Math.min(sizeBytes, (index + 1) * bytes));
        show({ receivedBytes: file.receivedBytes() });
      },
    });

    async function mend(): Promise<void> {
      mends++;
      if (deps.parts || mends > MOST_MENDS) {
        await file.keep([]);
        throw new FaultError(
          makeFault('model_file_corrupt', deps.parts ? say('model.download.sums') : say('model.download.other_file')),
        );
      }
      await file.keep(mends === 1 ? likelyRight(file.have()) : []);
      follower.restart();
      sources.next();
      show({ phase: 'running', receivedBytes: file.receivedBytes() });
    }

    async function bring(): Promise<void> {
      const hole = file.hole();
      if (!hole) return;
      const source = sources.pick();
      const host = new URL(source.url).host;
      const reason = deps.kept(host);
      if (reason !== null) {
        await waitShown(timings.lookAgainMs, reason, signal);
        return;
      }
      const attempt = new AbortController();
      const stop = (): void => {
        attempt.abort();
      };
      giveUpTry = stop;
      signal.addEventListener('abort', stop, { once: true });
      show({ phase: 'running', host, nextTryAt: null });
      live.meter.restart(clock.monotonicMs());
      const before = file.receivedBytes();
      try {
        const put = async (bytes: Uint8Array, at: number, tag: string): Promise<void> => {
          await file.write(bytes, at, tag);
          follower.upTo(file.wholeTo());
          live.receivedBytes = file.receivedBytes();
          live.problem = null;
        };
        // A part found wrong meanwhile comes first: as soon as it is mended the sum goes on behind the writing.
        const isNext = (at: number): boolean => file.hole()?.from === at;
        await fetchStretch(deps, source, hole, attempt, live.meter, put, isNext);
        sources.went();
      } catch (error) {
        if (signal.aborted) return;
        const stalled = attempt.signal.aborted ? (attempt.signal.reason as unknown) : null;
        const setback = setbackOf(stalled instanceof Error && stalled.name === 'SetbackError' ? stalled : error);
        const gained = file.receivedBytes() > before;
        const delayMs = sources.failed(source, setback, gained, MOST_FRUITLESS);
        await waitShown(delayMs, setback.says(host), signal);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    }

    try {
      live.receivedBytes = file.receivedBytes();
      if (file.wholeTo() > 0) follower.upTo(file.wholeTo());
      for (;;) {
        if (signal.aborted) return 'stopped';
        if (wornPart !== null)
          throw new FaultError(
            makeFault('model_file_corrupt', say('model.download.part_wrong', { part: wornPart + 1 })),
          );
        if (file.hole()) {
          await bring();
          continue;
        }
        show({ phase: 'checking', problem: null });
        const sum = await Promise.race([follower.whole(), untilAborted(signal)]);
        if (sum === null) return 'stopped';
        if (sum === '') continue;
        if (sum === deps.sha256) {
          await file.flush();
          return 'whole';
        }
        await mend();
      }
    } finally {
      await follower.dispose().catch(() => undefined);
      await file.flush().catch(() => undefined);
      await file.close().catch(() => undefined);
    }
  }

  return {
    live,
    run,
    /** Ends a wait now. */
    tryNow(): void {
      wake();
    },
    /** What is allowed may have changed. */
    recheck(): void {
      if (deps.kept(live.host) === null) wake();
      else giveUpTry();
    },
  };
}
export type Transfer = ReturnType<typeof createTransfer>;

const untilAborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
