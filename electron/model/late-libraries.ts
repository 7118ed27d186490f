/** Libraries that only requests to providers need; `libraries.ts` loads this file. */
export * from './providers/cloud/language-model.ts';
export { SocksClient } from 'socks';
