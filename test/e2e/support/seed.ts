import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..', '..', '..');

/** A new data folder filled by the seed command. */
export async function seedFolder(scenario: 'week' | 'long' | 'traces'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `switchyard-${scenario}-`));
  const command = join(root, 'electron/headless.ts');
  await promisify(execFile)(process.execPath, [command, 'seed', '--scenario', scenario, '--data', folder]);
  return folder;
}
