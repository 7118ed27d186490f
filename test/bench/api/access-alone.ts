/** The access layer with nothing behind it: the answer of the stand-in, made in this process. Prints address and token. */
import { createApi } from '../../../electron/access/api/api.ts';
import { systemClock } from '../../../electron/base/clock.ts';
import { silentLog } from '../../../electron/base/log.ts';
import type { CompleteEvent } from '../../../electron/orchestration/complete/complete.ts';
import { CHUNKS, PACE_MS } from './shape.ts';

async function* events(paced: boolean): AsyncGenerator<CompleteEvent> {
  yield { kind: 'route', modelId: 'bench/a', modelName: 'A', route: 'cloud', degraded: false, degradedReason: null };
  for (const text of CHUNKS) {
    yield { kind: 'delta', text };
    await new Promise((resolve) => {
      if (paced) setTimeout(resolve, PACE_MS);
      else setImmediate(resolve);
    });
  }
  yield { kind: 'end', finish: 'stop', tokensIn: 5, tokensCached: 0, tokensOut: CHUNKS.length, costUsd: 0 };
}

const api = createApi({
  complete: {
    start: ({ route }) => ({ traceId: '01939c5e-0000-7000-8000-000000000001', events: events(route === 'local') }),
  },
  models: () => [],
  verifyToken: (token) =>
    token === 'bench' ? { name: 'bench', requestsPerMinute: null, concurrency: null, usdPerDay: null } : null,
  version: 'bench',
  clock: systemClock,
  log: silentLog,
});
const { url } = await api.listen(0);
process.stdout.write(`${JSON.stringify({ listening: url, token: 'bench' })}\n`);
