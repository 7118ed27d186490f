export { restoreBackup } from './backup.ts';
export { openBulk } from './bulk.ts';
export { openStore } from './open-store.ts';
export type * from './store.ts';
