export { restoreBackup } from './backup.ts';
export { openBulk, type Bulk } from './bulk.ts';
export { openStore, type OpenStoreOptions } from './open-store.ts';
export type * from './store.ts';
