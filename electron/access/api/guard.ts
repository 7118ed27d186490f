import type { IncomingMessage } from 'node:http';
import { ApiRefusal, badRequest } from './errors.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const hostName = (host: string): string => host.replace(/:\d{1,5}$/u, '').toLowerCase();

/**
 * The path of a request with its query. Clients that were told of a proxy send the whole address in their first line, which every
 * server must take (RFC 9112, 3.2.2); an address of elsewhere is left as it is, and nothing is found there.
 */
export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const [, host = '', rest = ''] = /^http:\/\/([^/?#]*)(.*)$/iu.exec(url) ?? [];
  if (!LOOPBACK.has(hostName(host))) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Lets only programs of this machine that mean this server through. A page that points its own name at 127.0.0.1 (DNS
 * rebinding) is betrayed by the Host header; a page of another site by Origin.
 */
export function checkCaller(host: string | undefined, origin: string | undefined, port: number): void {
  if (host === undefined || !LOOPBACK.has(hostName(host))) {
    throw new ApiRefusal({
      status: 403,
      message: 'This address answers only programs on this machine: call it as http://127.0.0.1 or http://localhost.',
      code: 'host_not_allowed',
      param: null,
    });
  }
  if (origin === undefined) return;
  const own = [...LOOPBACK].map((name) => `http://${name}:${port}`);
  if (!own.includes(origin.toLowerCase())) {
    throw new ApiRefusal({
      status: 403,
      message: 'Web pages may not call this address: call it from a program that sends no Origin header.',
      code: 'origin_not_allowed',
      param: null,
    });
  }
}

/** The bearer token of an Authorization header; null when there is none. */
export const bearerToken = (authorization: string | undefined): string | null =>
  /^bearer +([^\s]+) *$/iu.exec(authorization ?? '')?.[1] ?? null;

/**
 * The tokens of a request, from `Authorization: Bearer` and Anthropic's `x-api-key`. Both may be there, one of them meant for another
 * server: clients take what the environment holds beside what they are given.
 */
export const tokensOf = ({ headers }: Pick<IncomingMessage, 'headers'>): readonly string[] => {
  const bearer = bearerToken(headers.authorization);
  const key = headers['x-api-key'];
  return [...(bearer === null ? [] : [bearer]), ...(typeof key === 'string' && key !== '' ? [key] : [])];
};

/** What somebody without a working token hears: where to get one. */
export const unknownToken = (isShown: boolean): ApiRefusal =>
  new ApiRefusal({
    status: 401,
    message: isShown
      ? 'This token is not known here: start `serve` again, or make a new one in Settings, and use the token it shows.'
      : 'Send the token that `serve` printed (or that Settings shows once) as "Authorization: Bearer <token>".',
    code: 'invalid_api_key',
    param: null,
    headers: { 'www-authenticate': 'Bearer' },
  });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a body up to the limit. A body that says its size is refused before a byte of it is read. */
export async function readLimited(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  // Made only when needed: an error records its stack, which costs more than reading a small body.
  const tooLarge = (): ApiRefusal =>
    new ApiRefusal({
      status: 413,
      message: `The request is larger than ${maxBytes} bytes: send less text.`,
      code: 'request_too_large',
      param: null,
      headers: { connection: 'close' },
    });
  const { headers } = incoming;
  // Names of encodings are the same in any case (RFC 9110, 8.4.1).
  if (!/^(?:identity)?$/iu.test(headers['content-encoding'] ?? '')) {
    throw new ApiRefusal({
      status: 415,
      message: 'The body is compressed: send it as plain JSON.',
      code: 'unsupported_encoding',
      param: null,
      headers: { connection: 'close' },
    });
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    incoming.on('data', (piece: Buffer) => {
      size += piece.byteLength;
      if (size > maxBytes) {
        incoming.pause();
        reject(tooLarge());
      } else pieces.push(piece);
    });
    incoming.on('end', resolve);
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (incoming.complete) return;
      reject(badRequest('The connection ended before the whole request was there.', null, 'incomplete_request'));
    });
  });
  try {
    return utf8.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  } catch {
    throw badRequest('The body is not UTF-8 text: send JSON encoded as UTF-8.', null, 'invalid_encoding');
  }
}
