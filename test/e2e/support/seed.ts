import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', '..');

/** A new data folder filled by the seed command. */
export function seedFolder(scenario: 'week' | 'long' | 'traces'): string {
  const folder = mkdtempSync(join(tmpdir(), `switchyard-${scenario}-`));
  execFileSync(
    process.execPath,
    [join(root, 'electron/headless.ts'), 'seed', '--scenario', scenario, '--data', folder],
    {
      stdio: 'pipe',
    },
  );
  return folder;
}
