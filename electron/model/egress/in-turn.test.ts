import { once } from 'node:events';
import dns from 'node:dns';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loggedEgress, openOrigin } from '../../../test/support/providers/ask.ts';
import {
  FAR_CERTIFICATE,
  farServer,
  httpProxy,
  plainServer,
  rawProxy,
  socksProxy,
} from '../../../test/support/providers/proxies.ts';
import { closing, trusting } from '../../../test/support/providers/proxy-hooks.ts';
import { createVirtualTime } from '../../../test/support/virtual-time.ts';
import { wholeText } from './answer-body.ts';
import { createInTurn, REST_MS } from './in-turn.ts';
import { ACCEPT_MS, ProxyError } from './tunnels.ts';

const until = closing();
trusting(FAR_CERTIFICATE);

/** A door whose system names these ways. */
function door(ways: readonly (string | null)[], isPrivate?: (conversationId: string) => boolean) {
  const { egress, entries } = loggedEgress({ proxyFor: () => Promise.resolve(ways) }, isPrivate);
  until({
    close: () => {
      egress.dispose();
    },
  });
  const ask = async (address: string) => {
    const who = { providerId: 'far', modelId: 'far/big', origin: openOrigin, trustedForPrivate: false };
    const request = { method: 'POST', headers: {}, body: '{"q":1}', signal: AbortSignal.timeout(15_000) };
    return wholeText((await egress.send(who, address, request)).body);
  };
  return { ask, entries };
}
const at = ({ port }: { readonly port: number }, scheme = 'http'): string => `${scheme}://127.0.0.1:${String(port)}`;
/** A port at which nobody listens any more. */
async function nobody(scheme = 'http'): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const closed = once(server, 'close');
  server.close();
  await closed;
  return at({ port }, scheme);
}
const okServer = (secure: boolean, bodies: string[] = []) =>
  (secure ? farServer : plainServer)((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(String(chunk)));
    request.on('end', () => response.end('ok'));
  });

describe('of the ways that the system names', () => {
  it.each([
    ['https://far.test/', 'http'],
    ['https://far.test/', 'socks5h'],
    ['http://far.test/', 'http'],
    ['http://far.test/', 'socks5h'],
  ])('the next is gone for %s where the %s proxy accepts no connection', async (address, scheme) => {
    const bodies: string[] = [];
    const server = until(await okServer(address.startsWith('https'), bodies));
    const proxy = until(await httpProxy({ to: server.port }));
    const first = await nobody(scheme);
    const { ask, entries } = door([first, at(proxy)]);
    expect(await ask(address)).toBe('ok');
    expect(bodies).toEqual(['{"q":1}']);
    expect(entries).toMatchObject([
      { via: first.split('//')[1], bytesOut: 0, status: null },
      { via: at(proxy).split('//')[1], bytesOut: 7, status: 200 },
    ]);
  });

  it.each([
    ['https://far.test/', 'http'],
    ['http://far.test/', 'http'],
    ['https://far.test/', 'socks5h'],
  ])('the next is gone for %s where the %s proxy says nothing at all for two seconds', async (address, scheme) => {
    const server = until(await okServer(address.startsWith('https')));
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask } = door([`${scheme}://silent.test:1`, at(proxy)]);
    // A name that nobody answers for: the connection does not stand, as with a host that a wall hides.
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation((() => undefined) as never);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
      lookup.mockRestore();
    });
    const asking = ask(address);
    await vi.waitUntil(() => lookup.mock.calls.length > 0);
    expect(proxy.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(ACCEPT_MS);
    vi.useRealTimers();
    expect(await asking).toBe('ok');
  });

  it('a SOCKS proxy may be the next', async () => {
    const server = until(await okServer(true));
    const proxy = until(await socksProxy({ to: server.port }));
    expect(await door([await nobody(), at(proxy, 'socks5h')]).ask('https://far.test/')).toBe('ok');
  });

  it('the last one tells what is wrong', async () => {
    const { ask, entries } = door([await nobody(), await nobody()]);
    await expect(ask('https://far.test/')).rejects.toMatchObject({ code: 'ERR_PROXY_CONNECTION_FAILED' });
    expect(entries).toHaveLength(2);
  });

  it.each([
    [407, 'ERR_PROXY_SIGN_IN'],
    [403, 'ERR_PROXY_DENIED'],
    [502, 'ERR_TUNNEL_CONNECTION_FAILED'],
  ])('none is gone past one that answers, with %i', async (answer, code) => {
    const server = until(await okServer(true));
    const shut = until(await httpProxy({ to: 1, answer }));
    const open = until(await httpProxy({ to: server.port }));
    await expect(door([at(shut), at(open)]).ask('https://far.test/')).rejects.toMatchObject({ code });
    expect(open.asked).toEqual([]);
  });

  it('none is gone once the request was sent', async () => {
    const cut = until(await rawProxy((socket) => socket.once('data', () => socket.destroy())));
    const open = until(await httpProxy({ to: 1 }));
    await expect(door([at(cut), at(open)]).ask('http://far.test/')).rejects.toThrow();
    expect(open.asked).toEqual([]);
  });

  it('none is gone for a conversation that became private meanwhile', async () => {
    const open = until(await httpProxy({ to: 1 }));
    let tries = 0;
    // Before it is sent, before the first way, before the second.
    const { ask, entries } = door([await nobody(), at(open)], () => ++tries > 2);
    await expect(ask('https://far.test/')).rejects.toMatchObject({ fault: { code: 'private_only' } });
    expect(open.asked).toEqual([]);
    expect(entries).toHaveLength(1);
  });
});

describe('a way whose proxy accepted no connection', () => {
  const shut = () => Promise.reject(new ProxyError('ERR_PROXY_CONNECTION_FAILED', 'no'));

  it('is tried last for a minute, and in its place again after it', async () => {
    const { clock, pass } = createVirtualTime();
    const inTurn = createInTurn(clock);
    const tried: unknown[] = [];
    const go = async (fails: string | null) => {
      tried.length = 0;
      await inTurn(['a', 'b', null], (way, isLast) => {
        tried.push(isLast ? `${String(way)}, the last` : way);
        return way === fails ? shut() : Promise.resolve('ok');
      });
      return [...tried];
    };
    expect(await go('a')).toEqual(['a', 'b']);
    expect(await go('a')).toEqual(['b']);
    expect(await go('b')).toEqual(['b', null]);
    expect(await go('b')).toEqual([null]);
    await pass(REST_MS);
    expect(await go(null)).toEqual(['a']);
  });

  it('is tried in its place again as soon as the way past it leads nowhere: the network is another one', async () => {
    const { clock } = createVirtualTime();
    const inTurn = createInTurn(clock);
    const tried: unknown[] = [];
    const elsewhere = new Error('ENOTFOUND');
    const go = () =>
      inTurn(['a', null], (way) => {
        tried.push(way);
        return way === null ? Promise.reject(elsewhere) : shut();
      });
    await expect(go()).rejects.toBe(elsewhere);
    await expect(go()).rejects.toBe(elsewhere);
    expect(tried).toEqual(['a', null, 'a', null]);
  });
});
