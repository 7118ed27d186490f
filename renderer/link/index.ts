export type { LinkPort, LinkStatus, StreamHandlers } from './client.ts';
export { faultOf, LinkError } from './fault.ts';
export { useAction, useCall, useLinkStatus, useLiveTurn, useSettings, useSignal } from './hooks.ts';
export type { UseCallResult } from './hooks.ts';
export { call, connect, liveTurns, mintId, onSignal, openStream, queries, waitForPort } from './link.ts';
export type { LiveTurn } from './live-turns.ts';
