export { LOCAL_DEADLINES } from './attempt.ts';
export type { AttemptEnd, Deadlines } from './attempt.ts';
export { createBreaker, LOSSES_TO_OPEN } from './breaker.ts';
export type { Breaker } from './breaker.ts';
export { decide, MIN_REPLY_TOKENS } from './decide.ts';
export type { Features, Health, RoutePlan } from './decide.ts';
export { execute } from './execute.ts';
export type { ExecuteHooks, Outcome } from './execute.ts';
export { FAULT_TABLE, makeFault } from './fault-table.ts';
