export { faultOf, sayFaultsIn } from './fault.ts';
export { useAction, useCall, useLinkStatus, useSettings, useSignal } from './hooks.ts';
export { call, liveTurns, mintId, queries, waitForPort } from './link.ts';
export type { LiveTurn } from './live-turns.ts';
