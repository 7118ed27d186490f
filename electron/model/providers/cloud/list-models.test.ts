import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudAt, cloudConfig, loggedEgress, openOrigin } from '../../../../test/support/providers/ask.ts';
import type { CloudKind } from '../../../../test/support/providers/ask.ts';
import { scriptedVector } from '../../../../test/support/providers/admin.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';
import type { LoopbackProvider, Script } from '../../../../test/support/providers/start-provider.ts';
import { systemClock } from '../../../base/clock.ts';
import { FaultError } from '../../../contract/faults.ts';
import { classify } from '../../classify/classify.ts';
import { listModels, testProvider } from './list-models.ts';

const log = loggedEgress();
const deps = { egress: log.egress, classify, clock: systemClock };
let server: LoopbackProvider;
const signal = () => new AbortController().signal;

const start = async (kind: CloudKind, script: Script = {}) => {
  server = await startProvider(kind === 'openai-compatible' ? 'openai' : kind, script, { models: ['big', 'small'] });
  return cloudConfig(kind, server.url);
};

beforeEach(() => {
  log.entries.length = 0;
});

afterEach(async () => {
  await server.close();
});

describe.each(['openai', 'anthropic', 'google', 'openai-compatible'] as const)(
  'testing a provider of kind %s',
  (kind) => {
    it('lists its models with the key where the provider wants it', async () => {
      const config = await start(kind);
      expect(await listModels(deps, config, 'secret-key', signal())).toEqual(['big', 'small']);
      expect(JSON.stringify(server.others[0]?.headers)).toContain('secret-key');
      expect(server.others[0]?.path).not.toContain('secret-key');
      expect(log.entries).toMatchObject([{ method: 'GET', purpose: 'test', status: 200, conversationId: null }]);
    });

    it('asks for one word and says that it answers', async () => {
      const config = await start(kind);
      const result = await testProvider(deps, config, 'secret-key', signal());
      expect(result).toMatchObject({ ok: true, detail: 'It answers. It lists 2 models.', models: ['big', 'small'] });
      expect(result.firstByteMs).not.toBeNull();
    });

    it('says what to do when the key is refused', async () => {
      const types = { openai: 'invalid_request_error', anthropic: 'authentication_error', google: 'UNAUTHENTICATED' };
      const type = types[kind === 'openai-compatible' ? 'openai' : kind];
      const config = await start(kind, {
        status: 401,
        error: { type, message: 'Incorrect API key provided: secret-key' },
      });
      const result = await testProvider(deps, config, 'secret-key', signal());
      expect(result).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/refused the key.*check the key under Models/u),
      });
    });
  },
);

describe('a provider without a chosen model', () => {
  it.each([
    ['a key', 'secret-key', 'The key works. It lists 2 models. Add one to use it.'],
    ['no key', null, 'It answers. It lists 2 models. Add one to use it.'],
  ])('with %s is asked for its list alone, and says what comes next', async (_what, key, detail) => {
    const config = await start('openai-compatible');
    const result = await testProvider(deps, { ...config, models: [] }, key, signal());
    expect(result).toMatchObject({ ok: true, detail });
    expect(server.requests).toHaveLength(0);
  });
});

describe('vectors', () => {
  it.each(['openai', 'google', 'openai-compatible'] as const)(
    'come from %s in the order of the texts, of unit length',
    async (kind) => {
      const config = await start(kind);
      const provider = cloudAt(kind, config.baseUrl ?? '', log.egress);
      const texts = ['one', 'two'];
      const answer = await provider.embed?.({ modelId: 'acme/big', texts, origin: openOrigin }, signal());
      const lengths = answer?.vectors.map((vector) => Math.hypot(...vector)) ?? [];
      expect(lengths).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
      const raw = scriptedVector('two');
      const first = raw[0] ?? 0;
      expect(answer?.vectors[1]?.[0]).toBeCloseTo(first / Math.hypot(...raw), 6);
    },
  );

  it('of a private text never leave the machine', async () => {
    const config = await start('openai');
    const provider = cloudAt('openai', config.baseUrl ?? '', log.egress);
    const origin = { ...openOrigin, private: true };
    const asked = provider.embed?.({ modelId: 'acme/big', texts: ['mine'], origin }, signal());
    await expect(asked).rejects.toMatchObject({ fault: { code: 'private_only' } });
    expect([server.requests.length, server.others.length, log.entries.length]).toEqual([0, 0, 0]);
  });

  it('that fail are a fault of the table', async () => {
    await start('openai');
    const provider = cloudAt('openai', `http://127.0.0.1:${String(server.port)}/nowhere`, log.egress);
    server.script({ status: 404, error: { code: 'model_not_found', message: 'The model does not exist' } });
    const asked = provider.embed?.({ modelId: 'acme/none', texts: ['x'], origin: openOrigin }, signal());
    await expect(asked).rejects.toBeInstanceOf(FaultError);
  });
});

describe('a provider that has no list', () => {
  it('works all the same when its model answers', async () => {
    const config = await start('openai-compatible');
    const elsewhere = { ...config, baseUrl: `${server.url}/deep` };
    server.script((seen) => (seen.method === 'GET' ? { status: 404, body: 'no' } : { steps: [{ text: 'yes' }] }));
    // The list of the scripted server answers any path that ends in `models`, so ask where it has none.
    const result = await testProvider(deps, { ...elsewhere, kind: 'openai-compatible' }, null, signal());
    expect(result.ok).toBe(true);
  });
});
