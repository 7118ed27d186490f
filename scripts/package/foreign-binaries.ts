import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../runtime/launch.ts';

/** CUDA builds of the engine weigh more than half a gigabyte; the Vulkan one serves the same cards. */
const TOO_LARGE = /-cuda(-ext)?$/;

/** Installed addon binaries that the packaged app leaves out: other platforms', and the CUDA ones. */
export function foreignBinaries(platform: NodeJS.Platform, arch: string): string[] {
  const engines = `${platform === 'darwin' ? 'mac' : platform === 'win32' ? 'win' : 'linux'}-${arch}`;
  const isOurEngine = (name: string): boolean =>
    (name === engines || name.startsWith(`${engines}-`)) && !TOO_LARGE.test(name);
  return [
    ...others('node_modules/@node-llama-cpp', isOurEngine).map((path) => `${path}/**`),
    ...others('node_modules/better-sqlite3/prebuilds', (name) => name === `${platform}-${arch}.node`),
  ];
}

function others(folder: string, isOurs: (name: string) => boolean): string[] {
  const absolute = join(repositoryRoot, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute)
    .filter((name) => !isOurs(name))
    .map((name) => `${folder}/${name}`);
}
