import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { isNear } from './address.ts';
import type { KeptConnections } from './kept-connections.ts';
import { unlessAccepted } from './tunnels.ts';
import type { TunnelOptions } from './tunnels.ts';

/** An address as a request needs it. */
export interface Way {
  readonly url: URL;
  readonly secure: boolean;
  /** In a network of this machine's own. */
  readonly near: boolean;
  /** As node:http takes them. By name: the object of all options has no class, and reading it cost half of making a request. */
  readonly hostname: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly auth: string | null;
}
/** What of a request its head and its connection are made from. */
interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal | null;
  /** Another way can be tried where its proxy accepts no connection. */
  readonly mayGoElsewhere: boolean;
}
/** A request on its way, directly or through a proxy. */
export function requestFor(
  { url, secure, hostname, port, path, auth }: Way,
  connections: KeptConnections,
  { method, headers, signal, mayGoElsewhere }: Sent,
  proxy: string | null,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const { http, https, whole } = proxy === null ? connections : connections.through(proxy);
  if (whole !== null && !secure) {
    const { hostname: to, port: at, servername } = whole;
    const place = { hostname: to, port: at, servername, path: `${url.origin}${path ?? '/'}`, auth, method };
    const all = { ...headers, host: url.host, ...whole.headers };
    const sent = (whole.secure ? httpsRequest : httpRequest)({ ...place, headers: all, agent: http }, onResponse);
    if (mayGoElsewhere)
      sent.once('socket', (socket) => {
        unlessAccepted(socket, (error) => sent.destroy(error));
      });
    return sent;
  }
  const options: RequestOptions & TunnelOptions = {
    hostname,
    port,
    path,
    auth,
    method,
    // As a list they are written down at once; node:http puts an object's into a table of its own first.
    headers: auth === null ? listed(url.host, headers) : headers,
    agent: secure ? https : http,
  };
  if (proxy !== null && signal !== null) options.tunnelSignal = signal;
  if (mayGoElsewhere) options.mayGoElsewhere = true;
  return (secure ? httpsRequest : httpRequest)(options, onResponse);
}

/** Names and values in turn, with the one that node:http adds to an object by itself. */
function listed(host: string, headers: Readonly<Record<string, string>>): string[] {
  const all = ['host', headers['host'] ?? host];
  for (const name in headers) if (name !== 'host') all.push(name, headers[name] ?? '');
  return all;
}

/** Addresses read lately: a provider has a few, and each is read for every request. */
const ways = new Map<string, Way>();
const MOST_WAYS = 64;

/** An address, read. Throws where it is none. */
export function wayOf(address: string): Way {
  const known = ways.get(address);
  if (known) return known;
  const url = new URL(address);
  const { hostname = null, port, path = null, auth = null } = urlToHttpOptions(url);
  const made = {
    url,
    secure: url.protocol === 'https:',
    near: isNear(address),
    hostname,
    port: port ? Number(port) : null,
    path,
    auth,
  };
  if (ways.size >= MOST_WAYS) ways.clear();
  ways.set(address, made);
  return made;
}
