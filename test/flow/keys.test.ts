import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSessionVault } from '../../electron/model/index.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { makeCore } from '../support/scripted-core.ts';

const CANARY = 'sk-CANARY0123456789';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });

it.each([401, 418, 500])(
  'a key is in no file, log, trace or answer, even when the provider repeats it with a %i',
  async (status) => {
    const acme = await startProvider('openai', { status, body: { error: { message: `bad ${CANARY}`, odd: CANARY } } });
    onTestFinished(() => acme.close());
    const { core, dataDir, log, ask, dispose } = await makeCore([{ say: 'from here' }], {
      vault: createSessionVault(),
    });
    const config = core.settings.config();
    core.settings.save({
      ...config,
      providers: [
        {
          id: 'acme',
          kind: 'openai-compatible',
          baseUrl: acme.url,
          enabled: true,
          trustedForPrivate: false,
          concurrency: 0,
          usdPerDay: null,
          models: [{ id: 'big', enabled: true }],
        },
      ],
    });
    const said: unknown[] = [core.providers.setKey('acme', CANARY), core.providers.list()];
    said.push(await core.providers.test('acme'), await ask('hello', { route: 'acme/big', private: false }));
    expect(acme.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify([acme.requests, acme.others])).toContain(CANARY);
    expect(JSON.stringify([said, log, core.info(), core.models.list()])).not.toContain('CANARY');
    await dispose();
    for (const path of filesUnder(dataDir))
      expect([path, readFileSync(path).includes('CANARY')]).toEqual([path, false]);
  },
);
