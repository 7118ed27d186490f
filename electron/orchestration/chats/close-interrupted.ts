import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../storage/store.ts';

/** Ends what a process that died left open: replies, and breakers, which only it remembered. What it cannot end is told and left as it is. */
export function closeInterrupted(
  { chat, traces }: Pick<Store, 'chat' | 'traces'>,
  clock: Clock,
  log: Log,
  onError: (error: unknown) => void,
): void {
  try {
    const count = chat.closeInterrupted(clock.now());
    if (count > 0) log.write('warn', 'core.closed_interrupted', { count });
    traces.closeBreakers(clock.now());
  } catch (error) {
    onError(error);
  }
}
