import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';

/** The newest trace a reader has been shown; what came after it may be held back. */
export interface Shown {
  readonly startedAt: number;
  readonly id: string;
}

const isAfter = (row: TraceRow, shown: Shown): boolean =>
  row.startedAt > shown.startedAt || (row.startedAt === shown.startedAt && row.id > shown.id);

/** Rows (newest first) without those that came after `shown`, and how many were held back. `shown` null = all are shown. */
export const heldBack = (
  rows: readonly TraceRow[],
  shown: Shown | null,
): { readonly rows: readonly TraceRow[]; readonly held: number } => {
  if (shown === null) return { rows, held: 0 };
  let held = 0;
  for (const row of rows) {
    if (!isAfter(row, shown)) break;
    held += 1;
  }
  return { rows: held === 0 ? rows : rows.slice(held), held };
};

/** The newest of these rows. A list that was empty holds back nothing: whatever comes is what one waits for. */
export const newestOf = (rows: readonly TraceRow[]): Shown | null => {
  const first = rows[0];
  return first === undefined ? null : { startedAt: first.startedAt, id: first.id };
};
