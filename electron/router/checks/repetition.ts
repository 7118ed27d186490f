/** A tail this long that only repeats itself is a loop, in UTF-16 units. */
const LOOP_CHARS = 3000;
/** Longest piece that is looked for. */
const LONGEST_PERIOD = 100;
/** Longest passage of several lines that is looked for, and how often it must stand there in a row. */
const LONGEST_PASSAGE = 2000;
const LEAST_ROUNDS = 4;
/** The end of a passage by which its place before is found. */
const KEY_CHARS = 64;
/** The check runs once per this many new units. */
const STEP_CHARS = 512;

/** Whether the end of a text is one short piece over and over. */
export function endsInLoop(text: string): boolean {
  if (text.length < LOOP_CHARS) return false;
  const tail = text.slice(-LOOP_CHARS);
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let at = period;
    while (at < tail.length && tail.charCodeAt(at) === tail.charCodeAt(at - period)) at++;
    if (at === tail.length) return true;
  }
  return endsInPassages(text);
}

/** Whether the end of a text is one longer passage, four times in a row to the letter. */
function endsInPassages(text: string): boolean {
  const near = text.slice(-(LONGEST_PASSAGE + KEY_CHARS));
  const before = near.lastIndexOf(near.slice(-KEY_CHARS), near.length - KEY_CHARS - 1);
  const period = near.length - KEY_CHARS - before;
  const length = Math.max(LOOP_CHARS, period * LEAST_ROUNDS);
  if (before < 0 || period <= LONGEST_PERIOD || text.length < length) return false;
  const tail = text.slice(-length);
  return tail.slice(period) === tail.slice(0, -period);
}

/** Most that is looked at. */
const LOOKED_AT = (LONGEST_PASSAGE + KEY_CHARS) * LEAST_ROUNDS;

/**
 * Watches a text by what is added to it; true once it loops. Costs next to nothing between checks. Only the end is kept: to look at the
 * end of a text that was put together of pieces copies all of it, which for one of megabytes would hold everything else up for seconds.
 */
export function createLoopWatch(): (added: string) => boolean {
  let end = '';
  let unchecked = 0;
  return (added) => {
    end += added;
    unchecked += added.length;
    if (unchecked < STEP_CHARS) return false;
    unchecked = 0;
    end = end.slice(-LOOKED_AT);
    return endsInLoop(end);
  };
}
