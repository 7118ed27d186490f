/** Unchanged lines kept around a change; longer runs fold. */
const AROUND = 3;

export type Item<Row> =
  { readonly fold: false; readonly row: Row } | { readonly fold: true; readonly at: number; readonly count: number };

/** Runs of unchanged rows become one line that opens. */
export const folded = <Row>(
  rows: readonly Row[],
  same: (row: Row) => boolean,
  open: ReadonlySet<number>,
): readonly Item<Row>[] => {
  const out: Item<Row>[] = [];
  let at = 0;
  while (at < rows.length) {
    const row = rows[at];
    if (row === undefined) break;
    if (!same(row)) {
      out.push({ fold: false, row });
      at += 1;
      continue;
    }
    let end = at;
    for (let next = rows[end]; next !== undefined && same(next); next = rows[end]) end += 1;
    const from = at === 0 ? at : at + AROUND;
    const to = end === rows.length ? end : end - AROUND;
    const fold = to - from > 2 && !open.has(from);
    for (let index = at; index < end; index += 1) {
      if (fold && index === from) out.push({ fold: true, at: from, count: to - from });
      if (fold && index >= from && index < to) continue;
      const shown = rows[index];
      if (shown !== undefined) out.push({ fold: false, row: shown });
    }
    at = end;
  }
  return out;
};
