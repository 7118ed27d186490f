import { describe, expect, it, vi } from 'vitest';
import { withoutProxies } from '../../../test/support/providers/proxy-hooks.ts';
import { config } from '../../contract/config.ts';
import { createWayOut, ProxyMisnamed, waysOf } from './way-out.ts';

const network = (proxy: string) => () => config.parse({ network: { proxy } }).network;
const FAR = 'https://api.far.test/v1';

withoutProxies();

describe('which proxy an address is asked through', () => {
  it('is the one of the settings, whatever the environment says', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://other:1');
    expect(createWayOut(network('http://proxy:3128'), null).proxyFor(FAR)).toBe('http://proxy:3128');
  });

  it.each(['NO_PROXY', 'no_proxy'])('is none for what %s names, also where the settings name a proxy', (name) => {
    vi.stubEnv(name, 'other.test, .far.test');
    const { proxyFor } = createWayOut(network('http://proxy:3128'), null);
    expect(proxyFor(FAR)).toBeNull();
    expect(proxyFor('https://api.third.test/v1')).toBe('http://proxy:3128');
  });

  it('is none where the settings say so', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://other:1');
    expect(createWayOut(network('none'), null).proxyFor(FAR)).toBeNull();
  });

  it.each([
    ['HTTPS_PROXY', 'http://proxy:1'],
    ['https_proxy', 'http://proxy:1'],
    ['ALL_PROXY', 'socks5://proxy:1'],
  ])('is that of %s with the system’s way', (name, value) => {
    vi.stubEnv(name, value);
    expect(createWayOut(network('system'), null).proxyFor(FAR)).toBe(value);
  });

  it('is an HTTP proxy where the variable names no scheme', () => {
    vi.stubEnv('HTTPS_PROXY', 'proxy:3128');
    expect(createWayOut(network('system'), null).proxyFor(FAR)).toBe('http://proxy:3128');
  });

  it('is none for what NO_PROXY names, and the system is not asked', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy:1');
    vi.stubEnv('NO_PROXY', 'other.test,.far.test');
    const ask = vi.fn<() => Promise<string>>();
    expect(createWayOut(network('system'), ask).proxyFor(FAR)).toBeNull();
    expect(ask).not.toHaveBeenCalled();
  });

  it.each([
    ['https_proxy', ''],
    ['HTTPS_PROXY', ' '],
  ])('is not hidden by an empty %s', (name, empty) => {
    vi.stubEnv(name === 'https_proxy' ? 'HTTPS_PROXY' : 'https_proxy', ' http://proxy:1 ');
    vi.stubEnv(name, empty);
    expect(createWayOut(network('system'), null).proxyFor(FAR)).toBe('http://proxy:1');
  });

  it.each([
    ['*', true],
    ['other.test, *', true],
    ['far.test', true],
    ['FAR.TEST', true],
    ['.far.test', true],
    ['*.far.test', true],
    ['api.far.test.', true],
    ['api.far.test:443', true],
    ['api.far.test:8443', false],
    ['ar.test', false],
    ['api', false],
    ['xapi.far.test', false],
    ['', false],
    [' , ', false],
    ['/8', false],
    [':443', false],
  ])('with NO_PROXY=%s is none: %s', (list, none) => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy:1');
    vi.stubEnv('NO_PROXY', list);
    expect(createWayOut(network('system'), null).proxyFor(FAR)).toBe(none ? null : 'http://proxy:1');
  });

  it.each([
    ['https://198.51.100.7/v1', '198.51.100.0/24', true],
    ['https://198.51.101.7/v1', '198.51.100.0/24', false],
    ['https://198.51.100.7/v1', '198.51.100.7', true],
    ['https://198.51.100.7:8443/v1', '198.51.100.7:8443', true],
    ['https://198.51.100.7/v1', '198.51.100.0/99', false],
    ['https://[2001:db8::7]/v1', '2001:db8::7', true],
    ['https://[2001:db8::7]/v1', '[2001:DB8::7]:443', true],
    ['https://[2001:db8::7]/v1', '2001:db8::/32', true],
    ['https://[2001:db9::7]/v1', '2001:db8::/32', false],
  ])('of %s with NO_PROXY=%s is none: %s', (address, list, none) => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy:1');
    vi.stubEnv('NO_PROXY', list);
    expect(createWayOut(network('system'), null).proxyFor(address)).toBe(none ? null : 'http://proxy:1');
  });

  it('is not guessed where the system cannot be asked', async () => {
    const ask = () => Promise.reject(new Error('no session'));
    await expect(createWayOut(network('system'), ask).proxyFor(FAR)).rejects.toMatchObject({
      code: 'ERR_PROXY_CONNECTION_FAILED',
    });
  });

  it('is what the system says where the environment says nothing', async () => {
    const ask = vi.fn(() => Promise.resolve('PROXY corp:8080; DIRECT'));
    expect(await createWayOut(network('system'), ask).proxyFor(FAR)).toEqual(['http://corp:8080', null]);
    expect(ask).toHaveBeenCalledWith(FAR);
  });

  it('is never guessed when what is set is no address', () => {
    vi.stubEnv('HTTPS_PROXY', 'ftp://proxy:1');
    expect(() => createWayOut(network('system'), null).proxyFor(FAR)).toThrow(ProxyMisnamed);
  });
});

describe('a list of proxies from the system', () => {
  it.each([
    ['DIRECT', [null]],
    ['', [null]],
    ['PROXY a:1; PROXY b:2', ['http://a:1', 'http://b:2']],
    ['PROXY a:1; DIRECT', ['http://a:1', null]],
    ['HTTPS a:443', ['https://a:443']],
    ['SOCKS5 a:1080;DIRECT', ['socks5h://a:1080', null]],
    ['SOCKS a:1080', ['socks5h://a:1080']],
    ['QUIC a:1; PROXY b:2', ['http://b:2']],
    ['QUIC a:1', [null]],
    ['DIRECT; PROXY b:2', [null]],
  ])('“%s” means %j', (list, ways) => {
    expect(waysOf(list)).toEqual(ways);
  });

  it('is read up to an entry that is no address, and not at all where that is the first', async () => {
    const from = (list: string) => createWayOut(network('system'), () => Promise.resolve(list)).proxyFor(FAR);
    expect(await from('PROXY a:1; PROXY b:99999; DIRECT')).toEqual(['http://a:1']);
    await expect(from('PROXY b:99999; DIRECT')).rejects.toBeInstanceOf(ProxyMisnamed);
  });
});

describe('the proxy of the settings', () => {
  it.each(['system', 'none', 'http://proxy:3128', 'https://proxy', 'socks5://127.0.0.1:1080', 'http://[::1]:3128/'])(
    'may be %s',
    (proxy) => {
      expect(config.parse({ network: { proxy } }).network.proxy).toBe(proxy);
    },
  );

  it.each([
    'http://me:secret@proxy:3128',
    'proxy:3128',
    'ftp://proxy',
    '',
    'SYSTEM',
    'http://proxy/path',
    'http://a b',
  ])('may not be “%s”', (proxy) => {
    expect(config.safeParse({ network: { proxy } }).error?.issues[0]?.message).toMatch(/HTTPS_PROXY/);
  });
});
