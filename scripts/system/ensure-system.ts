import { existsSync } from 'node:fs';
import { runCommand } from '../runtime/command.ts';
import { knownLibraries, systemPackages, type Need } from './packages.ts';

/** Missing system packages are installed where that is allowed (root on Debian), else named in one command. */
export async function ensureSystem(needs: Need[]): Promise<void> {
  if (process.platform !== 'linux') return;
  const missing = await missingPackages(needs);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `These system packages are missing (Debian names): ${missing.join(' ')}. Install them and start again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `System packages are missing. Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    );
  }
  console.log(`Installing system packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update', '-qq'], { env });
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  const still = await missingPackages(needs);
  if (still.length > 0)
    throw new Error(`apt-get ended without an error, but these are still missing: ${still.join(' ')}`);
}

async function missingPackages(needs: Need[]): Promise<string[]> {
  const libraries = needs.includes('desktop') ? await knownLibraries() : '';
  return needs.flatMap((need) =>
    systemPackages[need].filter((entry) => !entry.isPresent(libraries)).map((entry) => entry.package),
  );
}
