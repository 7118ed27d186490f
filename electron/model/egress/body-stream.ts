import type { IncomingMessage } from 'node:http';
import type { EgressOutcome } from '../../contract/names.ts';
import { systemTimers } from '../../base/timers.ts';

/** An error's body is read up to here: more does not explain more. */
export const MOST_ERROR_BYTES = 64 * 1024;
/** Longest answer read at all, and longest line of an event stream, in bytes: past this somebody is playing with us. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
export const MOST_LINE_BYTES = 8 * 1024 * 1024;

/** An answer that is larger than any honest one. */
export class AnswerTooLarge extends Error {
  readonly code = 'ANSWER_TOO_LARGE';
  constructor(what: string, bytes: number) {
    super(`${what} is longer than ${String(bytes)} bytes.`);
    this.name = 'AnswerTooLarge';
  }
}

/** A connection that ended before the answer did. */
export class AnswerCut extends Error {
  readonly code = 'ECONNRESET';
  constructor() {
    super('The connection ended before the answer did.');
    this.name = 'AnswerCut';
  }
}

/** Why a reader cancels that has the answer's last word: only the end of its wrapping is left. */
export const READ_IT_ALL = 'read it all';

const NEWLINE = 0x0a;
/** What may still come after an answer's last word before the connection is dropped instead of kept for the next request. */
const LINGER_MS = 200;
const LINGER_BYTES = 16 * 1024;

/** Lets the end of a body go by, so that its connection can be used again; drops it when there is more than an end. */
function letGo(response: IncomingMessage): void {
  let left = LINGER_BYTES;
  const giveUp = systemTimers.after(LINGER_MS, () => response.destroy());
  response.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) response.destroy();
  });
  response.once('close', giveUp);
  response.resume();
}

/** How much of a file may wait for its reader, in chunks of the socket: what waits is lost when the process is. */
const BULK_WAITING = 4;

/**
 * The body of an answer as a web stream, read as fast as its reader takes it. Bounded in size; an error's body is cut at its
 * limit and the connection dropped. `bulk` = a file: its reader knows how long it may be. `onEnd` is called once with the bytes
 * read and how it ended.
 */
export function bodyStream(
  response: IncomingMessage,
  status: number,
  onEnd: (bytesIn: number, outcome: EgressOutcome) => void,
  bulk = false,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  let lineBytes = 0;
  let over = false;
  const limit = status >= 200 && status < 300 ? MOST_ANSWER_BYTES : MOST_ERROR_BYTES;

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const finish = (error: Error | null, outcome: EgressOutcome) => {
          if (over) return;
          over = true;
          onEnd(bytes, outcome);
          if (error) controller.error(error);
          else controller.close();
        };
        response.on('data', (chunk: Buffer) => {
          if (over) return;
          bytes += chunk.byteLength;
          const newline = chunk.lastIndexOf(NEWLINE);
          lineBytes = newline === -1 ? lineBytes + chunk.byteLength : chunk.byteLength - newline - 1;
          if (status < 200 || status > 299) {
            const room = limit - (bytes - chunk.byteLength);
            controller.enqueue(room < chunk.byteLength ? chunk.subarray(0, Math.max(0, room)) : chunk);
            if (bytes < limit) return;
            finish(null, 'left');
            response.destroy();
            return;
          }
          if (!bulk && (bytes > limit || lineBytes > MOST_LINE_BYTES)) {
            const tooLarge =
              bytes > limit ? new AnswerTooLarge('The answer', limit) : new AnswerTooLarge('A line', MOST_LINE_BYTES);
            finish(tooLarge, 'left');
            response.destroy();
            return;
          }
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 1) <= 0) response.pause();
        });
        response.once('end', () => {
          if (response.complete) finish(null, 'whole');
          else finish(new AnswerCut(), 'cut');
        });
        response.once('error', (error) => {
          finish(error, 'cut');
        });
        response.once('close', () => {
          // Nearly always over: an error with its stack took a hundredth of a call.
          if (!over) finish(new AnswerCut(), 'cut');
        });
      },
      pull() {
        response.resume();
      },
      cancel(reason) {
        if (over) {
          response.destroy();
          return;
        }
        over = true;
        onEnd(bytes, reason === READ_IT_ALL ? 'whole' : 'left');
        // Of a file there may be gigabytes left.
        if (bulk) response.destroy();
        else letGo(response);
      },
    },
    { highWaterMark: bulk ? BULK_WAITING : 64 },
  );
}
