import { availableParallelism } from 'node:os';

/** End-to-end files that run at the same time: an app waits more than it computes, and a display each keeps them apart. */
export const LANES = Math.min(4, Math.max(1, availableParallelism()));
