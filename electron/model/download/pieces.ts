/** The shortest request, in bytes; of a large file a thousandth part of it, so that no file takes more than about a thousand. */
const LEAST_BYTES = 16 * 1024;
const MOST_REQUESTS = 1024;
/** A request takes so many times as long as its answer took to begin, that included: asking costs at most an eighth of the time. */
const WORTH = 8;
/**
 * A killed process keeps its sockets for some 10 to 50 ms more, and what comes until then is lost. Requests that take longer than
 * this, in ms, lose no less to a kill than one request for everything, so there everything is asked for at once.
 */
const SHORT_MS = 250;
/** The quickest answer and the slowest speed of so many requests count: one alone may have met a busy machine, or what lay in a buffer. */
const LAST = 4;
/** A request is at most so many times as long as the one before. */
const GROWTH = 4;

/**
 * How long the next request for a file is. What a kill can cost is what was asked for and has not come, so a source that answers
 * at once is asked for little at a time, and one that is far away for the whole rest.
 */
export function createPieces(sizeBytes: number) {
  const least = Math.max(LEAST_BYTES, Math.ceil(sizeBytes / MOST_REQUESTS));
  let last: { readonly turnMs: number; readonly perMs: number }[] = [];
  let bytes = least;
  let asked = 0;
  return {
    /** Bytes to ask for; Infinity = all that is missing. */
    next: (): number => bytes,
    /** How a request went: ms until its answer began, and ms in which so many bytes came. */
    went(turnMs: number, bodyMs: number, cameBytes: number): void {
      // The first one also had to connect, and to be sent on.
      if (asked++ === 0 || cameBytes === 0) return;
      // Speed with the wait for the answer in it: a body that lay ready in a buffer would seem to come at any speed.
      last = [...last, { turnMs, perMs: cameBytes / Math.max(turnMs + bodyMs, 0.1) }].slice(-LAST);
      const forMs = WORTH * Math.min(...last.map((one) => one.turnMs));
      const worth = forMs * Math.min(...last.map((one) => one.perMs));
      if (last.length === LAST && forMs > SHORT_MS) bytes = Number.POSITIVE_INFINITY;
      else bytes = Math.ceil(Math.max(least, Math.min(worth, bytes * GROWTH)));
    },
  };
}
