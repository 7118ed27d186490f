import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loggedEgress, openOrigin } from '../../../test/support/providers/ask.ts';
import { MOST_ERROR_BYTES, MOST_LINE_BYTES, READ_IT_ALL, wholeText } from './answer-body.ts';

let log: ReturnType<typeof loggedEgress>;
let server: Server | null = null;

beforeEach(() => {
  log = loggedEgress();
});

afterEach(async () => {
  log.egress.dispose();
  if (!server) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
  server = null;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
}

const door = (more: { isPrivate?: boolean; trusted?: boolean } = {}) =>
  log.egress.fetchFor({
    providerId: 'acme',
    modelId: 'acme/big',
    origin: { ...openOrigin, private: more.isPrivate ?? false },
    trustedForPrivate: more.trusted ?? false,
  });

describe('the door to the outside', () => {
  it('logs where to, how much and for whom, without query, headers or text', async () => {
    const url = await serve((_, response) => response.end('12345'));
    const response = await door()(`${url}/v1/chat?key=hidden`, {
      method: 'POST',
      headers: { authorization: 'Bearer hidden' },
      body: 'hällo',
    });
    expect(await response.text()).toBe('12345');
    expect(log.entries).toMatchObject([
      {
        host: url.slice(7),
        method: 'POST',
        path: '/v1/chat',
        providerId: 'acme',
        modelId: 'acme/big',
        purpose: 'chat',
        conversationId: 'c1',
        traceId: 't1',
        bytesOut: 6,
        bytesIn: 5,
        status: 200,
      },
    ]);
    expect(JSON.stringify(log.entries)).not.toContain('hidden');
  });

  it('says whom it asks, once, and another name where one was set', async () => {
    const seen: (string | undefined)[][] = [];
    const url = await serve((request, response) => {
      seen.push([request.headers.host, request.headers.authorization, String(request.rawHeaders.length)]);
      response.end();
    });
    await door()(url);
    await door()(url, { headers: { host: 'gateway.example' } });
    await door()(url.replace('//', '//me:secret@'));
    const host = url.slice('http://'.length);
    expect(seen.map(([name, auth]) => [name, auth])).toEqual([
      [host, undefined],
      ['gateway.example', undefined],
      [host, `Basic ${Buffer.from('me:secret').toString('base64')}`],
    ]);
    expect(seen[0]?.[2]).toBe(seen[1]?.[2]);
  });

  it('refuses what is private before a connection is made, and lets a trusted place have it', async () => {
    let connections = 0;
    const url = await serve((_, response) => response.end('ok'));
    server?.on('connection', () => connections++);
    await expect(door({ isPrivate: true })(url)).rejects.toMatchObject({
      fault: { code: 'private_only', provider: 'acme' },
    });
    expect([connections, log.entries.length]).toEqual([0, 0]);
    expect((await door({ isPrivate: true, trusted: true })(url)).status).toBe(200);
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    });
    expect((await door()(url)).status).toBe(302);
    expect(asked).toBe(1);
  });

  it('logs a request that got no answer', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(door()(url, { method: 'POST', body: 'abc' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(log.entries).toMatchObject([{ bytesOut: 3, bytesIn: 0, status: null }]);
  });

  it('logs no bytes of what never left: nobody took the connection, or it was given up before', async () => {
    const url = await serve(() => undefined);
    const closed = server && once(server, 'close');
    server?.close();
    server?.closeAllConnections();
    await closed;
    server = null;
    await expect(door()(url, { method: 'POST', body: 'abc' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const stopped = AbortSignal.abort();
    await expect(door()(url, { method: 'POST', body: 'abc', signal: stopped })).rejects.toThrow();
    expect(log.entries).toMatchObject([
      { bytesOut: 0, bytesIn: 0, status: null },
      { bytesOut: 0, bytesIn: 0, status: null },
    ]);
  });

  it('logs the status and how far an answer came that was cut in the middle', async () => {
    const url = await serve((request, response) => {
      response.write('half');
      setImmediate(() => request.socket.resetAndDestroy());
    });
    const response = await door()(url);
    await expect(response.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(log.entries).toMatchObject([{ bytesIn: 4, status: 200, outcome: 'cut' }]);
  });

  it('tells an answer that came whole from one that this side ended, and from none', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/whole') response.end('12345');
      else if (request.url === '/none') request.socket.destroy();
      else response.write('12345');
    });
    await (await door()(`${url}/whole`)).text();
    const reader = (await door()(`${url}/left`)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const done = (await door()(`${url}/read-it-all`)).body?.getReader();
    await done?.read();
    await done?.cancel(READ_IT_ALL);
    const stop = new AbortController();
    const stopped = await door()(`${url}/stopped`, { signal: stop.signal });
    stop.abort();
    await expect(stopped.text()).rejects.toThrow();
    await expect(door()(`${url}/none`)).rejects.toThrow();
    expect(log.entries.map(({ status, outcome }) => [status, outcome])).toEqual([
      [200, 'whole'],
      [200, 'left'],
      [200, 'whole'],
      [200, 'left'],
      [null, 'cut'],
    ]);
  });

  it('reads no more of an error than explains it', async () => {
    const url = await serve((_, response) => {
      response.statusCode = 500;
      response.end('x'.repeat(4 * MOST_ERROR_BYTES));
    });
    expect((await (await door()(url)).text()).length).toBe(MOST_ERROR_BYTES);
  });

  it('gives up on a line that never ends', async () => {
    const url = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(256 * 1024, 'x')));
      };
      response.on('drain', more);
      more();
    });
    const response = await door()(url);
    await expect(response.text()).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    expect(log.entries[0]?.bytesIn).toBeLessThan(MOST_LINE_BYTES + 1024 * 1024);
  });

  it('ends at once when told to, and tells the other side', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    const url = await serve((_, response) => {
      response.flushHeaders();
      response.once('close', gone);
    });
    const controller = new AbortController();
    const response = await door()(url, { signal: controller.signal });
    controller.abort();
    await expect(response.text()).rejects.toThrow();
    await left;
  });

  it('refuses an upgrade and other answers that are none', async () => {
    const url = await serve((request) => {
      request.socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    });
    await expect(door()(url)).rejects.toThrow();
    expect(log.entries).toMatchObject([{ bytesIn: 0 }]);
  });
});

describe('the door without web streams', () => {
  const send = (
    url: string,
    more: { isPrivate?: boolean; signal?: AbortSignal; headers?: Record<string, string> } = {},
  ) =>
    log.egress.send(
      {
        providerId: 'acme',
        modelId: 'acme/big',
        origin: { ...openOrigin, private: more.isPrivate ?? false },
        trustedForPrivate: false,
      },
      url,
      { method: 'POST', headers: more.headers ?? {}, body: 'hällo', signal: more.signal ?? null },
    );

  it('gives status, headers and body, and logs the same', async () => {
    const url = await serve((request, response) => {
      response.writeHead(201, [
        ['X-Two', 'a'],
        ['x-two', 'b'],
        ['x-length', String(request.headers['content-length'])],
      ]);
      request.pipe(response);
    });
    const { status, headers, body } = await send(url);
    expect([status, headers['x-two'], headers['x-length'], await wholeText(body)]).toEqual([201, 'a, b', '6', 'hällo']);
    expect(log.entries).toMatchObject([{ bytesOut: 6, bytesIn: 6, status: 201, outcome: 'whole' }]);
  });

  it('refuses what is private before a connection is made', async () => {
    let connections = 0;
    const url = await serve((_, response) => response.end('ok'));
    server?.on('connection', () => connections++);
    await expect(send(url, { isPrivate: true })).rejects.toMatchObject({ fault: { code: 'private_only' } });
    expect([connections, log.entries.length]).toEqual([0, 0]);
  });

  it('ends at once when told to', async () => {
    const url = await serve((_, response) => response.flushHeaders());
    const controller = new AbortController();
    const { body } = await send(url, { signal: controller.signal });
    controller.abort();
    await expect(body.read()).rejects.toThrow();
    expect(log.entries).toMatchObject([{ outcome: 'left' }]);
  });

  it('sends a header outside ASCII as its bytes always were', async () => {
    const url = await serve((request, response) => {
      const given = Buffer.from(String(request.headers['x-name']), 'latin1').toString('hex');
      request.resume().on('end', () => response.end(given));
    });
    expect(await wholeText((await send(url, { headers: { 'x-name': 'é' } })).body)).toBe('e9');
  });

  it('never repeats the value of a header that cannot be sent', async () => {
    const url = await serve((_, response) => response.end('ok'));
    const headers = { authorization: 'Bearer hid\nden' };
    for (const sent of [send(url, { headers }), door()(url, { headers })])
      await expect(sent).rejects.toThrow(expect.not.objectContaining({ message: expect.stringContaining('hid') }));
  });
});

describe('requests for one file that follow each other', () => {
  it('stand in the log as one entry a place, begun before the first leaves, with what all of them moved', async () => {
    const begunAtArrival: number[] = [];
    const url = await serve((_, response) => {
      begunAtArrival.push(log.entries.length);
      response.end('12345');
    });
    const series = log.egress.openSeries();
    const ask = async (path: string): Promise<void> => {
      const fetched = log.egress.fetchFor({
        providerId: 'download',
        modelId: null,
        origin: { ...openOrigin, purpose: 'download' },
        trustedForPrivate: false,
        bulk: true,
        series,
      });
      await (await fetched(`${url}${path}`)).text();
    };
    await ask('/a');
    await ask('/a');
    await ask('/b');
    series.close();
    expect(begunAtArrival).toEqual([1, 1, 2]);
    expect(log.entries).toMatchObject([
      { path: '/a', bytesIn: 10, status: 200 },
      { path: '/b', bytesIn: 5, status: 200 },
    ]);
  });
});

describe('a conversation that becomes private while the system is asked for its proxies', () => {
  async function locked(trustedForPrivate: boolean) {
    const asked: string[] = [];
    const url = await serve((request, response) => response.end(void asked.push(request.url ?? '')));
    let tell: (proxies: readonly string[]) => void = () => undefined;
    const told = new Promise<readonly string[]>((resolve) => (tell = resolve));
    let isPrivate = false;
    const controller = new AbortController();
    log = loggedEgress({ proxyFor: () => told }, (id) => {
      // No further than the log: nobody is behind the address.
      if (isPrivate) controller.abort(new Error('seen enough'));
      return id === 'c1' && isPrivate;
    });
    const ask = { providerId: 'acme', modelId: 'acme/big', origin: openOrigin, trustedForPrivate };
    const request = { method: 'POST', headers: {}, body: 'words', signal: controller.signal };
    const sent = log.egress.send(ask, 'http://api.far.invalid/v1', request).then(
      () => null,
      (error: unknown) => error,
    );
    isPrivate = true;
    tell([url]);
    return { error: await sent, asked };
  }

  it('is not sent, and leaves no line in the log', async () => {
    const { error, asked } = await locked(false);
    expect(error).toMatchObject({ fault: { code: 'private_only', provider: 'acme' } });
    expect(asked).toEqual([]);
    expect(log.entries).toEqual([]);
  });

  it('goes past the proxy where its provider is trusted with it', async () => {
    const { error, asked } = await locked(true);
    expect(error).toMatchObject({ message: 'seen enough' });
    expect(asked).toEqual([]);
    expect(log.entries).toHaveLength(1);
    expect(log.entries[0]).not.toHaveProperty('via');
  });
});
