import { say } from '../../electron/contract/sentences/index.ts';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Backend } from './protocol.ts';

export type Gpu = Exclude<Backend, 'auto' | 'cpu'>;
export const GPU_NAMES: Record<Gpu, string> = { vulkan: 'Vulkan', cuda: 'CUDA', metal: 'Metal' };

/** A graphics card this machine seems to have, and the way to use it. */
export interface PresentGpu {
  readonly gpu: Gpu;
  /** As a person would name it. */
  readonly card: string;
  /** The binaries for it are installed. */
  readonly installed: boolean;
}

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

/** Cards worth trying here, best first, told from device files and installed packages: nothing is started to find out. */
export function presentGpus(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
  installed: (name: string) => boolean = packageThere,
): PresentGpu[] {
  if (platform === 'darwin')
    return arch === 'arm64' ? [{ gpu: 'metal', card: 'the graphics chip', installed: true }] : [];
  const os = platform === 'win32' ? 'win' : 'linux';
  const system32 = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32`;
  const nvidia = platform === 'win32' ? existsSync(`${system32}\\nvcuda.dll`) : existsSync('/dev/nvidiactl');
  const any = platform === 'win32' ? existsSync(`${system32}\\vulkan-1.dll`) : anyDevice('/dev/dri', 'renderD');
  const found: PresentGpu[] = [];
  const add = (gpu: Gpu, card: string): void =>
    void found.push({ gpu, card, installed: installed(`@node-llama-cpp/${os}-${arch}-${gpu}`) });
  if (nvidia) add('cuda', 'an NVIDIA graphics card');
  if (any) add('vulkan', 'a graphics card');
  return found;
}

/**
 * What is said when models run on the processor although they need not, or were not meant to; null = all is as it should be.
 * llama.cpp itself would say nothing.
 */
export function unusedGpuWarning(wanted: Backend, present: readonly PresentGpu[]): string | null {
  if (wanted === 'cpu') return null;
  if (wanted !== 'auto') {
    return say('model.gpu.none', { backend: GPU_NAMES[wanted] });
  }
  const [best] = present;
  if (!best) return null;
  const slots = { card: best.card, backend: GPU_NAMES[best.gpu] };
  return best.installed ? say('model.gpu.no_driver', slots) : say('model.gpu.no_binaries', slots);
}

/** What is said when a card is used but holds nothing of the loaded model; null = it holds some. */
export const emptyGpuWarning = (backend: string, gpuLayers: number, modelName: string): string | null =>
  backend === 'cpu' || gpuLayers > 0 ? null : say('model.gpu.full', { model: modelName });
