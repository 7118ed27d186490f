import type { KeyboardEvent } from 'react';
import type { TraceRow } from '../../../../electron/contract/entities/trace.ts';
import { useComparing } from './state.ts';

/** Picks a row as one of two. */
export const pickRow = (row: TraceRow): void => {
  useComparing.getState().pick(row.id, row.preview === '' ? row.id : row.preview);
};

/** In the list: `c` picks the row with the focus, Escape stops picking. */
export function comparingKeys(event: KeyboardEvent, rows: readonly TraceRow[]): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.target instanceof HTMLElement)) return;
  const { first, cancel } = useComparing.getState();
  if (event.key === 'Escape' && first !== null) {
    event.preventDefault();
    cancel();
    return;
  }
  const index = event.target.dataset['index'];
  const row = index === undefined ? undefined : rows[Number(index)];
  if (event.key !== 'c' || row === undefined) return;
  event.preventDefault();
  pickRow(row);
}
