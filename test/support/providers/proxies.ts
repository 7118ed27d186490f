import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'tls', name), 'utf8');
/** Of `far.test` alone, signed by itself. For tests: its key is no secret. */
export const FAR_CERTIFICATE = read('far.test.crt');
/** Of `localhost` and `127.0.0.1`, for proxies that are reached over TLS. */
export const LOOPBACK_CERTIFICATE = read('loopback.crt');

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

async function listening(server: Server): Promise<Listening> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A server of `https://far.test`, here on loopback: only a proxy leads to it by that name. */
export const farServer = (listener: RequestListener): Promise<Listening> =>
  listening(createSecureServer({ key: read('far.test.key'), cert: FAR_CERTIFICATE }, listener));

export const plainServer = (listener: RequestListener): Promise<Listening> => listening(createServer(listener));

export interface Proxy extends Listening {
  /** `METHOD target` of what it was asked, in order. */
  readonly asked: readonly string[];
  /** Headers of the last request. */
  readonly headers: () => IncomingMessage['headers'];
  /** Connections that are open to it. */
  readonly open: () => number;
}

export interface HttpProxyOptions {
  /** Where everything leads, whatever its name. */
  readonly to: number;
  /** Instead of letting through. `null` = nothing is ever said. */
  readonly answer?: number | null;
  /** The way to the proxy is TLS, with this certificate. */
  readonly tls?: 'loopback' | 'far.test';
}

/** An HTTP proxy: whole addresses and tunnels, all to one port of loopback. */
export async function httpProxy({ to, answer, tls }: HttpProxyOptions): Promise<Proxy> {
  const asked: string[] = [];
  let last: IncomingMessage['headers'] = {};
  let count = 0;
  const listener: RequestListener = (incoming, outgoing) => {
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    last = incoming.headers;
    if (answer === null) return;
    if (answer !== undefined) {
      outgoing.writeHead(answer, { 'content-type': 'text/html' }).end('<html>proxy</html>');
      return;
    }
    const { pathname, search } = new URL(incoming.url ?? '');
    const onward = request(
      { port: to, host: '127.0.0.1', method: incoming.method, path: pathname + search, headers: incoming.headers },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ key: read(`${tls}.key`), cert: read(`${tls}.crt`) }, listener);
  server.on('connection', (socket: Socket) => {
    count += 1;
    socket.once('close', () => (count -= 1));
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    asked.push(`CONNECT ${incoming.url ?? ''}`);
    last = incoming.headers;
    if (answer === null) {
      socket.on('end', () => socket.destroy()).resume();
      return;
    }
    if (answer !== undefined) {
      socket.end(`HTTP/1.1 ${String(answer)} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { ...(await listening(server)), asked, headers: () => last, open: () => count };
}

/** A SOCKS5 proxy without a sign-in (RFC 1928). `refuses` = the reply it gives instead of letting through, such as 2. */
export async function socksProxy({
  to,
  refuses,
}: {
  readonly to: number;
  readonly refuses?: number;
}): Promise<Omit<Proxy, 'headers'>> {
  const asked: string[] = [];
  let count = 0;
  const server = createSocketServer((socket) => {
    count += 1;
    socket.once('close', () => (count -= 1));
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (wish: Buffer) => {
        const name = wish.subarray(5, 5 + (wish[4] ?? 0)).toString('latin1');
        asked.push(`${name}:${String(wish.readUInt16BE(wish.length - 2))}`);
        const reply = Buffer.from([5, refuses ?? 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        if (refuses !== undefined) {
          socket.end(reply);
          return;
        }
        const onward = connect(to, '127.0.0.1', () => {
          socket.write(reply);
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => socket.destroy());
        socket.on('close', () => onward.destroy());
      });
    });
  });
  return { ...(await listening(server)), asked, open: () => count };
}

/** A proxy that says what it likes: each connection is handed over as it came. */
export function rawProxy(onConnection: (socket: Socket) => void): Promise<Listening> {
  return listening(createSocketServer(onConnection));
}
