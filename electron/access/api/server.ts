import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ServerDeps {
  readonly onRequest: (incoming: IncomingMessage, response: ServerResponse) => void;
  /** Answers under way must come to their end now. */
  readonly onImpatient: () => void;
  /** How long `close` waits for answers that are being written before it ends them. */
  readonly closeGraceMs: number;
}

export interface Server {
  /** Listens on 127.0.0.1; port 0 picks a free one. Rejects when the port is taken. */
  listen(port: number): Promise<{ port: number; url: string }>;
  /** No new requests; answers under way get `closeGraceMs`, then end with an error event. */
  close(): Promise<void>;
  port(): number;
}

/** More connections than this at once are ended as they come: each costs memory before anybody knows whose it is. */
const MOST_CONNECTIONS = 1024;

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** How long a refused sender may take to hang up, in ms: until then it takes a place from others. */
const FAREWELL_MS = 1000;

/**
 * What is no HTTP, too slow or too long in its head never becomes a request; it still hears why, unless that would stand in
 * the middle of an answer to an earlier one.
 */
function refuseConnection(error: Error & { code?: string }, socket: Socket, isAnswering: boolean): void {
  if (isAnswering || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const message =
    status === 431
      ? 'The head of the request is larger than 16 KiB: send shorter headers and address.'
      : status === 408
        ? 'The request took too long to arrive: send it again, whole.'
        : 'This is not an HTTP request that can be read.';
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } });
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // Ended at once, what it still sends would be met with a reset, and the words before that be lost.
  const farewell = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once('close', () => {
    clearTimeout(farewell);
  });
}

/** The HTTP server under the local API: loopback only, bounded in time, size and number. */
export function createApiServer({ onRequest, onImpatient, closeGraceMs }: ServerDeps): Server {
  let port = 0;
  /** Every connection with its answers under way. */
  const connections = new Map<Socket, Set<ServerResponse>>();
  const server = createServer(
    {
      // Slow senders: the head within 10 s, the whole request within a minute, looked at every second.
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16 * 1024,
      keepAliveTimeout: 30_000,
      noDelay: true,
    },
    (incoming, response) => {
      const answers = connections.get(incoming.socket);
      answers?.add(response);
      // A kept-alive connection would hold `close` up after its last answer.
      response.on('close', () => {
        answers?.delete(response);
        if (!server.listening) setImmediate(() => server.closeIdleConnections());
      });
      onRequest(incoming, response);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    connections.set(socket, new Set());
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error, duplex) => {
    const socket = duplex as Socket;
    refuseConnection(
      error,
      socket,
      [...(connections.get(socket) ?? [])].some((answer) => answer.headersSent),
    );
  });

  return {
    port: () => port,
    listen: (wanted) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(wanted, '127.0.0.1', () => {
          server.off('error', reject);
          const address = server.address();
          port = typeof address === 'object' && address !== null ? address.port : wanted;
          resolve({ port, url: `http://127.0.0.1:${port}` });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (!server.listening) {
          resolve();
          return;
        }
        const impatient = setTimeout(onImpatient, closeGraceMs);
        const last = setTimeout(() => {
          server.closeAllConnections();
        }, closeGraceMs + 1000);
        server.close(() => {
          clearTimeout(impatient);
          clearTimeout(last);
          resolve();
        });
        // Node calls a connection idle only between requests: one that never sent a whole head would hold `close` up to its last.
        for (const [socket, answers] of connections) if (answers.size === 0) socket.destroy();
      }),
  };
}
