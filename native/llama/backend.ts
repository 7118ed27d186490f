import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import type { Llama, LlamaGpuType } from 'node-llama-cpp';
import { presentGpus, unusedGpuWarning } from './gpus.ts';
import { withProbeInPlace } from './in-place-probe.ts';
import type { Backend } from './protocol.ts';

export interface StartedBackend {
  readonly llama: Llama;
  /** What really computes: cpu, vulkan, cuda or metal. */
  readonly backend: string;
  readonly warning: string | null;
  /** Names of the graphics cards in use; none on the processor. */
  readonly devices: readonly string[];
}

async function open(gpu: LlamaGpuType, onLog: (level: LlamaLogLevel, text: string) => void): Promise<Llama> {
  return withProbeInPlace(() =>
    getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      // 0 = its thread splitter stays out of the way; we set threads ourselves.
      maxThreads: 0,
      logLevel: LlamaLogLevel.warn,
      logger: onLog,
    }),
  );
}

/** Opens the engine. `auto` tries what this machine has; a card that is there or was asked for and cannot be used gives a warning. */
export async function startBackend(
  wanted: Backend,
  onLog: (level: LlamaLogLevel, text: string) => void,
): Promise<StartedBackend> {
  const present = wanted === 'auto' ? presentGpus() : [];
  const usable = present.filter(({ installed }) => installed).map(({ gpu }) => gpu);
  const gpus = wanted === 'auto' ? usable : wanted === 'cpu' ? [] : [wanted];
  for (const gpu of gpus) {
    try {
      const llama = await open(gpu, onLog);
      const devices = llama.gpu === gpu ? await llama.getGpuDeviceNames() : [];
      if (devices.length > 0) return { llama, backend: gpu, warning: null, devices };
      await llama.dispose();
    } catch (error) {
      onLog(LlamaLogLevel.warn, `${gpu}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const llama = await open(false, onLog);
  return { llama, backend: 'cpu', warning: unusedGpuWarning(wanted, present), devices: [] };
}
