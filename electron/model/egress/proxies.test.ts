import { describe, expect, it } from 'vitest';
import { loggedEgress, openOrigin } from '../../../test/support/providers/ask.ts';
import {
  FAR_CERTIFICATE,
  farServer,
  httpProxy,
  plainServer,
  socksProxy,
} from '../../../test/support/providers/proxies.ts';
import { closing, trusting } from '../../../test/support/providers/proxy-hooks.ts';
import { classify } from '../classify/classify.ts';
import { wholeText } from './answer-body.ts';

const until = closing();
trusting(FAR_CERTIFICATE);

/** A door whose way out is this proxy. */
function doorThrough(proxy: string) {
  const { egress, entries } = loggedEgress({ proxyFor: () => proxy });
  until({
    close: () => {
      egress.dispose();
    },
  });
  const ask = async (address: string, more: { isPrivate?: boolean; signal?: AbortSignal } = {}) => {
    const answer = await egress.send(
      {
        providerId: 'far',
        modelId: 'far/big',
        origin: { ...openOrigin, private: more.isPrivate ?? false },
        trustedForPrivate: true,
      },
      address,
      { method: 'POST', headers: { authorization: 'Bearer k' }, body: '{"q":1}', signal: more.signal ?? null },
    );
    return { status: answer.status, text: await wholeText(answer.body) };
  };
  return { ask, entries };
}

/** What the classifier makes of how this ended. */
const faultOf = async (asking: Promise<unknown>) => {
  const error: unknown = await asking.then(
    () => null,
    (reason: unknown) => reason,
  );
  const fault = classify({ provider: 'far', phase: 'pre', status: null, headers: {}, body: null, error }, 0);
  if (fault === null) throw new Error('It was answered.');
  return fault;
};

describe('requests through a proxy', () => {
  it('reach an https address by a tunnel, and the proxy sees no word and no key of them', async () => {
    const server = until(await farServer((request, response) => response.end(`hello ${request.url ?? ''}`)));
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask, entries } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    expect(await ask('https://far.test/v1/chat')).toEqual({ status: 200, text: 'hello /v1/chat' });
    expect(proxy.asked).toEqual(['CONNECT far.test:443']);
    expect(proxy.headers()).not.toHaveProperty('authorization');
    expect(entries).toMatchObject([
      { host: 'far.test', via: `127.0.0.1:${String(proxy.port)}`, bytesOut: 7, status: 200, outcome: 'whole' },
    ]);
  });

  it('use one tunnel for what follows', async () => {
    const server = until(await farServer((_, response) => response.end('ok')));
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    for (let at = 0; at < 3; at++) await ask('https://far.test/v1');
    expect(proxy.asked).toEqual(['CONNECT far.test:443']);
  });

  it('reach an http address by its whole name', async () => {
    const server = until(
      await plainServer((request, response) => response.end(`${request.url ?? ''} of ${request.headers.host ?? ''}`)),
    );
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    expect((await ask('http://far.test:8000/v1?a=1')).text).toBe('/v1?a=1 of far.test:8000');
    expect(proxy.asked).toEqual(['POST http://far.test:8000/v1?a=1']);
  });

  it('sign in with what stands in the proxy’s address, which no log shows', async () => {
    const server = until(await farServer((_, response) => response.end('ok')));
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask, entries } = doorThrough(`http://me:pass%20word@127.0.0.1:${String(proxy.port)}`);
    await ask('https://far.test/v1');
    expect(proxy.headers()['proxy-authorization']).toBe(`Basic ${Buffer.from('me:pass word').toString('base64')}`);
    expect(JSON.stringify(entries)).not.toContain('pass');
  });

  it('go through a SOCKS proxy, which looks the name up', async () => {
    const server = until(await farServer((_, response) => response.end('ok')));
    const proxy = until(await socksProxy({ to: server.port }));
    const { ask } = doorThrough(`socks5://127.0.0.1:${String(proxy.port)}`);
    expect((await ask('https://far.test/v1')).text).toBe('ok');
    expect((await ask('https://far.test/v2')).text).toBe('ok');
    expect(proxy.asked).toEqual(['far.test:443']);
  });

  it('go through a SOCKS proxy without TLS too', async () => {
    const server = until(await plainServer((request, response) => response.end(request.url)));
    const proxy = until(await socksProxy({ to: server.port }));
    const { ask } = doorThrough(`socks5h://127.0.0.1:${String(proxy.port)}`);
    expect((await ask('http://far.test/v1')).text).toBe('/v1');
    expect(proxy.asked).toEqual(['far.test:80']);
  });

  it.each(['http://127.0.0.1:PORT/v1', 'http://localhost:PORT/v1'])('do not when %s is asked', async (address) => {
    const server = until(await plainServer((_, response) => response.end('near')));
    const proxy = until(await httpProxy({ to: server.port }));
    const { ask, entries } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    expect((await ask(address.replace('PORT', String(server.port)))).text).toBe('near');
    expect(proxy.asked).toEqual([]);
    expect(entries[0]?.via).toBeUndefined();
  });

  it('do not when they belong to a private conversation', async () => {
    const proxy = until(await httpProxy({ to: 1 }));
    const { ask } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    expect(await faultOf(ask('https://far.invalid/v1', { isPrivate: true }))).toMatchObject({
      code: /network|offline/,
    });
    expect(proxy.asked).toEqual([]);
  });
});

describe('a proxy that does not let through', () => {
  it.each([
    [407, 'https://far.test/v1', false, /wants a user name and a password/],
    [403, 'https://far.test/v1', false, /does not let requests/],
    [502, 'https://far.test/v1', true, /could not reach/],
    [503, 'https://far.test/v1', true, /could not reach/],
  ])('with %i is told from the provider', async (answer, address, recoverable, words) => {
    const proxy = until(await httpProxy({ to: 1, answer }));
    const { ask, entries } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    const fault = await faultOf(ask(address));
    expect(fault).toMatchObject({ code: 'network', recoverable });
    expect(fault.detail).toMatch(words);
    expect(entries).toMatchObject([{ bytesOut: 0, outcome: 'cut' }]);
  });

  it('because nothing is there says that the proxy cannot be reached', async () => {
    const gone = await httpProxy({ to: 1 });
    await gone.close();
    const { ask } = doorThrough(`http://127.0.0.1:${String(gone.port)}`);
    expect((await faultOf(ask('https://far.test/v1'))).detail).toMatch(/proxy .* cannot be reached/);
    expect((await faultOf(ask('http://far.test/v1'))).detail).toMatch(/proxy .* cannot be reached/);
  });

  it('as SOCKS is told from the provider', async () => {
    const proxy = until(await socksProxy({ to: 1, refuses: 2 }));
    const { ask } = doorThrough(`socks5://127.0.0.1:${String(proxy.port)}`);
    expect(await faultOf(ask('https://far.test/v1'))).toMatchObject({ code: 'network', recoverable: false });
  });

  it('and says nothing is left as soon as the request is given up', async () => {
    const proxy = until(await httpProxy({ to: 1, answer: null }));
    const { ask } = doorThrough(`http://127.0.0.1:${String(proxy.port)}`);
    const controller = new AbortController();
    const asking = ask('https://far.test/v1', { signal: controller.signal });
    await expect.poll(() => proxy.asked).toEqual(['CONNECT far.test:443']);
    const reason = new Error('No answer in time.');
    controller.abort(reason);
    await expect(asking).rejects.toBe(reason);
    await expect.poll(() => proxy.open()).toBe(0);
  });

  it('and is SOCKS and silent is left as soon as the request is given up', async () => {
    const silent = until(await plainServer(() => undefined));
    const { ask } = doorThrough(`socks5://127.0.0.1:${String(silent.port)}`);
    const controller = new AbortController();
    const asking = ask('https://far.test/v1', { signal: controller.signal });
    const reason = new Error('No answer in time.');
    setImmediate(() => {
      controller.abort(reason);
    });
    await expect(asking).rejects.toBe(reason);
  });
});
