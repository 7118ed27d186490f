import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import OpenAI from 'openai';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createCore } from '../../electron/core.ts';
import type { Core } from '../../electron/core.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { writeRandomGguf } from './random-gguf.ts';
import type { RandomGgufOptions } from './random-gguf.ts';

export interface LocalApi {
  readonly core: Core;
  /** The official client of the local API, without retries. */
  readonly client: OpenAI;
  dispose(): Promise<void>;
}

/** A core with the real engine and one more model, `local/<file>`, behind its local API. */
export async function startLocalApi(file: string, model: RandomGgufOptions): Promise<LocalApi> {
  const dataDir = mkdtempSync(join(tmpdir(), `switchyard-${file}-`));
  mkdirSync(join(dataDir, 'models'));
  await writeRandomGguf(join(dataDir, 'models', `${file}.gguf`), model);
  const core = createCore({
    dataDir,
    resourcesDir: resolve('resources'),
    spawnHost: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    source: 'api',
  });
  await core.models.ready;
  const { url } = await core.api.serveAt(0);
  const apiKey = core.api.tokens.issue({ name: 't', requestsPerMinute: null, concurrency: null, usdPerDay: null });
  return {
    core,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }),
    async dispose() {
      await core.dispose();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
