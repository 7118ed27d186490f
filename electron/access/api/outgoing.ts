import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { spaced } from '../../base/crowd.ts';
import type { Crowd, Spacing } from '../../base/crowd.ts';

/** Text of one tick beyond which it is sent without waiting for the tick's end, in UTF-16 units. */
const SEND_AT = 16 * 1024;

/**
 * Pieces of one answer come no closer together than this unless they are large or the last: a write costs as much as making many pieces.
 * Models pause longer between words, so a reader alone never waits for it. With many answers at once all of them together make
 * no more than a piece a millisecond, and each still moves 20 times a second.
 */
export const GAP: Spacing = { leastMs: 2, eachMs: 1, mostMs: 50 };

/** Answers written in this process. */
const EVERYBODY: Crowd = { size: 0 };

/** Writes one streamed body. The first piece goes at once, a burst as few. */
export interface Outgoing {
  write(text: string): void;
  /** Resolves when the reader has room again; null when it has room now. */
  full(): Promise<void> | null;
  end(): void;
}

export function createOutgoing(response: ServerResponse, crowd = EVERYBODY): Outgoing {
  let pending = '';
  let scheduled = false;
  let sentAt = -Infinity;
  let timer: NodeJS.Timeout | null = null;
  let blocked: Promise<void> | null = null;
  let ended = false;
  crowd.size++;

  const flush = (): void => {
    scheduled = false;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (pending === '' || response.destroyed) return;
    const text = pending;
    pending = '';
    sentAt = performance.now();
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
      else if (!scheduled && timer === null) {
        const waitMs = spaced(crowd, GAP) - (performance.now() - sentAt);
        if (waitMs > 0) {
          timer = setTimeout(flush, waitMs);
          return;
        }
        scheduled = true;
        // Runs after every event that is already there was written, before the loop looks at the network again.
        process.nextTick(flush);
      }
    },
    full: () => blocked,
    end() {
      if (!ended) crowd.size--;
      ended = true;
      if (timer !== null) clearTimeout(timer);
      const text = pending;
      pending = '';
      if (!response.destroyed) response.end(text);
    },
  };
}

/** The id of an answer that has no trace. */
export const mintRequestId = (): string => `req_${randomUUID()}`;

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
