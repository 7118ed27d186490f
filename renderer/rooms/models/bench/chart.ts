/** Steps that a person reads easily: 1, 2 or 5 with zeros. At least `count` intervals from 0 to at least `most`. */
export function ticksOf(most: number, count = 3): number[] {
  if (!(most > 0)) return [0];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = 0; ; at += step) {
    ticks.push(Math.round(at * 1e6) / 1e6);
    if (at >= most) return ticks;
  }
}

/** Even places for so many columns between two edges. */
export const placeOf = (at: number, columns: number, from: number, to: number): number =>
  columns <= 1 ? (from + to) / 2 : from + ((to - from) * at) / (columns - 1);
