import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A data folder of one's own with the week of use that `global-setup.ts` seeded. */
export function weekFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-week-'));
  cpSync(inject('week'), folder, { recursive: true });
  return folder;
}
