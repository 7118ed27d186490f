import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeptConnections } from './kept-connections.ts';

/** A server that answers with this header; null = none. */
async function serverSaying(header: string | null, now = () => 0) {
  const server = createServer((_, response) => {
    response.sendDate = false;
    if (header !== null) response.setHeader('keep-alive', header);
    response.setHeader('connection', 'keep-alive');
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connections = createKeptConnections(now);
  onTestFinished(() => {
    connections.http.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  /** Asks once and returns the connection it was asked on, which is free again. */
  const ask = async (): Promise<Socket> => {
    connections.dropOverdue();
    const asked = request({ hostname: '127.0.0.1', port, agent: connections.http }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    connections.answered(response);
    const { socket } = response;
    const free = Promise.race([once(connections.http, 'free'), once(socket, 'close')]);
    response.resume();
    await once(response, 'end');
    await free;
    await new Promise(setImmediate);
    return socket;
  };
  const kept = () => Object.values(connections.http.freeSockets).flat() as (Socket | undefined)[];
  return { ask, kept };
}

/** How long a connection waits for its next request, in ms, once a server has answered with this header; null = it is not kept. */
async function keptFor(header: string | null): Promise<number | null> {
  const { ask, kept } = await serverSaying(header);
  await ask();
  return kept()[0]?.timeout ?? null;
}

describe('a connection that waits for its next request', () => {
  it.each([
    ['its server says nothing', null, 4000],
    ['its server keeps it for a minute', 'timeout=60', 59_000],
    ['its server counts requests too', 'max=100, timeout=20', 19_000],
    ['its server keeps it for an hour', 'timeout=3600', 60_000],
    ['its server keeps it for ages', `timeout=${'9'.repeat(400)}`, 60_000],
    ['its server keeps it for a moment', 'timeout=3', 2000],
    ['its server counts requests and keeps it for a moment', 'max=100, timeout=3', 2000],
    ['its server puts blanks and quotes', 'Timeout = "30"', 29_000],
    ['its server keeps it for no time', 'timeout=1', null],
    ['its server counts requests and keeps it for no time', 'max=5, timeout=1', null],
    ['its server keeps it for zero', 'timeout=0', null],
    ['its server counts down', 'timeout=-5', 4000],
    ['its server says something else', 'for ever', 4000],
  ])('when %s', async (_what, header, ms) => {
    expect(await keptFor(header)).toBe(ms);
  });

  it('is used again, and not once its time went by while the machine slept', async () => {
    let now = 1_000_000;
    const { ask, kept } = await serverSaying('timeout=60', () => now);
    const first = await ask();
    now += 50_000;
    expect(await ask()).toBe(first);
    now += 8 * 3_600_000;
    const next = await ask();
    expect([next === first, first.destroyed, kept()]).toEqual([false, true, [next]]);
  });
});
