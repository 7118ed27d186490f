import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { say } from '../../contract/sentences/index.ts';
import type { Store } from '../../storage/store.ts';
import { showUsd } from '../../router/index.ts';

/**
 * Ends what a process that died left open: replies, breakers, which only it remembered, and calls of which nobody knows what they cost. What it
 * cannot end is told and left as it is. Returns what a person should know, one sentence each.
 */
export function closeInterrupted(
  { chat, traces, pendingCosts }: Pick<Store, 'chat' | 'traces' | 'pendingCosts'>,
  clock: Clock,
  log: Log,
  onError: (error: unknown) => void,
): string[] {
  const told: string[] = [];
  const close = (what: () => void) => {
    try {
      what();
    } catch (error) {
      onError(error);
    }
  };
  close(() => {
    const count = chat.closeInterrupted(clock.now());
    if (count > 0) log.write('warn', 'core.closed_interrupted', { count });
    traces.closeBreakers(clock.now());
  });
  close(() => {
    const { unknown, unknownUsd } = pendingCosts.recover();
    if (unknown === 0) return;
    log.write('warn', 'core.unknown_costs', { calls: unknown, usd: unknownUsd });
    told.push(say('app.spending.cut_off', { calls: unknown, usd: showUsd(unknownUsd) }));
  });
  return told;
}
