import { ApiRefusal, badRequest } from './errors.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const hostName = (host: string): string => host.replace(/:\d{1,5}$/u, '').toLowerCase();

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

/** Checks the token of a request; the refusal says where to get one. */
export function checkToken(authorization: string | undefined, verify: (token: string) => boolean): void {
  const token = bearerToken(authorization);
  if (token !== null && verify(token)) return;
  throw new ApiRefusal({
    status: 401,
    message:
      token === null
        ? 'Send the token that `serve` printed (or that Settings shows once) as "Authorization: Bearer <token>".'
        : 'This token is not known here: start `serve` again, or make a new one in Settings, and use the token it shows.',
    code: 'invalid_api_key',
    param: null,
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** Reads a body up to the limit. A body that says its size is refused before a byte of it is read. */
export async function readLimited(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = new ApiRefusal({
    status: 413,
    message: `The request is larger than ${maxBytes} bytes: send less text.`,
    code: 'request_too_large',
    param: null,
    headers: { connection: 'close' },
  });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = request.body.getReader();
  let size = 0;
  let text = '';
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw badRequest('The body is not UTF-8 text: send JSON encoded as UTF-8.', null, 'invalid_encoding');
    }
  };
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    size += step.value.byteLength;
    if (size > maxBytes) throw tooLarge;
    text += decode(step.value);
  }
  return text + decode();
}
