export { restoreBackup } from './backup.ts';
export { openStore, type OpenStoreOptions } from './open-store.ts';
export type * from './store.ts';
