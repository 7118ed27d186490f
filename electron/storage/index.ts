export { restoreBackup } from './backup.ts';
export { openBulk } from './bulk.ts';
export { openStore } from './open-store.ts';
export { createTraceReads } from './reads/trace-reads.ts';
export type { TraceReads } from './reads/trace-reads.ts';
export type * from './store.ts';
