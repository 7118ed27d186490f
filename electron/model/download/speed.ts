/** Speed is what came in the last so many ms. */
const WINDOW_MS = 5000;
/** Less than this within the window counts as nothing: 512 bytes a second. */
const LEAST_BYTES = 512 * (WINDOW_MS / 1000);

/** How fast bytes come. Times are monotonic ms. */
export function createSpeedMeter(startedMs: number) {
  let marks: { atMs: number; bytes: number }[] = [];
  let lastMs = startedMs;
  let beganMs = startedMs;
  let dripsSinceMs: number | null = null;
  const old = (nowMs: number): void => {
    const first = marks.findIndex(({ atMs }) => atMs > nowMs - WINDOW_MS);
    marks = first === -1 ? [] : marks.slice(first);
  };
  const sum = (): number => marks.reduce((total, { bytes }) => total + bytes, 0);
  return {
    add(bytes: number, atMs: number): void {
      const last = marks.at(-1);
      // One mark a tenth of a second is enough.
      if (last && atMs - last.atMs < 100) last.bytes += bytes;
      else marks.push({ atMs, bytes });
      lastMs = atMs;
      if (marks.length > 2 * (WINDOW_MS / 100)) old(atMs);
    },
    /** A new try: silence is counted from here. */
    restart(atMs: number): void {
      marks = [];
      lastMs = atMs;
      beganMs = atMs;
      dripsSinceMs = null;
    },
    /** ms since anything came. */
    silentMs: (nowMs: number): number => nowMs - lastMs,
    /** For how long next to nothing has come in a whole window, in ms; 0 = it flows. Asked for often. */
    dripsMs(nowMs: number): number {
      old(nowMs);
      if (nowMs - beganMs < WINDOW_MS || sum() >= LEAST_BYTES) dripsSinceMs = null;
      else dripsSinceMs ??= nowMs;
      return dripsSinceMs === null ? 0 : nowMs - dripsSinceMs;
    },
    /** Bytes a second; null = nothing flows. */
    perSecond(nowMs: number): number | null {
      old(nowMs);
      const [first] = marks;
      if (!first) return null;
      const spanMs = Math.max(nowMs - Math.max(beganMs, nowMs - WINDOW_MS), 250);
      return (sum() / spanMs) * 1000;
    },
  };
}
export type SpeedMeter = ReturnType<typeof createSpeedMeter>;
