import { expect, it } from 'vitest';
import { startProvider } from '../support/providers/start-provider.ts';
import { httpProxy } from '../support/providers/proxies.ts';
import { closing, withoutProxies } from '../support/providers/proxy-hooks.ts';
import { hello } from '../support/routed-api.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';

withoutProxies();
const until = closing();

/** A core whose system says by `tell` which proxies lead to a provider far away, and one that does lead there. */
async function setUp() {
  const far = until(await startProvider('openai', hello));
  const proxy = until(await httpProxy({ to: Number(new URL(far.url).port) }));
  let tell: (proxies: string) => void = () => undefined;
  const told = new Promise<string>((resolve) => (tell = resolve));
  let heard: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (heard = resolve));
  const machine = {
    onBattery: () => false,
    online: () => null,
    proxiesFor() {
      heard();
      return told;
    },
  };
  const { core, ask } = await makeCore([{ say: 'from here' }], { machine });
  const provider = {
    id: 'far',
    kind: 'openai-compatible' as const,
    baseUrl: `http://api.far.test${new URL(far.url).pathname}`,
    apiKey: { env: 'PATH' },
    enabled: true,
    trustedForPrivate: false,
    concurrency: 0,
    usdPerDay: null,
    models: [{ id: 'big', enabled: true, quality: 0.9, contextTokens: 100_000, usdPerMTokIn: 0, usdPerMTokOut: 0 }],
  };
  core.settings.save({ ...core.settings.config(), policy: 'best-quality', providers: [provider] });
  return { core, ask, far, proxy, asked, tell: () => tell(`PROXY 127.0.0.1:1; PROXY 127.0.0.1:${String(proxy.port)}`) };
}

it('a reply comes through the second proxy of the system where the first accepts no connection', async () => {
  const { ask, far, tell } = await setUp();
  tell();
  expect((await ask('hi')).message).toMatchObject({ text: 'Hello from afar.', reply: { route: 'cloud' } });
  expect(far.requests).toHaveLength(1);
});

it('a conversation that is locked while the system is asked for its proxies stays on this machine', async () => {
  const { core, ask, proxy, asked, tell } = await setUp();
  const conversationId = mintId();
  const asking = ask('a secret', { conversationId });
  await asked;
  core.chats.update(conversationId, { private: true });
  tell();
  expect((await asking).message).toMatchObject({ text: 'from here', reply: { route: 'local' } });
  expect(proxy.asked).toEqual([]);
});
