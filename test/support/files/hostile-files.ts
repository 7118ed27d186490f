import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { roomToWrite } from '../room-to-write.ts';

/** What a file server may do to a request instead of answering it. */
export const TRICKS = [
  'cut',
  'stall',
  'drip',
  'too-long',
  'too-short',
  'whole',
  'other-tag',
  'corrupt',
  'gzip',
  'multipart',
  'not-satisfiable',
  'chunked',
  'wrong-range',
  'busy',
  'page',
  'no-answer',
  'circle',
] as const;
export type Trick = (typeof TRICKS)[number];

export interface ServedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Bytes that look like a model file and repeat nowhere. */
export function madeFile(name: string, sizeBytes: number, seed: number): ServedFile {
  const bytes = Buffer.alloc(sizeBytes);
  let state = (seed * 2654435761 + 12345) >>> 0 || 1;
  for (let at = 0; at + 4 <= sizeBytes; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeUInt32LE(state >>> 0, at);
  }
  bytes.write('GGUF', 0);
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Sums of parts of a file, as a catalogue may hold them. */
export const partsOf = (file: ServedFile, bytes: number) => ({
  bytes,
  sha256: Array.from({ length: Math.ceil(file.bytes.length / bytes) }, (_, i) =>
    createHash('sha256')
      .update(file.bytes.subarray(i * bytes, (i + 1) * bytes))
      .digest('hex'),
  ),
});

export interface HostileFilesOptions {
  readonly files: readonly ServedFile[];
  /** What is done to request number `index` (from 0), for `[from, to)` of this file; null = an honest answer. */
  readonly trick?: (file: ServedFile, index: number, from: number, to: number) => Trick | null;
  /** What is served of this file to request number `index`; the file itself when absent. */
  readonly bytesOf?: (file: ServedFile, index: number) => Buffer;
  /** Where in the stretch of `length` bytes a trick strikes; the middle when absent. */
  readonly strikesAt?: (file: ServedFile, index: number, length: number) => number;
  /** Bytes handed to the socket at a time and the pause after them, in ms. Absent = all at once. */
  readonly pace?: { readonly bytes: number; readonly ms: number };
}

/** A file server that speaks real HTTP and cannot be trusted. Counts every byte of a body that it sent. */
export async function startHostileFiles(options: HostileFilesOptions) {
  const asked = new Map<string, number>();
  const sent = new Map<string, number>();
  let held: Promise<void> | null = null;
  let release: () => void = () => undefined;
  const requests: { name: string; range: string | null; trick: Trick | null }[] = [];

  async function send(file: ServedFile, response: ServerResponse, bytes: Buffer): Promise<boolean> {
    const step = options.pace?.bytes ?? Math.max(1, bytes.length);
    for (let at = 0; at < bytes.length; at += step) {
      if (response.destroyed) return false;
      if (held) await held;
      const part = bytes.subarray(at, at + step);
      sent.set(file.name, (sent.get(file.name) ?? 0) + part.length);
      if (!response.write(part)) await roomToWrite(response);
      if (options.pace) await new Promise((resolve) => setTimeout(resolve, options.pace?.ms));
    }
    return !response.destroyed;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = decodeURIComponent((request.url ?? '/').slice(1).split('?')[0] ?? '');
    const file = options.files.find((known) => known.name === name);
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const index = asked.get(name) ?? 0;
    asked.set(name, index + 1);
    const range = request.headers.range ?? null;
    const found = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const total = file.bytes.length;
    const from = found ? Number(found[1]) : 0;
    const to = found && found[2] !== '' ? Number(found[2]) + 1 : total;
    const trick = options.trick?.(file, index, from, to) ?? null;
    requests.push({ name, range, trick });
    const etag = `"${file.sha256.slice(0, 12)}${trick === 'other-tag' ? `-${String(index)}` : ''}"`;
    const honest = (options.bytesOf?.(file, index) ?? file.bytes).subarray(from, to);
    const strike = Math.min(honest.length, options.strikesAt?.(file, index, honest.length) ?? honest.length >> 1);
    const status = found ? 206 : 200;
    const head = {
      etag,
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'content-length': String(honest.length),
      ...(found ? { 'content-range': `bytes ${from}-${to - 1}/${total}` } : {}),
    };
    switch (trick) {
      case 'no-answer':
        request.socket.destroy();
        return;
      case 'busy':
        response.writeHead(503, { 'retry-after': '0' }).end('busy');
        return;
      case 'page':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
        return;
      case 'circle':
        response.writeHead(302, { location: request.url ?? '/' }).end();
        return;
      case 'not-satisfiable':
        response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
        return;
      case 'gzip':
        response.writeHead(status, { ...head, 'content-encoding': 'gzip' });
        await send(file, response, honest.subarray(0, 512));
        response.destroy();
        return;
      case 'multipart':
        response.writeHead(206, { ...head, 'content-type': 'multipart/byteranges; boundary=x' });
        await send(file, response, honest.subarray(0, 512));
        response.destroy();
        return;
      case 'wrong-range':
        response.writeHead(206, { ...head, 'content-range': `bytes ${from + 7}-${to - 1}/${total}` });
        await send(file, response, honest.subarray(7, 519));
        response.destroy();
        return;
      case 'cut':
        response.writeHead(status, head);
        await send(file, response, honest.subarray(0, strike));
        response.destroy();
        return;
      case 'stall':
        response.writeHead(status, head);
        await send(file, response, honest.subarray(0, strike));
        return;
      case 'drip':
        response.writeHead(status, head);
        await send(file, response, honest.subarray(0, strike));
        for (let at = strike; at < honest.length && !response.destroyed; at++) {
          sent.set(name, (sent.get(name) ?? 0) + 1);
          response.write(honest.subarray(at, at + 1));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return;
      case 'too-long': {
        // Promises twice the file, sends what there is, and ends.
        const more = found
          ? {
              'content-range': `bytes ${from}-${2 * total - 1}/${2 * total}`,
              'content-length': String(2 * total - from),
            }
          : { 'content-length': String(2 * total) };
        response.writeHead(status, { ...head, ...more });
        await send(file, response, honest);
        response.destroy();
        return;
      }
      case 'too-short': {
        const half = total >> 1;
        response.writeHead(200, { ...head, 'content-length': String(half) });
        await send(file, response, file.bytes.subarray(0, Math.min(half, 512)));
        response.destroy();
        return;
      }
      case 'whole':
        response.writeHead(200, { ...head, 'content-length': String(total) });
        if (await send(file, response, file.bytes)) response.end();
        return;
      case 'corrupt': {
        const bytes = Buffer.from(honest);
        if (bytes.length > 0)
          bytes[Math.min(bytes.length - 1, strike)] = (bytes[Math.min(bytes.length - 1, strike)] ?? 0) ^ 0x55;
        response.writeHead(status, head);
        if (await send(file, response, bytes)) response.end();
        return;
      }
      case 'chunked': {
        const unmeasured = Object.entries(head).filter(([name]) => name !== 'content-length');
        response.writeHead(status, Object.fromEntries(unmeasured));
        if (await send(file, response, honest)) response.end();
        return;
      }
      default:
        response.writeHead(status, head);
        if (await send(file, response, honest)) response.end();
    }
  }

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
  return {
    url,
    urlOf: (file: ServedFile) => `${url}/${encodeURIComponent(file.name)}`,
    requests,
    /** Bytes of bodies sent for a file, whether anybody took them or not. */
    sentOf: (file: ServedFile) => sent.get(file.name) ?? 0,
    /** Nothing more is sent until the answer is called. */
    hold(): () => void {
      held = new Promise((resolve) => (release = resolve));
      return () => {
        held = null;
        release();
      };
    },
    async stop(): Promise<void> {
      held = null;
      release();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
export type HostileFiles = Awaited<ReturnType<typeof startHostileFiles>>;
