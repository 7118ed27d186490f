import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { AgentOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemTimers } from '../../base/timers.ts';
import { loadLibraries } from '../libraries.ts';

/** Stands among the options of a request. */
export interface TunnelOptions {
  /** Ends the opening of a tunnel whose request was given up. */
  tunnelSignal?: AbortSignal | undefined;
  /** Another way can be tried: the proxy has `ACCEPT_MS` to accept a connection. */
  mayGoElsewhere?: boolean | undefined;
}

/** How long a proxy has to accept a connection where another way is named after it, in ms; a policy's connections have 5 s in all. */
export const ACCEPT_MS = 2000;

/** A proxy that cannot be reached, or does not let a request through. Its code is what the classifier knows it by. */
export class ProxyError extends Error {
  readonly code:
    | 'ERR_PROXY_CONNECTION_FAILED'
    | 'ERR_PROXY_CERTIFICATE_INVALID'
    | 'ERR_PROXY_SIGN_IN'
    | 'ERR_PROXY_DENIED'
    | 'ERR_TUNNEL_CONNECTION_FAILED';
  constructor(code: ProxyError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Gives a connection to a proxy up that is not accepted in time. */
export function unlessAccepted(socket: Socket, giveUp: (error: ProxyError) => void): void {
  if (!socket.connecting) return;
  const stop = systemTimers.after(ACCEPT_MS, () => {
    giveUp(new ProxyError('ERR_PROXY_CONNECTION_FAILED', 'The proxy accepts no connection.'));
  });
  socket.once('connect', stop);
  socket.once('close', stop);
}

/** How requests go through one proxy. */
export interface Proxied {
  /** For `http` addresses. */
  readonly http: HttpAgent;
  /** For `https` addresses. */
  readonly https: HttpsAgent;
  /** The proxy itself is asked for `http` addresses, by their whole address (RFC 9112, 3.2.2): here, and with these headers. */
  readonly whole: WholeAddress | null;
  /** Something goes through it, or is about to. */
  busy(): boolean;
  /** Ends what goes through it, tunnels that are being opened too. */
  dispose(): void;
}
interface WholeAddress {
  readonly hostname: string;
  readonly port: number;
  /** Whose certificate is asked for where the way to the proxy is TLS: `node:https` would take the name that the header `host` holds. */
  readonly servername: string;
  /** The way to the proxy is TLS. */
  readonly secure: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where SOCKS proxies listen unless said (RFC 1928, 3). */
const SOCKS_PORT = 1080;
/** A host as sockets take it: an IPv6 address without its brackets. */
const bare = (host: string): string => host.replace(/^\[|\]$/gu, '');
/** Whose certificate a proxy shows; an IP address is no name for TLS (RFC 6066, 3) and is checked as the host. */
const certified = (host: string): string => (isIP(host) === 0 ? host : '');

/** A user name or a password as it was meant: many write a percent sign as it is. */
const plain = (escaped: string): string =>
  escaped.replace(/(?:%[\da-f]{2})+/giu, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });

/** Where a proxy listens. */
function reachedAt({ protocol, hostname, port }: URL): { readonly host: string; readonly port: number } {
  const usual = protocol === 'http:' ? 80 : protocol === 'https:' ? 443 : SOCKS_PORT;
  return { host: bare(hostname), port: port === '' ? usual : Number(port) };
}

/** `host:port` of a proxy. */
export function placeOf(proxy: string): string {
  const url = new URL(proxy);
  return `${url.hostname}:${String(reachedAt(url).port)}`;
}

function signIn({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const words = `${plain(username)}:${plain(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(words, 'utf8').toString('base64')}` };
}

/** What a proxy says to `CONNECT` instead of letting through: it could not get there (5xx), wants a sign-in (407), or does not want to. */
function refused(status: number): ProxyError {
  const said = `The proxy answered ${String(status)} to CONNECT.`;
  if (status === 407) return new ProxyError('ERR_PROXY_SIGN_IN', said);
  return new ProxyError(status >= 500 ? 'ERR_TUNNEL_CONNECTION_FAILED' : 'ERR_PROXY_DENIED', said);
}

/** Codes that say that this machine has no network, whatever is asked. */
const NO_NETWORK: ReadonlySet<unknown> = new Set(['ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN']);
/** Codes of certificates that are not trusted (nodejs.org/api/tls.html, X509 certificate error codes). */
const CERTIFICATE =
  /^(?:ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|INVALID_CA|HOSTNAME_MISMATCH)/u;

/** What went wrong on the way to the proxy itself; whoever gave the request up hears their own reason. */
export function onTheWayToProxy(error: unknown, signal: AbortSignal | null | undefined): Error {
  const reason: unknown = signal?.aborted ? signal.reason : null;
  if (reason instanceof Error) return reason;
  if (error instanceof ProxyError) return error;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  if (error instanceof Error && NO_NETWORK.has(code)) return error;
  if (CERTIFICATE.test(String(code)))
    return new ProxyError('ERR_PROXY_CERTIFICATE_INVALID', 'The certificate of the proxy is not trusted.', error);
  return new ProxyError('ERR_PROXY_CONNECTION_FAILED', 'The proxy cannot be reached.', error);
}

/** What is being opened, and can be ended before it is. */
type Opening = Set<{ destroy(error: Error): unknown }>;

/** Opens a way to `host:port` through an HTTP proxy (RFC 9110, 9.3.6). */
function byConnect(
  proxy: URL,
  place: string,
  opening: Opening,
  { tunnelSignal: signal, mayGoElsewhere }: TunnelOptions,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const { host, port } = reachedAt(proxy);
    const asked = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host,
      port,
      servername: certified(host),
      method: 'CONNECT',
      path: place,
      headers: { host: place, ...signIn(proxy) },
      agent: false,
      ...(signal ? { signal } : {}),
    });
    opening.add(asked);
    if (mayGoElsewhere)
      asked.once('socket', (socket) => {
        unlessAccepted(socket, (error) => asked.destroy(error));
      });
    asked.once('close', () => opening.delete(asked));
    asked.once('connect', ({ statusCode = 0 }, socket, head) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refused(statusCode));
    });
    asked.once('response', ({ statusCode = 0 }) => {
      asked.destroy();
      reject(refused(statusCode));
    });
    asked.once('error', (error) => {
      reject(onTheWayToProxy(error, signal));
    });
    asked.end();
  });
}

/** The same through a SOCKS proxy (RFC 1928), which looks names up itself. */
async function bySocks(
  proxy: URL,
  { host, port }: { readonly host: string; readonly port: number },
  opening: Opening,
  { tunnelSignal: signal, mayGoElsewhere }: TunnelOptions,
): Promise<Duplex> {
  const { SocksClient } = await loadLibraries();
  const reached = reachedAt(proxy);
  const socket = connect({ ...reached, noDelay: true });
  // Not the socket's own option: that holds for as long as the socket lives, and others use it when this request is over.
  const giveUp = () => {
    socket.destroy(new DOMException('Aborted', 'AbortError'));
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  opening.add(socket);
  if (mayGoElsewhere) unlessAccepted(socket, (error) => socket.destroy(error));
  try {
    if (signal?.aborted) giveUp();
    await once(socket, 'connect');
    await SocksClient.createConnection({
      command: 'connect',
      destination: { host: bare(host), port },
      existing_socket: socket,
      proxy: {
        ...reached,
        type: proxy.protocol.startsWith('socks4') ? 4 : 5,
        ...(proxy.username === '' ? {} : { userId: plain(proxy.username) }),
        ...(proxy.password === '' ? {} : { password: plain(proxy.password) }),
      },
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw socksError(error, signal);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    opening.delete(socket);
  }
}

/** What a SOCKS proxy says is told in words by the library (RFC 1928, 6 and RFC 1929). */
function socksError(thrown: unknown, signal: AbortSignal | undefined): Error {
  const said = thrown instanceof Error ? thrown.message : '';
  // The library's own errors carry what it was called with, the password too.
  const error = thrown instanceof Error && 'options' in thrown ? new Error(said) : thrown;
  if (/authentication/iu.test(said)) return new ProxyError('ERR_PROXY_SIGN_IN', 'The proxy wants a sign-in.', error);
  if (/NotAllowed|rejected/iu.test(said))
    return new ProxyError('ERR_PROXY_DENIED', 'The proxy does not let this through.', error);
  if (/Unreachable|Refused|TTLExpired|GeneralFailure/u.test(said))
    return new ProxyError('ERR_TUNNEL_CONNECTION_FAILED', 'The proxy could not get there.', error);
  return onTheWayToProxy(error, signal);
}

type Created = (error: Error | null, socket?: Duplex) => void;
/** An agent's options of one connection, among them what the request was made with. */
type ConnectionOptions = RequestOptions & TunnelOptions;

/** Hands a way over as soon as it is open; `null` in between says to the agent that it comes later (http.Agent, createConnection). */
function later(opening: Promise<Duplex>, created: Created): null {
  opening.then(
    (socket) => {
      created(null, socket);
    },
    (error: unknown) => {
      created(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return null;
}

/** How requests go through this proxy; connections are kept as the options say. */
export function proxiedBy(address: string, options: AgentOptions): Proxied {
  const proxy = new URL(address);
  const socks = proxy.protocol.startsWith('socks');
  const opening: Opening = new Set();
  const open = ({ host, port, ...how }: ConnectionOptions): Promise<Duplex> =>
    socks
      ? bySocks(proxy, { host: host ?? '', port: Number(port) }, opening, how)
      : byConnect(proxy, `${host?.includes(':') ? `[${host}]` : (host ?? '')}:${String(port)}`, opening, how);

  class Tunnels extends HttpsAgent {
    override createConnection(given: ConnectionOptions, created: Created): null {
      // With a socket of its own TLS goes over that one; the rest (sessions kept, names checked) is as ever.
      const secured = open(given).then((socket) => {
        const made = super.createConnection({ ...given, socket } as RequestOptions);
        if (!made) throw new Error('No TLS connection was made.');
        return made;
      });
      return later(secured, created);
    }
  }
  class Ways extends HttpAgent {
    override createConnection(given: ConnectionOptions, created: Created): null {
      return later(open(given), created);
    }
  }
  const https = new Tunnels(options);
  const secure = proxy.protocol === 'https:';
  const http = socks ? new Ways(options) : secure ? new HttpsAgent(options) : new HttpAgent(options);
  const { host: hostname, port } = reachedAt(proxy);
  return {
    http,
    https,
    whole: socks ? null : { hostname, port, servername: certified(hostname), secure, headers: signIn(proxy) },
    busy: () => opening.size > 0 || [http, https].some(({ sockets }) => Object.keys(sockets).length > 0),
    dispose() {
      for (const one of opening) one.destroy(new ProxyError('ERR_PROXY_CONNECTION_FAILED', 'The way was closed.'));
      http.destroy();
      https.destroy();
    },
  };
}
