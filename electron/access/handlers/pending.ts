import { refuse } from '../../contract/faults.ts';
import type { HandlersOf } from '../services.ts';

const notYet = (): never => {
  throw refuse('This part is not wired yet.', 'internal');
};

/** Calls whose rooms are being built; each moves to its domain's file, and this one goes with the last. */
export const pendingHandlers: HandlersOf<'budget.status' | 'egress.list'> = {
  'budget.status': notYet,
  'egress.list': notYet,
};
