export { restoreBackup } from './backup.ts';
export { openBulk } from './bulk.ts';
export type { BulkTrace } from './bulk.ts';
export { openStore } from './open-store.ts';
export { packPayload } from './trace-payload.ts';
export { createTraceReads } from './reads/trace-reads.ts';
export type { TraceReads } from './reads/trace-reads.ts';
export type * from './store.ts';
