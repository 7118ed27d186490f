/** Times between deltas of one stream, kept small: beyond the limit every second sample is dropped. */
const MOST_SAMPLES = 4096;

export interface GapMeter {
  add(gapMs: number): void;
  /** p50, p95 and the largest gap in ms; null before the second delta. */
  summary(): { p50Ms: number; p95Ms: number; maxMs: number } | null;
}

const tidy = (ms: number) => Math.round(ms * 100) / 100;

export function createGapMeter(): GapMeter {
  let samples: number[] = [];
  let stride = 1;
  let seen = 0;
  let maxMs = 0;
  return {
    add(gapMs) {
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
  };
}
