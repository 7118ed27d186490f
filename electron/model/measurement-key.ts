import { cpus } from 'node:os';
import type { Config } from '../contract/config.ts';
import type { Measurement } from '../contract/entities/model.ts';
import type { ModelReader } from '../storage/store.ts';

/** What this machine computes with. */
export const machineFingerprint = (): string => {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? 'unknown'} x${cores.length}`;
};

/** Key of what was measured: machine, backend, and the model by id and size. */
export const measurementKey = (machine: string, backend: string, modelId: string, sizeBytes: number): string =>
  [machine, backend, modelId, sizeBytes].join('|');

const BACKENDS = ['cuda', 'metal', 'vulkan', 'cpu'] as const;

/**
 * What is remembered for this model under the wanted backend; with `auto`, under the one in use, else the newest of any. null =
 * nothing.
 */
export function rememberedMeasurement(
  store: Pick<ModelReader, 'measurement'>,
  machine: string,
  wanted: Config['engine']['backend'],
  modelId: string,
  sizeBytes: number,
  inUse: string | null = null,
): Measurement | null {
  const own =
    wanted === 'auto' && inUse !== null ? store.measurement(measurementKey(machine, inUse, modelId, sizeBytes)) : null;
  if (own) return own;
  const backends = wanted === 'auto' ? BACKENDS : wanted === 'cpu' ? (['cpu'] as const) : ([wanted, 'cpu'] as const);
  return backends
    .map((backend) => store.measurement(measurementKey(machine, backend, modelId, sizeBytes)))
    .reduce((newest, found) => (found && (!newest || found.measuredAt > newest.measuredAt) ? found : newest), null);
}
