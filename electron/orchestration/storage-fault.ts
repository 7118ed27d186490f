import { FaultError } from '../contract/faults.ts';
import type { Fault } from '../contract/faults.ts';
import { makeFault } from '../router/index.ts';

/** What a failed write means: storage says it as a fault, anything else is a mistake of ours. */
export const storageFault = (error: unknown): Fault =>
  error instanceof FaultError ? error.fault : makeFault('internal');
