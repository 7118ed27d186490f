import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  cloudAt,
  cloudConfig,
  listen,
  loggedEgress,
  openOrigin,
  question,
} from '../../../../test/support/providers/ask.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';
import type { LoopbackProvider, Script } from '../../../../test/support/providers/start-provider.ts';
import { systemClock } from '../../../base/clock.ts';
import { classify } from '../../classify/classify.ts';
import { listModels, testProvider } from './list-models.ts';

const GATEWAY = { headers: { 'CF-Access-Client-Id': { env: 'GATEWAY_ID' } } };
const signal = () => new AbortController().signal;

let log: ReturnType<typeof loggedEgress>;
let server: LoopbackProvider;
const start = async (script: Script = {}): Promise<void> => {
  server = await startProvider('openai', script, { models: ['big'] });
};
const ask = () => listen(cloudAt('openai-compatible', server.url, log.egress, GATEWAY).generate(question(), signal()));

beforeEach(() => {
  log = loggedEgress();
  vi.stubEnv('GATEWAY_ID', ' secret of the gateway ');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  log.egress.dispose();
  await server.close();
});

describe('headers that a person wants sent to a provider besides', () => {
  it('go with questions, with vectors and with the list of models', async () => {
    await start({ steps: [{ text: 'Hi' }] });
    expect((await ask()).text).toBe('Hi');
    const provider = cloudAt('openai-compatible', server.url, log.egress, GATEWAY);
    await provider.embed?.({ modelId: 'acme/big', texts: ['x'], origin: openOrigin }, signal());
    const config = cloudConfig('openai-compatible', server.url, GATEWAY);
    await listModels({ egress: log.egress, classify, clock: systemClock }, config, 'secret-key', signal());
    const all = [...server.requests, ...server.others].map(({ headers }) => headers['cf-access-client-id']);
    expect(all).toEqual(['secret of the gateway', 'secret of the gateway', 'secret of the gateway']);
  });

  it('go with both requests of a test, and a missing one is what the test says', async () => {
    await start({ steps: [{ text: 'Hi' }] });
    const config = cloudConfig('openai-compatible', server.url, GATEWAY);
    const test = () => testProvider({ egress: log.egress, classify, clock: systemClock }, config, null, signal());
    expect(await test()).toMatchObject({ ok: true });
    expect([...server.requests, ...server.others].map(({ headers }) => headers['cf-access-client-id'])).toEqual([
      'secret of the gateway',
      'secret of the gateway',
    ]);
    vi.stubEnv('GATEWAY_ID', '');
    expect(await test()).toMatchObject({ ok: false, detail: expect.stringContaining('GATEWAY_ID') as string });
    expect(server.requests).toHaveLength(1);
  });

  it('leave the key where it is', async () => {
    await start({ steps: [{ text: 'Hi' }] });
    await ask();
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer secret-key');
  });

  it('that the environment does not have stop the request, and say which is missing', async () => {
    await start({ steps: [{ text: 'Hi' }] });
    vi.stubEnv('GATEWAY_ID', '');
    expect((await ask()).last).toMatchObject({
      kind: 'fault',
      fault: { code: 'auth', detail: expect.stringContaining('GATEWAY_ID') as string },
    });
    expect(server.requests).toEqual([]);
  });

  it('go with both requests of a test', async () => {
    await start({ steps: [{ text: 'Yes' }] });
    const config = cloudConfig('openai-compatible', server.url, GATEWAY);
    const deps = { egress: log.egress, classify, clock: systemClock };
    expect(await testProvider(deps, config, 'secret-key', signal())).toMatchObject({ ok: true });
    const all = [...server.requests, ...server.others].map(({ headers }) => headers['cf-access-client-id']);
    expect(all).toEqual(['secret of the gateway', 'secret of the gateway']);
  });

  it.each([
    ['', 'not set'],
    ['one\ntwo', 'no header can carry'],
    ['团队', 'no header can carry'],
  ])('that are %j stop tests, questions and vectors with a sentence of their own', async (value, words) => {
    await start({ steps: [{ text: 'Hi' }] });
    vi.stubEnv('GATEWAY_ID', value);
    const config = cloudConfig('openai-compatible', server.url, GATEWAY);
    const deps = { egress: log.egress, classify, clock: systemClock };
    const tested = await testProvider(deps, config, 'secret-key', signal());
    const { last } = await ask();
    const provider = cloudAt('openai-compatible', server.url, log.egress, GATEWAY);
    const vectors: unknown = await provider
      .embed?.({ modelId: 'acme/big', texts: ['x'], origin: openOrigin }, signal())
      .catch((error: unknown) => error);
    const said = [
      tested.detail,
      last.kind === 'fault' && last.fault.detail,
      vectors instanceof Error && vectors.message,
    ];
    for (const one of said) expect(one).toMatch(new RegExp(`GATEWAY_ID.*${words}`, 'u'));
    expect(JSON.stringify(said)).not.toMatch(/two|团队/u);
    expect([...server.requests, ...server.others]).toEqual([]);
    expect(log.entries).toEqual([]);
  });

  it('are hidden in what is kept of an answer that repeats them', async () => {
    await start({ status: 418, body: { note: 'I saw secret of the gateway' } });
    const { last } = await ask();
    expect(JSON.stringify(last)).toContain('I saw');
    expect(JSON.stringify(last)).not.toContain('secret of');
    expect(JSON.stringify(log.entries)).not.toContain('secret of');
  });
});
