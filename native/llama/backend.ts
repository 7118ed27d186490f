import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import type { Llama, LlamaGpuType } from 'node-llama-cpp';
import { withProbeInPlace } from './in-place-probe.ts';
import type { Backend } from './protocol.ts';

type Gpu = Exclude<Backend, 'auto' | 'cpu'>;

export interface StartedBackend {
  readonly llama: Llama;
  /** What really computes: cpu, vulkan, cuda or metal. */
  readonly backend: string;
  readonly warning: string | null;
}

const NAMES: Record<Gpu, string> = { vulkan: 'Vulkan', cuda: 'CUDA', metal: 'Metal' };

const packageThere = (name: string): boolean => {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
};

const anyDevice = (folder: string, prefix: string): boolean => {
  try {
    return readdirSync(folder).some((name) => name.startsWith(prefix));
  } catch {
    return false;
  }
};

/** GPUs worth trying here, best first, told from device files and installed packages: nothing is started to find out. */
export function plausibleGpus(platform: NodeJS.Platform = process.platform, arch: string = process.arch): Gpu[] {
  if (platform === 'darwin') return arch === 'arm64' ? ['metal'] : [];
  const os = platform === 'win32' ? 'win' : 'linux';
  const nvidia =
    platform === 'win32'
      ? existsSync(`${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\nvcuda.dll`)
      : existsSync('/dev/nvidiactl');
  const anyGpu =
    platform === 'win32'
      ? existsSync(`${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\vulkan-1.dll`)
      : anyDevice('/dev/dri', 'renderD');
  const found: Gpu[] = [];
  if (nvidia && packageThere(`@node-llama-cpp/${os}-${arch}-cuda`)) found.push('cuda');
  if (anyGpu && packageThere(`@node-llama-cpp/${os}-${arch}-vulkan`)) found.push('vulkan');
  return found;
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

/**
 * Opens the engine. `auto` tries what this machine has and says nothing when that is a CPU; a GPU that was asked for by name
 * and cannot be used gives a warning, because llama.cpp itself would go on silently on the CPU.
 */
export async function startBackend(
  wanted: Backend,
  onLog: (level: LlamaLogLevel, text: string) => void,
): Promise<StartedBackend> {
  const gpus = wanted === 'auto' ? plausibleGpus() : wanted === 'cpu' ? [] : [wanted];
  for (const gpu of gpus) {
    try {
      const llama = await open(gpu, onLog);
      const devices = llama.gpu === gpu ? await llama.getGpuDeviceNames() : [];
      if (devices.length > 0) return { llama, backend: gpu, warning: null };
      await llama.dispose();
    } catch (error) {
      onLog(LlamaLogLevel.warn, `${gpu}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const llama = await open(false, onLog);
  const warning =
    wanted === 'auto' || wanted === 'cpu'
      ? null
      : `${NAMES[wanted]} was asked for but no ${NAMES[wanted]} device was found, so models run on the CPU. Install the driver or set the backend to auto in Settings.`;
  return { llama, backend: 'cpu', warning };
}
