/** Times between deltas of one stream, kept small: beyond the limit every second sample is dropped. */
const MOST_SAMPLES = 4096;
/** Columns of the drawing of a stream; when they are full, each two become one. Even. */
const MOST_SLOTS = 96;

export interface GapMeter {
  add(gapMs: number): void;
  /** p50, p95 and the largest gap in ms; null before the second delta. */
  summary(): { p50Ms: number; p95Ms: number; maxMs: number } | null;
  /** In order, the longest of each `each` gaps in ms: what a drawing shows. Empty before the second delta. */
  drawing(): { each: number; slotsMs: number[] };
}

const tidy = (ms: number) => Math.round(ms * 100) / 100;

export function createGapMeter(): GapMeter {
  let samples: number[] = [];
  let stride = 1;
  let seen = 0;
  let maxMs = 0;
  let slots: number[] = [];
  let each = 1;
  const draw = (gapMs: number): void => {
    if (seen % each !== 0) {
      const last = slots.length - 1;
      slots[last] = Math.max(slots[last] ?? 0, gapMs);
      return;
    }
    if (slots.length === MOST_SLOTS) {
      slots = slots.flatMap((ms, at) => (at % 2 === 0 ? [Math.max(ms, slots[at + 1] ?? 0)] : []));
      each *= 2;
    }
    slots.push(gapMs);
  };
  return {
    add(gapMs) {
      draw(gapMs);
      maxMs = Math.max(maxMs, gapMs);
      if (seen++ % stride !== 0) return;
      samples.push(gapMs);
      if (samples.length < MOST_SAMPLES) return;
      samples = samples.filter((_, index) => index % 2 === 0);
      stride *= 2;
    },
    summary() {
      if (samples.length === 0) return null;
      const sorted = samples.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50Ms: tidy(at(0.5)), p95Ms: tidy(at(0.95)), maxMs: tidy(maxMs) };
    },
    drawing: () => ({ each, slotsMs: slots.map(tidy) }),
  };
}
