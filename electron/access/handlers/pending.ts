import { refuse } from '../../contract/faults.ts';
import type { HandlersOf } from '../services.ts';

const notYet = (): never => {
  throw refuse('This part is not wired yet.', 'internal');
};

/** Calls whose rooms are being built; each moves to its domain's file, and this one goes with the last. */
export const pendingHandlers: HandlersOf<
  | 'provider.list'
  | 'provider.save'
  | 'provider.remove'
  | 'provider.setKey'
  | 'provider.test'
  | 'budget.status'
  | 'egress.list'
> = {
  'provider.list': notYet,
  'provider.save': notYet,
  'provider.remove': notYet,
  'provider.setKey': notYet,
  'provider.test': notYet,
  'budget.status': notYet,
  'egress.list': notYet,
};
