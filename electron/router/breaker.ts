import type { Clock } from '../base/clock.ts';
import type { FaultCode } from '../contract/faults.ts';
import { FAULT_TABLE } from './fault-table.ts';

/** Losses in a row that open a model's breaker. */
export const LOSSES_TO_OPEN = 3;
/** How long an open breaker keeps a model from being chosen, in ms; afterwards one loss opens it again. */
export const OPEN_MS = 20_000;

/** Remembers which models keep failing. Counts when a stream ends, never while it runs. */
export interface Breaker {
  /** Epoch ms until which the model may not be chosen; null = it may. */
  openUntil(modelId: string): number | null;
  won(modelId: string): void;
  lost(modelId: string, code: FaultCode): void;
}

export function createBreaker(clock: Pick<Clock, 'now'>): Breaker {
  const states = new Map<string, { losses: number; openUntil: number }>();
  return {
    openUntil(modelId) {
      const state = states.get(modelId);
      return state && state.openUntil > clock.now() ? state.openUntil : null;
    },
    won(modelId) {
      states.delete(modelId);
    },
    lost(modelId, code) {
      if (!FAULT_TABLE[code].breaks) return;
      const losses = (states.get(modelId)?.losses ?? 0) + 1;
      states.set(modelId, { losses, openUntil: losses >= LOSSES_TO_OPEN ? clock.now() + OPEN_MS : 0 });
    },
  };
}
