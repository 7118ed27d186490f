import { getProxyForUrl } from 'proxy-from-env';
import type { Config } from '../../contract/config.ts';
import { isExempt } from './no-proxy.ts';
import { ProxyError } from './tunnels.ts';

/** Asks the operating system which proxies lead to an address; its answer is a list as proxy scripts give it, such as `PROXY a:8080; DIRECT`. */
export type AskSystem = (address: string) => Promise<string>;

/** Decides through which proxy an address outside this machine's own networks is asked, if through any. */
export interface WayOut {
  /**
   * The proxy's address (`http`, `https`, `socks4`, `socks4a`, `socks5`, `socks5h`); null = asked directly. A promise only where the system
   * is asked: it may name several, at least one, each for when those before it accept no connection. Throws `ProxyMisnamed`.
   */
  proxyFor(address: string): string | null | Promise<readonly (string | null)[]>;
}

/** Every address is asked directly. */
export const DIRECTLY: WayOut = { proxyFor: () => null };

/** What stands where a proxy's address should is none. */
export class ProxyMisnamed extends Error {
  readonly code = 'ERR_PROXY_ADDRESS';
  constructor() {
    super('What is set as the proxy is no address of a proxy.');
  }
}

/** By which programs are told of a proxy, in small letters too (curl(1), "Environment"). */
const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

/** Kinds of proxies in a list (findproxyforurl of proxy scripts) and the schemes they are asked by; names are looked up by the proxy. */
const SCHEMES: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5h',
  SOCKS4: 'socks4a',
  SOCKS5: 'socks5h',
};
const KNOWN = /^(?:https?|socks(?:4a?|5h?)?):\/\/[^\s/?#]+\/?$/iu;

/** An empty one is none (curl(1)); spaces around it come with `set` of Windows. */
const variable = (name: string): string =>
  [name.toLowerCase(), name].map((form) => process.env[form]?.trim() ?? '').find((value) => value !== '') ?? '';

/** The entries that can be used, in their order; null = directly, which nothing comes after. Where there is none, directly. */
export function waysOf(list: string): readonly (string | null)[] {
  const ways: (string | null)[] = [];
  for (const entry of list.split(';')) {
    const [kind = '', place = ''] = entry.trim().split(/\s+/u);
    const scheme = SCHEMES[kind.toUpperCase()];
    if (scheme !== undefined && place !== '') ways.push(`${scheme}://${place}`);
    if (kind.toUpperCase() === 'DIRECT') return [...ways, null];
  }
  return ways.length > 0 ? ways : [null];
}

/** What the environment says: undefined = nothing at all, null = directly. */
function fromEnvironment(address: string): string | null | undefined {
  if (isExempt(address, variable('NO_PROXY'))) return null;
  const written = VARIABLES.map(variable).filter((value) => value !== '');
  if (written.length === 0) return undefined;
  const named = getProxyForUrl(address).trim();
  if (named === '') return null;
  // Without a scheme it is that of an HTTP proxy (curl(1), --proxy); the library takes the address's own.
  return written.includes(named) ? named : named.replace(/^[a-z]+:/u, 'http:');
}

const isWay = (proxy: string | null): boolean => proxy === null || (KNOWN.test(proxy) && URL.canParse(proxy));

function checked(proxy: string | null): string | null {
  if (!isWay(proxy)) throw new ProxyMisnamed();
  return proxy;
}

async function asked(askSystem: AskSystem, address: string): Promise<readonly (string | null)[]> {
  let list: string;
  try {
    list = await askSystem(address);
  } catch (error) {
    // Who set a proxy does not want to be asked directly because it could not be found out.
    throw new ProxyError('ERR_PROXY_CONNECTION_FAILED', 'The system does not say which proxy to use.', error);
  }
  const ways = waysOf(list);
  const wrong = ways.findIndex((way) => !isWay(way));
  if (wrong === 0) throw new ProxyMisnamed();
  // What stands behind one that cannot be read may lead past it: it is not gone on to.
  return wrong < 0 ? ways : ways.slice(0, wrong);
}

/**
 * As the settings say; with `system` as the environment says, and where that says nothing, the operating system. What NO_PROXY names is asked
 * directly also where the settings name a proxy: so do curl, git and npm with one of theirs.
 */
export function createWayOut(network: () => Config['network'], askSystem: AskSystem | null): WayOut {
  return {
    proxyFor(address) {
      const { proxy } = network();
      if (proxy === 'none') return null;
      if (proxy !== 'system') return isExempt(address, variable('NO_PROXY')) ? null : checked(proxy);
      const said = fromEnvironment(address);
      if (said !== undefined) return checked(said);
      return askSystem === null ? null : asked(askSystem, address);
    },
  };
}
