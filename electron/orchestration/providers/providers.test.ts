import { describe, expect, it } from 'vitest';
import { config as configSchema } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';
import type { ProviderConfig, ProviderHealth, ProviderTest } from '../../contract/providers.ts';
import { createSessionVault } from '../../model/index.ts';
import { createProviders } from './providers.ts';

const acme: ProviderConfig = {
  id: 'acme',
  kind: 'openai-compatible',
  enabled: true,
  baseUrl: 'http://127.0.0.1:9001/v1',
  trustedForPrivate: false,
  concurrency: 0,
  usdPerDay: null,
  models: [],
};
const fine: ProviderHealth = { state: 'ok', detail: null, until: null, lastOkAt: 5, lastFaultAt: null };

const answers: ProviderTest = { ok: true, detail: 'It answers.', firstByteMs: 3, models: ['big'] };
const silent: ProviderTest = { ok: false, detail: 'Nothing answers there.', firstByteMs: null, models: [] };

function setUp(seen: ProviderHealth = fine, results: ProviderTest[] = []) {
  let config: Config = configSchema.parse({});
  const said: string[] = [];
  const changed: string[] = [];
  const vault = createSessionVault();
  const tested: ProviderConfig[] = [];
  const rooms = createProviders({
    settings: {
      config: () => config,
      state: () => ({ config, path: '/config.yaml', problem: null }),
      save(next) {
        config = next;
        return { config, path: '/config.yaml', problem: null };
      },
    },
    vault,
    announce: {
      signal: () => undefined,
      topics: (topics) => said.push(...topics),
      notice: () => undefined,
      on: () => () => undefined,
    },
    hasKey: ({ apiKey }) => apiKey !== undefined && 'keychain' in apiKey && vault.get(apiKey.keychain) !== null,
    needsKey: ({ apiKey }) => apiKey !== undefined,
    headersProblem: ({ headers }) => (Object.keys(headers ?? {}).length === 0 ? null : 'A variable is not set.'),
    healthOf: () => seen,
    network: () => ({ online: true, since: null, detail: null }),
    spentTodayUsd: () => 0.25,
    keyChanged: (id) => changed.push(id),
    now: () => 1000,
    test(provider): Promise<ProviderTest> {
      tested.push(provider);
      return Promise.resolve(results.shift() ?? answers);
    },
  });
  return { rooms, vault, said, changed, tested, config: () => config };
}

describe('providers a person sets up', () => {
  it('stands in the settings once it is saved, and is replaced by its id', () => {
    const { rooms, config, said } = setUp();
    rooms.save(acme);
    rooms.save({ ...acme, name: 'Acme' });
    expect(config().providers).toEqual([{ ...acme, name: 'Acme' }]);
    expect(said).toContain('models');
  });

  it.each([
    ['http://192.168.1.5:9001/v1', true],
    ['https://models.example.org/other/v1', false],
  ])(
    'is trusted with private words where a person said so, and at no other place far away: %s %s',
    (baseUrl, isTrusted) => {
      const { rooms } = setUp();
      rooms.save({ ...acme, trustedForPrivate: true });
      const moved = rooms.save({ ...acme, trustedForPrivate: true, baseUrl });
      expect(moved.config.trustedForPrivate).toBe(isTrusted);
      const said = rooms.save({ ...moved.config, trustedForPrivate: true });
      expect(rooms.save({ ...said.config, baseUrl: `${baseUrl}/v2` }).config.trustedForPrivate).toBe(true);
    },
  );

  it('keeps its key apart from the settings and says where', () => {
    const { rooms, config, changed } = setUp();
    rooms.save(acme);
    const entry = rooms.setKey('acme', ' sk-canary-123 ');
    expect(entry).toMatchObject({ hasKey: true, keyFrom: 'session', health: { state: 'ok' } });
    expect(JSON.stringify([config(), entry])).not.toContain('canary');
    expect(config().providers[0]?.apiKey).toEqual({ keychain: 'acme' });
    expect(changed).toEqual(['acme']);
  });

  it('says that a key is missing once one is wanted', () => {
    const { rooms } = setUp();
    rooms.save({ ...acme, apiKey: { env: 'ACME_KEY' } });
    expect(rooms.list().providers[0]?.health).toMatchObject({
      state: 'no-key',
      detail: expect.stringContaining('ACME_KEY'),
    });
  });

  it('refuses a key with a line break, which is a slip of the clipboard', () => {
    const { rooms } = setUp();
    rooms.save(acme);
    expect(() => rooms.setKey('acme', 'sk-1\nsk-2')).toThrow(/no spaces or line breaks/);
  });

  it('forgets the key with the provider', () => {
    const { rooms, vault, config } = setUp();
    rooms.save(acme);
    rooms.setKey('acme', 'sk-1');
    rooms.remove('acme');
    expect([config().providers, vault.get('acme')]).toEqual([[], null]);
  });

  it('says what the last test found of one that no turn has asked yet', async () => {
    const { rooms } = setUp({ ...fine, state: 'untested', lastOkAt: null }, [silent, answers]);
    rooms.save(acme);
    const health = () => rooms.list().providers[0]?.health;
    await rooms.test('acme');
    expect(health()).toMatchObject({ state: 'failing', detail: 'Nothing answers there.', lastOkAt: null });
    await rooms.test('acme');
    expect(health()).toMatchObject({ state: 'ok', detail: null, lastOkAt: 1000 });
  });

  it('tests one model when one is named, and sends nothing while the key is missing', async () => {
    const { rooms, tested } = setUp();
    const models = [
      { id: 'big', enabled: true },
      { id: 'small', enabled: false },
    ];
    rooms.save({ ...acme, models });
    await rooms.test('acme', 'acme/small');
    expect(tested[0]?.models).toEqual([{ id: 'small', enabled: true }]);
    rooms.save({ ...acme, id: 'other', apiKey: { keychain: 'other' } });
    expect(await rooms.test('other')).toMatchObject({ ok: false });
    expect(tested).toHaveLength(1);
  });
});

describe('what is known of a provider that changed', () => {
  const refused: ProviderTest = { ...silent, detail: 'It refused the key.' };
  const untested: ProviderHealth = { ...fine, state: 'untested', lastOkAt: null };
  const health = ({ rooms }: ReturnType<typeof setUp>) => rooms.list().providers[0]?.health.state;

  it('is nothing once it stands at another address', async () => {
    const made = setUp(untested, [refused]);
    made.rooms.save(acme);
    await made.rooms.test('acme');
    made.rooms.save({ ...acme, name: 'Acme' });
    expect(health(made)).toBe('failing');
    made.rooms.save({ ...acme, baseUrl: 'http://127.0.0.1:9002/v1' });
    expect(health(made)).toBe('untested');
  });

  it('is nothing once other headers are sent to it', async () => {
    const made = setUp(untested, [refused]);
    made.rooms.save({ ...acme, headers: {} });
    await made.rooms.test('acme');
    made.rooms.save(acme);
    expect(health(made)).toBe('untested');
  });

  it('is that it fails while its headers cannot be sent, and why', () => {
    const { rooms } = setUp();
    const { health } = rooms.save({ ...acme, headers: { 'x-team': { env: 'TEAM' } } });
    expect(health).toMatchObject({ state: 'failing', detail: 'A variable is not set.' });
  });

  it('is nothing once another key was entered', async () => {
    const made = setUp(untested, [refused]);
    made.rooms.save(acme);
    made.rooms.setKey('acme', 'sk-1');
    await made.rooms.test('acme');
    made.rooms.setKey('acme', 'sk-2');
    expect(health(made)).toBe('untested');
  });

  it.each(['"sk-1"', 'sk–1', 'sk-1…', 'sk-\u200b1', 'sk-ключ', '••••'])(
    'is not asked with a key that no header can carry: %s is refused',
    (key) => {
      const { rooms, vault } = setUp();
      rooms.save(acme);
      expect(() => rooms.setKey('acme', key)).toThrow(/no quotes and no letters of other alphabets/u);
      expect(vault.get('acme')).toBeNull();
    },
  );

  it('leaves the key to another one that keeps it in the same place', () => {
    const { rooms, vault } = setUp();
    const apiKey = { keychain: 'team' };
    rooms.save({ ...acme, apiKey });
    rooms.save({ ...acme, id: 'acme-eu', apiKey });
    rooms.setKey('acme', 'sk-1');
    rooms.remove('acme');
    expect(vault.get('team')).toBe('sk-1');
    rooms.remove('acme-eu');
    expect(vault.get('team')).toBeNull();
  });
});
