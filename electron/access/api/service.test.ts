import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { config as configSchema } from '../../contract/config.ts';
import type { Config } from '../../contract/config.ts';
import { FaultError } from '../../contract/faults.ts';
import { createAnnounce } from '../../orchestration/announce.ts';
import { finished, routed, said, TRACE } from '../../../test/support/scripted-api.ts';
import { memoryTokenRecords } from '../../../test/support/token-records.ts';
import { createApiService } from './service.ts';

async function* answer() {
  yield routed();
  yield said('Hi');
  await Promise.resolve();
  yield finished();
}

function make(api: object, followsSettings = true) {
  let current: Config = configSchema.parse({ api });
  const listeners = new Set<() => void>();
  const heard: string[] = [];
  const announce = createAnnounce(() => undefined);
  announce.on(({ name, payload }) =>
    heard.push(name === 'api' ? `api ${String((payload as { running: boolean }).running)}` : name),
  );
  const service = createApiService({
    complete: { start: () => ({ traceId: TRACE, events: answer() }) },
    models: () => [],
    settings: {
      config: () => current,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    records: memoryTokenRecords(),
    announce,
    version: '1',
    clock: systemClock,
    log: silentLog,
    followsSettings,
    closeGraceMs: 50,
  });
  onTestFinished(() => service.dispose());
  const change = async (next: object): Promise<void> => {
    current = configSchema.parse({ api: next });
    for (const listener of listeners) listener();
    await service.settled();
  };
  const status = async (token: string, path = '/v1/models'): Promise<number> =>
    (await fetch(`${service.state().url ?? ''}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
  return { service, change, status, heard };
}

it('knows whether somebody has asked for an answer', async () => {
  const { service, status } = make({}, false);
  const { url } = await service.serveAt(0);
  const token = service.tokens.issue({ name: 'one', requestsPerMinute: null, concurrency: null, usdPerDay: null });
  expect([await status(token), service.wasCalled()]).toEqual([200, false]);
  const body = JSON.stringify({ model: 'switchyard/auto', messages: [{ role: 'user', content: 'Hi' }] });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).text();
  expect(service.wasCalled()).toBe(true);
});

const takenPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describe('the local API in the app', () => {
  it('starts and ends as the settings say, and says so', async () => {
    const { service, change, heard } = make({ enabled: false });
    await service.settled();
    expect(service.state()).toEqual({ running: false, url: null, problem: null });
    await change({ enabled: true, port: 0 });
    const url = service.state().url ?? '';
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await change({ enabled: true, port: 0 });
    expect(service.state().url).toBe(url);
    await change({ enabled: false });
    expect(service.state().running).toBe(false);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect(heard.filter((name) => name.startsWith('api'))).toEqual(['api true', 'api false']);
  });

  it('says that a port is taken, and keeps running where it ran', async () => {
    const port = await takenPort();
    const { service, change } = make({ enabled: true, port });
    await service.settled();
    expect(service.state()).toMatchObject({
      running: false,
      problem: `Port ${port} is taken: choose another in Settings, or 0 for a free one.`,
    });
    await change({ enabled: true, port: 0 });
    const { url } = service.state();
    expect(service.state()).toMatchObject({ running: true, problem: null });
    await change({ enabled: true, port });
    expect(service.state()).toMatchObject({
      running: true,
      url,
      problem: expect.stringContaining('is taken') as string,
    });
    expect((await fetch(`${url ?? ''}/healthz`)).status).toBe(200);
  });

  it('does not start by itself where only `serve` may start it', async () => {
    const { service } = make({ enabled: true, port: 0 }, false);
    await service.settled();
    expect(service.state().running).toBe(false);
    const { url } = await service.serveAt(0);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await expect(make({}, false).service.serveAt(await takenPort())).rejects.toBeInstanceOf(FaultError);
  });

  it('takes tokens and their limits from the settings at once, beside those made here', async () => {
    const { service, change, status } = make({ enabled: true, port: 0 });
    await service.settled();
    const limits = { requestsPerMinute: null, concurrency: null, usdPerDay: null };
    const made = service.tokens.create({ name: 'editor', ...limits });
    expect(await status(made)).toBe(200);
    // SHA-256 of "from-settings".
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update('from-settings').digest('hex').toUpperCase();
    expect(await status('from-settings')).toBe(401);
    const tokens = [{ name: 'ci', hash: `sha256:${hash}`, requestsPerMinute: 2 }];
    await change({ enabled: true, port: 0, tokens });
    expect([await status('from-settings'), await status('from-settings'), await status('from-settings')]).toEqual([
      200, 200, 429,
    ]);
    expect(await status(made)).toBe(200);
    expect(service.tokens.list()).toMatchObject([
      { name: 'ci', from: 'config', requestsPerMinute: 2 },
      { name: 'editor', from: 'app' },
    ]);
    expect(() => service.tokens.create({ name: 'ci', ...limits })).toThrow('already');
    expect(() => service.tokens.revoke('ci')).toThrow('settings file');
    service.tokens.revoke('editor');
    expect(await status(made)).toBe(401);
    expect(() => service.tokens.revoke('editor')).toThrow('no token');
    await change({ enabled: true, port: 0 });
    expect(await status('from-settings')).toBe(401);
  });

  it('opens /metrics without a token only when the settings say so', async () => {
    const { service, change, status } = make({ enabled: true, port: 0 });
    await service.settled();
    expect(await status('none', '/metrics')).toBe(401);
    await change({ enabled: true, port: 0, openMetrics: true });
    expect(await status('none', '/metrics')).toBe(200);
    expect(await status('none', '/v1/models')).toBe(401);
  });
});
