/**
 * A stretch of a file that is on disk: `[from, to)` in bytes, and where it came from (source and entity tag), so that when the
 * whole is wrong the odd stretches are fetched again first.
 */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly tag: string;
}

/** More stretches than this are told apart no longer: a server that changes its tag with every answer gains nothing. */
const MOST_RUNS = 500;

const joined = (runs: readonly Run[]): Run[] => {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    if (last && last.to === run.from && last.tag === run.tag) out[out.length - 1] = { ...last, to: run.to };
    else out.push(run);
  }
  return out;
};

/** The same without `[from, to)`. */
export function without(runs: readonly Run[], from: number, to: number): Run[] {
  return runs.flatMap((run) => {
    if (run.to <= from || run.from >= to) return [run];
    const parts: Run[] = [];
    if (run.from < from) parts.push({ ...run, to: from });
    if (run.to > to) parts.push({ ...run, from: to });
    return parts;
  });
}

/** The same with one more stretch, which counts over what was there. Sorted; touching stretches of one tag become one. */
export function withRun(runs: readonly Run[], added: Run): Run[] {
  if (added.to <= added.from) return [...runs];
  const all = [...without(runs, added.from, added.to), added].sort((a, b) => a.from - b.from);
  const out = joined(all);
  return out.length > MOST_RUNS ? joined(out.map((run) => ({ ...run, tag: '' }))) : out;
}

/** Bytes on disk. */
export const bytesOf = (runs: readonly Run[]): number => runs.reduce((sum, { from, to }) => sum + to - from, 0);

/** How far the file is whole from its beginning. */
export function wholeTo(runs: readonly Run[]): number {
  let at = 0;
  for (const { from, to } of runs) {
    if (from > at) break;
    at = Math.max(at, to);
  }
  return at;
}

/** The first stretch that is missing; null = none. */
export function firstHole(runs: readonly Run[], sizeBytes: number): { from: number; to: number } | null {
  const from = wholeTo(runs);
  if (from >= sizeBytes) return null;
  const next = runs.find((run) => run.from > from);
  return { from, to: Math.min(sizeBytes, next?.from ?? sizeBytes) };
}

/** Only what lies below `sizeBytes`, as a file cut to that length would have. */
export const clipped = (runs: readonly Run[], sizeBytes: number): Run[] =>
  without(runs, sizeBytes, Number.POSITIVE_INFINITY);

/**
 * What to keep of a file whose sum is wrong: the stretches of the tag that gave most of it. When there is but one tag nothing
 * tells right from wrong, and nothing is kept.
 */
export function likelyRight(runs: readonly Run[]): Run[] {
  const byTag = new Map<string, number>();
  for (const { from, to, tag } of runs) byTag.set(tag, (byTag.get(tag) ?? 0) + to - from);
  if (byTag.size < 2) return [];
  const [most] = [...byTag].sort((a, b) => b[1] - a[1]);
  return runs.filter(({ tag }) => tag === most?.[0]);
}
