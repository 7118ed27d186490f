import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loggedEgress, openOrigin } from '../../../test/support/providers/ask.ts';
import {
  FAR_CERTIFICATE,
  farServer,
  httpProxy,
  LOOPBACK_CERTIFICATE,
  plainServer,
  rawProxy,
  socksProxy,
} from '../../../test/support/providers/proxies.ts';
import { closing, trusting } from '../../../test/support/providers/proxy-hooks.ts';
import { classify } from '../classify/classify.ts';
import { wholeText } from './answer-body.ts';
import type { EgressAsk } from './egress.ts';
import type { WayOut } from './way-out.ts';

const until = closing();
trusting(FAR_CERTIFICATE, LOOPBACK_CERTIFICATE);

type More = Partial<EgressAsk> & { readonly signal?: AbortSignal };

/** A door with this way out. */
function door(way: WayOut['proxyFor']) {
  const { egress, entries } = loggedEgress({ proxyFor: way });
  until({
    close: () => {
      egress.dispose();
    },
  });
  const begin = (address: string, { signal, ...more }: More = {}) =>
    egress.send(
      { providerId: 'far', modelId: 'far/big', origin: openOrigin, trustedForPrivate: true, ...more },
      address,
      { method: 'POST', headers: {}, body: '{"q":1}', signal: signal ?? null },
    );
  const ask = async (address: string, more: More = {}) => wholeText((await begin(address, more)).body);
  return { begin, ask, entries, egress };
}
const through = (proxy: string) => door(() => proxy);
const at = ({ port }: { readonly port: number }, scheme = 'http', host = '127.0.0.1'): string =>
  `${scheme}://${host}:${String(port)}`;
const errorOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => null,
    (reason: unknown) => reason,
  );
const faultOf = async (asking: Promise<unknown>) => {
  const error = await errorOf(asking);
  return classify({ provider: 'far', phase: 'pre', status: null, headers: {}, body: null, error }, 0);
};
const okServer = () => farServer((_, response) => response.end('ok'));
const BOTH = ['https://far.test/', 'http://far.test/'];

/** Passes bytes on after the proxy's first word, `words`. */
const tunnelling = (words: string, to: number, sockets: Socket[] = []) =>
  rawProxy((socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      const onward = connect(to, '127.0.0.1', () => {
        socket.write(words);
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  });

describe('a tunnel', () => {
  it.each([
    'HTTP/1.0 200 Connection established\r\n\r\n',
    'HTTP/1.1 200\r\n\r\n',
    'HTTP/1.1 200 OK\r\nProxy-Agent: old\r\nContent-Length: 0\r\n\r\n',
  ])('opens with %j', async (words) => {
    const server = until(await okServer());
    const proxy = until(await tunnelling(words, server.port));
    expect(await through(at(proxy)).ask('https://far.test/')).toBe('ok');
  });

  it('to an IPv6 address names it in brackets', async () => {
    const proxy = until(await httpProxy({ to: 1, answer: 403 }));
    await errorOf(through(at(proxy)).ask('https://[2001:db8::1]:8443/v1'));
    expect(proxy.asked).toEqual(['CONNECT [2001:db8::1]:8443']);
  });

  it('that breaks in the middle of an answer is an answer that was cut', async () => {
    const server = until(await farServer((_, response) => response.write('half')));
    const sockets: Socket[] = [];
    const proxy = until(await tunnelling('HTTP/1.1 200 OK\r\n\r\n', server.port, sockets));
    const { begin, entries } = through(at(proxy));
    const { body } = await begin('https://far.test/');
    await body.read();
    sockets[0]?.resetAndDestroy();
    await expect(body.read()).rejects.toThrow();
    expect(entries).toMatchObject([{ status: 200, outcome: 'cut' }]);
  });

  it('uses the TLS session of the one before', async () => {
    const reused: boolean[] = [];
    const server = until(
      await farServer((request, response) => {
        reused.push((request.socket as TLSSocket).isSessionReused());
        response.setHeader('connection', 'close').end('ok');
      }),
    );
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask } = through(at(proxy));
    await ask('https://far.test/');
    await ask('https://far.test/');
    expect(reused).toEqual([false, true]);
  });

  it('counts as reached when TLS stands, and not when the proxy says no', async () => {
    let reached = 0;
    const onReached = () => {
      reached += 1;
    };
    const shut = until(await httpProxy({ to: 1, answer: 503 }));
    await errorOf(through(at(shut)).ask('https://far.test/', { onReached }));
    expect(reached).toBe(0);
    const server = until(await okServer());
    const proxy = until(await httpProxy({ to: server.port }));
    await through(at(proxy)).ask('https://far.test/', { onReached });
    expect(reached).toBe(1);
  });

  it.each(['http', 'socks5'])('by %s outlives the signal of the request that opened it', async (scheme) => {
    const answers: (() => void)[] = [];
    const server = until(
      await farServer((request, response) => {
        if (request.url === '/first') response.end('one');
        else answers.push(() => response.end('two'));
      }),
    );
    const to = server.port;
    const proxy = until(scheme === 'http' ? await httpProxy({ to }) : await socksProxy({ to }));
    const { ask } = through(at(proxy, scheme));
    const controller = new AbortController();
    await ask('https://far.test/first', { signal: controller.signal });
    const second = ask('https://far.test/second');
    await expect.poll(() => answers.length).toBe(1);
    controller.abort();
    answers[0]?.();
    expect(await second).toBe('two');
    expect(proxy.asked).toHaveLength(1);
  });

  it.each(['http', 'socks5'])('by %s is closed when its request is given up in the TLS handshake', async (scheme) => {
    const spokenTo: Socket[] = [];
    const silent = until(await rawProxy((socket) => socket.once('data', () => spokenTo.push(socket)).resume()));
    const to = silent.port;
    const proxy = until(scheme === 'http' ? await httpProxy({ to }) : await socksProxy({ to }));
    const controller = new AbortController();
    const asking = errorOf(through(at(proxy, scheme)).ask('https://far.test/', { signal: controller.signal }));
    await expect.poll(() => spokenTo.length).toBe(1);
    const reason = new Error('No answer in time.');
    controller.abort(reason);
    expect(await asking).toBe(reason);
    await expect.poll(() => proxy.open()).toBe(0);
  });

  it.each(['http', 'socks5'])('by %s that is being opened ends with the app', async (scheme) => {
    const closed: Promise<unknown>[] = [];
    const silent = until(await rawProxy((socket) => closed.push(once(socket.resume(), 'close'))));
    const { ask, egress } = through(at(silent, scheme));
    const asking = errorOf(ask('https://far.test/'));
    await expect.poll(() => closed.length).toBe(1);
    egress.dispose();
    expect(await asking).toBeInstanceOf(Error);
    await closed[0];
  });
});

describe('a proxy that is reached over TLS', () => {
  it.each(['localhost', '127.0.0.1'])('as %s is asked for a certificate of its own', async (host) => {
    const far = until(await okServer());
    const proxy = until(await httpProxy({ to: far.port, tls: 'loopback' }));
    expect(await through(at(proxy, 'https', host)).ask('https://far.test/')).toBe('ok');
    const plain = until(await plainServer((_, response) => response.end('plain')));
    const other = until(await httpProxy({ to: plain.port, tls: 'loopback' }));
    expect(await through(at(other, 'https', host)).ask('http://far.test/')).toBe('plain');
  });

  it.each(BOTH)('is told nothing of %s where its certificate is of another', async (address) => {
    const proxy = until(await httpProxy({ to: 1, tls: 'far.test' }));
    const { ask, entries } = through(at(proxy, 'https', 'localhost'));
    const fault = await faultOf(ask(address));
    expect(fault?.detail).toMatch(/certificate of the proxy .* is not trusted/);
    expect(proxy.asked).toEqual([]);
    expect(entries).toMatchObject([{ bytesOut: 0 }]);
  });

  it.each(BOTH)('and speaks none is not taken for the provider: %s', async (address) => {
    const proxy = until(await httpProxy({ to: 1 }));
    const { ask, entries } = through(at(proxy, 'https'));
    expect((await faultOf(ask(address)))?.detail).toMatch(/proxy .* cannot be reached/);
    expect(entries).toMatchObject([{ bytesOut: 0 }]);
  });
});

describe('a proxy that breaks off over TLS', () => {
  it.each(['in the handshake of the provider', 'in the middle of an answer'])(
    '%s ends the request alone',
    async (when) => {
      const early = when.includes('handshake');
      const server = until(await farServer((_, response) => response.write('half')));
      const silent = until(await rawProxy((socket) => socket.once('data', () => socket.resetAndDestroy())));
      const proxy = until(await httpProxy({ to: early ? silent.port : server.port, tls: 'loopback' }));
      const relayed: Socket[] = [];
      const relay = until(
        await rawProxy((socket) => {
          relayed.push(socket);
          const onward = connect(proxy.port, '127.0.0.1');
          socket.pipe(onward).pipe(socket);
          onward.on('error', () => socket.destroy());
          onward.on('close', () => socket.resetAndDestroy());
          socket.on('close', () => onward.destroy());
        }),
      );
      const { begin } = through(at(relay, 'https'));
      if (early) {
        expect((await faultOf(begin('https://far.test/')))?.code).toBe('network');
        return;
      }
      const { body } = await begin('https://far.test/');
      await body.read();
      relayed[0]?.resetAndDestroy();
      await expect(body.read()).rejects.toThrow();
    },
  );
});

describe('a proxy that behaves oddly', () => {
  it('and is SOCKS gets its password, which no error repeats', async () => {
    const heard: string[] = [];
    const proxy = until(
      await rawProxy((socket) => {
        socket.once('data', () => {
          socket.write(Buffer.from([5, 2]));
          socket.once('data', (words: Buffer) => {
            heard.push(words.toString('latin1'));
            socket.write(Buffer.from([1, 1]));
          });
        });
      }),
    );
    const error = await errorOf(
      through(`socks5://me:can%ary@127.0.0.1:${String(proxy.port)}`).ask('https://far.test/'),
    );
    expect(heard).toEqual([expect.stringContaining('can%ary')]);
    expect(error).toMatchObject({ code: 'ERR_PROXY_SIGN_IN' });
    expect(inspect(error, { depth: 10 })).not.toContain('can%ary');
  });

  it.each(['SSH-2.0-OpenSSH_9.6\r\n', ''])('and answers %j is told from the provider', async (words) => {
    const proxy = until(await rawProxy((socket) => socket.once('data', () => socket.end(words))));
    const fault = await faultOf(through(at(proxy)).ask('https://far.test/'));
    expect(fault?.detail).toMatch(/proxy .* cannot be reached/);
  });

  it('and sends a page where the tunnel should begin is a fault of the network, with nothing sent', async () => {
    const page = 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>';
    const proxy = until(await rawProxy((socket) => socket.once('data', () => socket.end(page))));
    const { ask, entries } = through(at(proxy));
    expect((await faultOf(ask('https://far.test/')))?.code).toBe('network');
    expect(entries).toMatchObject([{ bytesOut: 0, outcome: 'cut' }]);
  });

  it('and keeps the connection after it refused is let go', async () => {
    const closed: Promise<unknown>[] = [];
    const proxy = until(
      await rawProxy((socket) => {
        closed.push(once(socket, 'close'));
        socket.once('data', () => socket.write('HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\nhello'));
      }),
    );
    expect((await faultOf(through(at(proxy)).ask('https://far.test/')))?.detail).toMatch(/user name/);
    await closed[0];
  });

  it.each(BOTH)('gets a password with a percent sign as it stands: %s', async (address) => {
    const { port } = until(
      address.startsWith('https') ? await okServer() : await plainServer((_, response) => response.end('ok')),
    );
    const proxy = until(await httpProxy({ to: port }));
    expect(await through(`http://me:50%25%zz@127.0.0.1:${String(proxy.port)}`).ask(address)).toBe('ok');
    const words = `Basic ${Buffer.from('me:50%%zz').toString('base64')}`;
    expect(proxy.headers()['proxy-authorization']).toBe(words);
  });

  it('on a machine without a network is no fault of the proxy', async () => {
    // What the resolver of a machine without a network says; the name is never looked up here.
    const error = Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
    const { onTheWayToProxy } = await import('./tunnels.ts');
    expect(onTheWayToProxy(error, null)).toBe(error);
  });
});

describe('the way out', () => {
  it('that nobody tells is waited for no longer than the request is wanted', async () => {
    const { ask, entries } = door(() => new Promise<string[]>(() => undefined));
    const controller = new AbortController();
    const asking = errorOf(ask('https://far.test/', { signal: controller.signal }));
    const reason = new Error('No answer in time.');
    controller.abort(reason);
    expect(await asking).toBe(reason);
    expect(entries).toEqual([]);
  });

  it('through a proxy that was given up for others ends with the app', async () => {
    const slow = until(await farServer((_, response) => response.write('half')));
    const quick = until(await okServer());
    const first = until(await httpProxy({ to: slow.port }));
    const others = [];
    for (let more = 0; more < 5; more++) others.push(until(await httpProxy({ to: quick.port })));
    const ways = [first, ...others].map((proxy) => at(proxy));
    const { begin, ask, egress } = door(() => ways.shift() ?? null);
    await begin('https://far.test/');
    while (ways.length > 0) await ask('https://far.test/');
    egress.dispose();
    await expect.poll(() => first.open()).toBe(0);
  });

  it('is logged with the port of the proxy, said or not', async () => {
    const { ask, entries } = through('https://proxy.invalid');
    await errorOf(ask('https://far.test/', { signal: AbortSignal.abort() }));
    expect(entries).toMatchObject([{ via: 'proxy.invalid:443' }]);
  });

  it('of one file that changes between two requests is logged as two', async () => {
    const server = until(await okServer());
    const proxies = [until(await httpProxy({ to: server.port })), until(await httpProxy({ to: server.port }))];
    const places = proxies.map(({ port }) => `127.0.0.1:${String(port)}`);
    const ways = proxies.map((proxy) => at(proxy));
    const { ask, entries, egress } = door(() => ways.shift() ?? null);
    const series = egress.openSeries();
    await ask('https://far.test/', { series });
    await ask('https://far.test/', { series });
    series.close();
    expect(entries.map(({ via }) => via)).toEqual(places);
  });
});
