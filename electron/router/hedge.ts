import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { CallEnd, LiveCall } from './call.ts';

/** Which of two calls answers, and how it ended. */
export interface HedgeResult {
  readonly winner: LiveCall;
  readonly end: CallEnd;
  /** The first one failed or was slower; null = it answers itself. */
  readonly because: 'slow' | 'failed' | null;
  /** The other call, still to be waited for; null = there was none. */
  readonly loser: LiveCall | null;
}

/**
 * Lets a second model be asked when the first has said nothing for so long: the one with the first words answers, the other is silenced
 * and stopped (Dean and Barroso, "The Tail at Scale", 2013: hedged requests). `second` gives null when none may be asked.
 */
export async function hedged(
  timers: Timers,
  first: LiveCall,
  afterMs: number,
  second: () => Promise<LiveCall | null>,
  /** Told before the second one is heard; a fault = the first one failed meanwhile. */
  onSecond: (call: LiveCall, fault: Fault | null) => void,
  /** Nothing is passed on yet: whoever asked releases the winner. */
  hold: boolean,
): Promise<HedgeResult> {
  let endWait: () => void = () => undefined;
  const slow = new Promise<'slow'>((resolve) => {
    endWait = timers.after(afterMs, () => {
      resolve('slow');
    });
  });
  const firstOver = first.done.then(() => 'over' as const);
  const early = await Promise.race([first.firstWords.then(() => 'words' as const), firstOver, slow]);
  endWait();
  const alone = async (loser: LiveCall | null): Promise<HedgeResult> => ({
    winner: first,
    end: await first.done,
    because: null,
    loser,
  });
  if (early !== 'slow') return alone(null);
  const other = await second();
  if (!other) return alone(null);

  const news = await Promise.race([
    first.firstWords.then(() => 'first' as const),
    // Who was told to stop has not failed, and leaves nothing to the other.
    first.done.then(({ spoke, end }) => (spoke || end.fault === null ? ('first' as const) : ('first failed' as const))),
    other.firstWords.then(() => 'second' as const),
    other.done.then(({ spoke }) => (spoke ? ('second' as const) : ('second failed' as const))),
  ]);
  if (news === 'second failed') return alone(other);
  if (news === 'first' || first.shown()) {
    other.silence();
    return alone(other);
  }
  if (news === 'second') first.silence();
  onSecond(other, news === 'first failed' ? (await first.done).end.fault : null);
  if (!hold) other.release();
  return { winner: other, end: await other.done, because: news === 'second' ? 'slow' : 'failed', loser: first };
}
