/** A tail this long that only repeats itself is a loop, in UTF-16 units. */
const LOOP_CHARS = 3000;
/** Longest piece that is looked for. */
const LONGEST_PERIOD = 100;
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
  return false;
}

/** Watches a growing text; true once it loops. Costs next to nothing between checks. */
export function createLoopWatch(): (text: string) => boolean {
  let checkedAt = 0;
  return (text) => {
    if (text.length - checkedAt < STEP_CHARS) return false;
    checkedAt = text.length;
    return endsInLoop(text);
  };
}
