import type { FaultCode } from '../../contract/faults.ts';

/** What is known about the machine, the network, the models and the money at this moment. */
export interface Health {
  /** Epoch ms. */
  readonly now: number;
  /** Memory that could be used now, in bytes; null = unknown. */
  readonly freeBytes: number | null;
  readonly loadedModelId: string | null;
  readonly onBattery: boolean;
  /** The system is short of memory: nothing large is to be loaded. */
  readonly memoryPressure: boolean;
  /** False = nothing outside can be reached. */
  readonly online: boolean;
  /** Whether a provider is reached without a network: a server on this machine. Absent = none is. */
  reachableOffline?(providerId: string): boolean;
  /** Whether a provider is a stranger's, who may send a bill. Absent = none is. */
  mayCharge?(providerId: string): boolean;
  breakerOf(modelId: string): {
    readonly state: 'closed' | 'open' | 'half-open';
    /** Epoch ms; null = until a person acts. */
    readonly until: number | null;
    readonly because: FaultCode | null;
  };
  /** Epoch ms until which the provider asked to wait; null = none. */
  paceUntil(modelId: string): number | null;
  /** Infinity = no limit. */
  budgetLeftUsd(providerId: string): number;
  /** Which budget binds and how far it is used, one clause. */
  budgetWords(providerId: string): string;
}

/** A machine with nothing wrong: for tests, benches and dry runs. */
export const healthyMachine = (now: number): Health => ({
  now,
  freeBytes: null,
  loadedModelId: null,
  onBattery: false,
  memoryPressure: false,
  online: true,
  breakerOf: () => ({ state: 'closed', until: null, because: null }),
  paceUntil: () => null,
  budgetLeftUsd: () => Infinity,
  budgetWords: () => '',
});
