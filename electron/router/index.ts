export { LOCAL_DEADLINES } from './attempt.ts';
export { createBreaker } from './breaker.ts';
export { decide, MIN_REPLY_TOKENS } from './decide.ts';
export { execute } from './execute.ts';
export { makeFault } from './fault-table.ts';
