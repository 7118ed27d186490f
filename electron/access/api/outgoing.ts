import type { ServerResponse } from 'node:http';

/** Text of one tick beyond which it is sent without waiting for the tick's end, in UTF-16 units. */
const SEND_AT = 16 * 1024;

/** Writes one streamed body. What comes in one tick goes out as one piece, and the first piece goes at once. */
export interface Outgoing {
  write(text: string): void;
  /** Resolves when the reader has room again; null when it has room now. */
  full(): Promise<void> | null;
  end(): void;
}

export function createOutgoing(response: ServerResponse): Outgoing {
  let pending = '';
  let scheduled = false;
  let blocked: Promise<void> | null = null;

  const flush = (): void => {
    scheduled = false;
    if (pending === '' || response.destroyed) return;
    const text = pending;
    pending = '';
    if (response.write(text) || blocked !== null) return;
    blocked = new Promise<void>((resolve) => {
      const free = (): void => {
        response.off('drain', free);
        response.off('close', free);
        blocked = null;
        resolve();
      };
      response.on('drain', free);
      response.on('close', free);
    });
  };

  return {
    write(text) {
      if (text === '') return;
      pending += text;
      if (pending.length >= SEND_AT) flush();
      else if (!scheduled) {
        scheduled = true;
        // Runs after every event that is already there was written, before the loop looks at the network again.
        process.nextTick(flush);
      }
    },
    full: () => blocked,
    end() {
      const text = pending;
      pending = '';
      if (!response.destroyed) response.end(text);
    },
  };
}

/** Sends a whole body as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: object,
  bodyless = false,
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.byteLength,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(bodyless ? undefined : bytes);
}
