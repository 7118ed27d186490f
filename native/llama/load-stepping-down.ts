import { InsufficientMemoryError } from 'node-llama-cpp';
import type { Llama } from 'node-llama-cpp';
import type { FaultCode } from '../../electron/contract/faults.ts';
import { estimate, fit, planInWords, stepsDown } from './fit.ts';
import type { Plan } from './fit.ts';
import type { ModelShape } from '../../electron/base/model-shape.ts';
import { loadModel } from './loaded-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import { freeMemoryBytes } from './memory.ts';
import type { FromHost, ModelSpec } from './protocol.ts';

const LOADING_EVERY_MS = 50;

export interface LoadDeps {
  readonly send: (message: FromHost) => void;
  readonly cores: number;
  readonly monotonicMs: () => number;
  /** What an error of the library means, with the last words of its native code. */
  readonly faultOf: (error: unknown) => { readonly code: FaultCode; readonly detail: string };
  /** Those last words were about a way that was given up. */
  readonly forgetNative: () => void;
}

export interface LoadWish {
  readonly llama: Llama;
  readonly backend: string;
  /** The request that is told about it. */
  readonly id: number;
  readonly spec: ModelSpec;
}

/** What a way takes about, on the card too. */
function bytesOf(shape: ModelShape, plan: Plan): number {
  const { ramBytes, gpuBytes } = estimate(shape, plan);
  return ramBytes + gpuBytes;
}

/**
 * Loads a model the way that fits the memory that is free, and the next smaller way when that fails for memory after all. No
 * way is tried twice.
 */
export async function loadSteppingDown(
  { send, cores, monotonicMs, faultOf, forgetNative }: LoadDeps,
  { llama, backend, id, spec }: LoadWish,
): Promise<{ model: LoadedModel; estimatedBytes: number }> {
  let because: string | null = null;
  let ladder: Plan[] = [];
  let estimatedBytes = 0;
  let toldMs = 0;
  for (let step = spec.stepsDown ?? 0; ; step++) {
    const ram = freeMemoryBytes();
    const gpu = llama.gpu === false ? null : (await llama.getVramState()).free;
    try {
      const model = await loadModel({
        llama,
        backend,
        spec,
        threads: cores,
        planOf(shape) {
          const first = ladder[0] ?? fit(shape, { ram, gpu });
          if (!first) throw new InsufficientMemoryError('The model does not fit the memory that is free.');
          if (ladder.length === 0) {
            ladder = [first, ...stepsDown(first)];
            const { lessThanBytes: most } = spec;
            const less = most === undefined ? step : ladder.findIndex((plan) => bytesOf(shape, plan) < most);
            step = less < 0 ? ladder.length - 1 : Math.min(less, ladder.length - 1);
          }
          const plan = ladder[step];
          if (!plan) throw new InsufficientMemoryError(because ?? 'Every smaller way was tried before.');
          estimatedBytes = bytesOf(shape, plan);
          const told = { what: planInWords(plan), estimatedBytes, freeBytes: ram + (gpu ?? 0), because };
          send({ t: 'loading', id, fraction: null, plan: told });
          toldMs = monotonicMs();
          return plan;
        },
        onProgress(fraction) {
          if (monotonicMs() - toldMs < LOADING_EVERY_MS) return;
          toldMs = monotonicMs();
          send({ t: 'loading', id, fraction: Math.min(1, Math.max(0, fraction)) });
        },
      });
      return { model, estimatedBytes };
    } catch (error) {
      const { code, detail } = faultOf(error);
      if ((code !== 'local_oom' && code !== 'gpu_lost') || !ladder[step + 1]) throw error;
      because = detail;
      forgetNative();
    }
  }
}
