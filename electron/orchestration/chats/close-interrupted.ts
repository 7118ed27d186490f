import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ChatWriter } from '../../storage/store.ts';

/** Ends the replies a process that died left open. What it cannot end is told and left as it is. */
export function closeInterrupted(
  chat: Pick<ChatWriter, 'closeInterrupted'>,
  clock: Clock,
  log: Log,
  onError: (error: unknown) => void,
): void {
  try {
    const count = chat.closeInterrupted(clock.now());
    if (count > 0) log.write('warn', 'core.closed_interrupted', { count });
  } catch (error) {
    onError(error);
  }
}
