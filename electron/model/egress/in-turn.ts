import type { Clock } from '../../base/clock.ts';
import { ProxyError } from './tunnels.ts';

/** How long a proxy is tried last after it accepted no connection, in ms: whoever leaves the network it stands in waits for it once a minute. */
export const REST_MS = 60_000;

/** Asks by the first of these ways whose proxy accepts a connection; null = directly. Nothing was sent by those before it. */
export type InTurn = <T>(
  ways: readonly (string | null)[],
  by: (way: string | null, isLast: boolean) => Promise<T>,
) => Promise<T>;

const isShut = (error: unknown): boolean => error instanceof ProxyError && error.code === 'ERR_PROXY_CONNECTION_FAILED';

export function createInTurn(clock: Pick<Clock, 'monotonicMs'>): InTurn {
  /** Until when each that did not is tried last, on the monotonic clock. */
  const resting = new Map<string, number>();
  const rests = (way: string | null): boolean => way !== null && (resting.get(way) ?? -Infinity) > clock.monotonicMs();

  return async (ways, by) => {
    const order = [...ways.filter((way) => !rests(way)), ...ways.filter(rests)];
    for (const [at, way] of order.entries()) {
      const isLast = at === order.length - 1;
      try {
        const answer = await by(way, isLast);
        if (way !== null) resting.delete(way);
        return answer;
      } catch (error) {
        if (!isShut(error)) {
          // The network may be another one than when they were found shut.
          resting.clear();
          throw error;
        }
        if (way !== null) resting.set(way, clock.monotonicMs() + REST_MS);
        if (isLast) throw error;
      }
    }
    throw new Error('No way was named.');
  };
}
