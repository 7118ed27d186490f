import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { proxiedBy } from './tunnels.ts';
import type { Proxied } from './tunnels.ts';

/** Idle connections are kept this long, in ms: shorter than what servers commonly keep (5 s), so that none dies in our hands. */
export const KEEP_ALIVE_MS = 4000;
/** A server that says how long it keeps them is believed up to this, in ms: a network may have changed by then. */
export const MOST_KEEP_ALIVE_MS = 60_000;
/** So much sooner than the server, in ms: what is sent while it closes is lost. */
const BEFORE_MS = 1000;
/** Looked at no more often than this, in ms: well within what is kept back above. */
const LOOK_MS = 250;
const MOST_SOCKETS = 256;
/** Proxies whose connections are kept; more are in use only while somebody changes them. */
const MOST_PROXIES = 4;

export interface KeptConnections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  readonly whole: null;
  /** Those that lead through this proxy. */
  through(proxy: string): Proxied;
  /** An answer came: its connection is kept as long as the server says (`Keep-Alive: timeout=60`, RFC 2068, 19.7.1). */
  answered(response: IncomingMessage): void;
  /** A request is about to be sent: connections whose time went by while this machine slept are ended, as nobody is behind them any more. */
  dropOverdue(): void;
  dispose(): void;
}

/** How long the server says that it keeps an idle connection, less what is safe; null = it does not say. */
function statedMs(header: string | string[] | undefined): number | null {
  const seconds = /(?:^|[\s,;])timeout\s*=\s*"?(\d+)/iu.exec(String(header ?? ''))?.[1];
  return seconds === undefined ? null : Math.min(MOST_KEEP_ALIVE_MS, Number(seconds) * 1000 - BEFORE_MS);
}

/**
 * Connections that wait for the next request. A new one costs a name lookup and two to four ways to the server and back before a word is sent, and
 * who chats pauses longer than four seconds. `now` = the time of day, epoch ms: timers stand still while a machine sleeps, and servers do not.
 */
export function createKeptConnections(now: () => number): KeptConnections {
  const stated = new WeakMap<object, number>();
  /** When each that waits is over, epoch ms. */
  const waiting = new Map<Socket, number>();
  const known = new WeakSet<Socket>();
  let lookedAt = -Infinity;
  const options: AgentOptions = {
    keepAlive: true,
    timeout: KEEP_ALIVE_MS,
    maxSockets: MOST_SOCKETS,
    scheduling: 'lifo',
  };
  const keeping = <T extends HttpAgent>(agent: T): T => {
    // Node's own looks at what the server says only where it stands first, and to keep a connection shorter.
    const keep = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (duplex) => {
      const ms = stated.get(duplex) ?? KEEP_ALIVE_MS;
      const kept = (keep(duplex) as unknown as boolean) && ms > 0;
      if (!kept) return kept;
      const socket = duplex as Socket;
      // Anew each time: a timer that ran out during the answer does not start again by itself.
      socket.setTimeout(ms);
      if (!known.has(socket)) socket.once('close', () => waiting.delete(socket));
      known.add(socket);
      waiting.set(socket, now() + ms);
      return kept;
    };
    const reuse = agent.reuseSocket.bind(agent);
    agent.reuseSocket = (socket, request) => {
      waiting.delete(socket as Socket);
      reuse(socket, request);
    };
    return agent;
  };
  const http = keeping(new HttpAgent(options));
  const https = keeping(new HttpsAgent(options));
  const proxied = new Map<string, Proxied>();
  /** Those that made room for others while something went through them. */
  const retired = new Set<Proxied>();
  /** What is under way goes on. */
  const letGo = ({ http: plain, https: secure }: Proxied) => {
    for (const { freeSockets } of [plain, secure])
      for (const sockets of Object.values(freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  };
  return {
    http,
    https,
    whole: null,
    through(proxy) {
      const known = proxied.get(proxy);
      if (known) return known;
      for (const [oldest, ways] of proxied) {
        if (proxied.size < MOST_PROXIES) break;
        proxied.delete(oldest);
        letGo(ways);
        retired.add(ways);
      }
      for (const ways of retired) if (!ways.busy()) retired.delete(ways);
      const made = proxiedBy(proxy, options);
      keeping(made.http);
      keeping(made.https);
      proxied.set(proxy, made);
      return made;
    },
    answered({ headers, socket }) {
      const ms = statedMs(headers['keep-alive']);
      if (ms !== null) stated.set(socket, ms);
    },
    dropOverdue() {
      const at = now();
      // Timers end them while the machine is awake, so looking now and then is enough.
      if (waiting.size === 0 || Math.abs(at - lookedAt) < LOOK_MS) return;
      lookedAt = at;
      for (const [socket, until] of waiting) {
        if (at <= until) continue;
        waiting.delete(socket);
        socket.destroy();
        // Its agent hears of the end in the next turn only, and would give it away in this one.
        socket.emit('agentRemove');
      }
    },
    dispose() {
      http.destroy();
      https.destroy();
      for (const ways of [...proxied.values(), ...retired]) ways.dispose();
      proxied.clear();
      retired.clear();
    },
  };
}
