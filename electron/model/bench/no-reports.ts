import type { BenchRecords } from '../../storage/store.ts';

/** Where nothing of a measurement is kept. */
export const NO_REPORTS: BenchRecords = {
  list: () => [],
  add: () => undefined,
  remove: () => undefined,
  tests: () => [],
  addTest: () => undefined,
  lastGood: () => null,
  setLastGood: () => undefined,
};
