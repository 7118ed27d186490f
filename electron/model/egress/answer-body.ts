import type { IncomingMessage } from 'node:http';
import type { EgressOutcome } from '../../contract/names.ts';
import { spaced } from '../../base/crowd.ts';
import type { Crowd, Spacing } from '../../base/crowd.ts';
import { systemTimers } from '../../base/timers.ts';
import { unpackerFor } from './unpack.ts';

/** An error's body is read up to here: more does not explain more. */
export const MOST_ERROR_BYTES = 64 * 1024;
/** How long an error is waited for after its head, in ms: the status says most of it, and a server that stalls here would be taken for a slow one. */
export const MOST_ERROR_MS = 2000;
/** Longest answer read at all, as it comes and unpacked, and longest line of an event stream, in bytes: past this somebody is playing with us. */
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

/** An answer whose status is none of HTTP (RFC 9110 15): nobody can tell whether it went well. */
export class AnswerWithoutStatus extends Error {
  readonly code = 'ERR_HTTP_INVALID_STATUS_CODE';
  constructor(status: number) {
    super(`The server answered with the status ${String(status)}.`);
    this.name = 'AnswerWithoutStatus';
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

/** Most pieces of the socket that wait for their reader. What waits of a file is lost when the process is. */
const WAITING = 64;
const BULK_WAITING = 4;

/**
 * What comes so soon after the last piece is handed on together, at the latest then: reading a burst in one go takes half as long, and nobody
 * shows text sooner than this. Models pause longer between words. With many answers at once each is read less often: reading is
 * what most of their time goes into.
 */
export const BURST: Spacing = { leastMs: 2, eachMs: 0.5, mostMs: 25 };

/** Answers read in this process. */
const EVERYBODY: Crowd = { size: 0 };

/** The body of an answer, read piece by piece by one reader. */
export interface AnswerBody {
  /** All that has come since; null = it is over. Rejects with what ended it, once what came before was read. */
  read(): Promise<Uint8Array | null>;
  /** Its reader leaves. `READ_IT_ALL` = only the end of its wrapping is left, so its connection may be kept. */
  cancel(reason?: unknown): void;
}

/** How a body ended: an error, or null for its end. */
interface Ending {
  readonly error: Error | null;
}

/**
 * Reads an answer as fast as its reader takes it, unpacked where it came packed. Bounded in size; an error's body is cut at its limit, also of
 * time, and the connection dropped. `bulk` = a file: its reader knows how long it may be, and it is left as it comes. `onEnd` is called once with
 * the bytes that came and how it ended.
 */
export function answerBody(
  response: IncomingMessage,
  status: number,
  onEnd: (bytesIn: number, outcome: EgressOutcome) => void,
  bulk = false,
  crowd = EVERYBODY,
): AnswerBody {
  // Files are read as they come, and hold nobody up.
  if (!bulk) crowd.size++;
  const fine = status >= 200 && status < 300;
  const limit = fine ? MOST_ANSWER_BYTES : MOST_ERROR_BYTES;
  const mostWaiting = bulk ? BULK_WAITING : WAITING;
  const unpacker = bulk ? null : unpackerFor(response.headers['content-encoding']);
  const pieces = unpacker?.stream ?? response;
  /** That came, and that are read of it. */
  let bytesIn = 0;
  let bytes = 0;
  let lineBytes = 0;
  let waiting: Uint8Array[] = [];
  let ending: Ending | null = null;
  let reader: { resolve(piece: Uint8Array | null): void; reject(error: Error): void } | null = null;
  let handedAt = -Infinity;
  let burst: NodeJS.Timeout | null = null;

  const taken = (): Uint8Array | null => {
    if (waiting.length === 0) return null;
    handedAt = performance.now();
    // Pieces of a file are large already.
    const taking = bulk ? waiting.splice(0, 1) : waiting;
    if (!bulk) waiting = [];
    if (pieces.isPaused() && waiting.length === 0) pieces.resume();
    return taking.length === 1 ? (taking[0] ?? null) : Buffer.concat(taking);
  };
  const handOn = (): void => {
    if (burst !== null) clearTimeout(burst);
    burst = null;
    if (reader === null || (waiting.length === 0 && ending === null)) return;
    const { resolve, reject } = reader;
    reader = null;
    const piece = taken();
    if (piece === null && ending?.error) reject(ending.error);
    else resolve(piece);
  };
  const hand = (piece: Uint8Array): void => {
    waiting.push(piece);
    if (waiting.length >= mostWaiting) pieces.pause();
    const restMs = bulk ? 0 : spaced(crowd, BURST) - (performance.now() - handedAt);
    if (restMs <= 0 || waiting.length >= mostWaiting) handOn();
    else burst ??= setTimeout(handOn, restMs);
  };
  const finish = (error: Error | null, outcome: EgressOutcome): void => {
    if (ending !== null) return;
    ending = { error };
    stopWaiting?.();
    if (!bulk) crowd.size--;
    unpacker?.stream.destroy();
    onEnd(bytesIn, outcome);
    handOn();
  };
  /** Why nothing more of it is read; null = it may go on. */
  const tooLarge = (): AnswerTooLarge | null => {
    if (bulk) return null;
    if (Math.max(bytes, bytesIn) > limit) return new AnswerTooLarge('The answer', limit);
    return lineBytes > MOST_LINE_BYTES ? new AnswerTooLarge('A line', MOST_LINE_BYTES) : null;
  };

  const stopWaiting = fine
    ? null
    : systemTimers.after(MOST_ERROR_MS, () => {
        finish(null, 'left');
        response.destroy();
      });

  const onPiece = (chunk: Buffer): void => {
    if (ending !== null) return;
    const room = limit - bytes;
    bytes += chunk.byteLength;
    if (!fine) {
      hand(room < chunk.byteLength ? chunk.subarray(0, Math.max(0, room)) : chunk);
      if (bytes < limit) return;
      finish(null, 'left');
      response.destroy();
      return;
    }
    const newline = chunk.lastIndexOf(NEWLINE);
    lineBytes = newline === -1 ? lineBytes + chunk.byteLength : chunk.byteLength - newline - 1;
    const error = tooLarge();
    if (error === null) {
      hand(chunk);
      return;
    }
    finish(error, 'left');
    response.destroy();
  };
  let broken: Error | null = null;
  /** No more will come; null = it came whole. */
  const over = (error: Error | null): void => {
    if (unpacker === null) {
      finish(error, error === null ? 'whole' : 'cut');
      return;
    }
    // What came before it was cut is unpacked and read like the rest.
    broken = error;
    unpacker.stream.end();
  };
  unpacker?.stream
    .on('data', onPiece)
    .on('drain', () => response.resume())
    .once('end', () => {
      const why = broken ?? (unpacker.damaged() ? new AnswerCut() : null);
      finish(why, why === null ? 'whole' : 'cut');
      if (unpacker.stream.writableEnded) return;
      if (why === null) letGo(response);
      else response.destroy();
    });

  response.on('data', (chunk: Buffer) => {
    if (ending !== null) return;
    bytesIn += chunk.byteLength;
    if (unpacker === null) {
      onPiece(chunk);
      return;
    }
    const error = fine ? tooLarge() : null;
    if (error !== null) {
      finish(error, 'left');
      response.destroy();
    } else if (!unpacker.stream.write(chunk)) response.pause();
  });
  response.once('end', () => {
    over(response.complete ? null : new AnswerCut());
  });
  response.once('error', (error) => {
    if (ending === null) over(error);
  });
  response.once('close', () => {
    // Nearly always over: an error with its stack took a hundredth of a call.
    if (ending === null && unpacker?.stream.writableEnded !== true) over(new AnswerCut());
  });

  return {
    read() {
      return new Promise((resolve, reject) => {
        reader = { resolve, reject };
        if (burst === null) handOn();
      });
    },
    cancel(reason) {
      waiting = [];
      if (ending !== null) return;
      finish(null, reason === READ_IT_ALL ? 'whole' : 'left');
      // Of a file there may be gigabytes left.
      if (bulk) response.destroy();
      else letGo(response);
    },
  };
}

/** The rest of a body as text; a byte order mark is left out. */
export async function wholeText(body: AnswerBody): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let piece = await body.read(); piece !== null; piece = await body.read())
    text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** The same body for those who read web streams. */
export function webStream(body: AnswerBody): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await body.read();
        if (piece === null) controller.close();
        else controller.enqueue(piece);
      },
      cancel(reason) {
        body.cancel(reason);
      },
    },
    // What waits, waits in the body.
    { highWaterMark: 0 },
  );
}
