import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { lockHolder } from '../../orchestration/data/lock.ts';
import { parseConfig } from '../../orchestration/settings/config-file.ts';
import { sentenceOf } from '../failure.ts';
import { fail, fine, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const LOW_BYTES = 2e9;
const FULL_BYTES = 100e6;

/** The folder, or the nearest one above it that is there. */
function nearest(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : nearest(dirname(dir));
}

/** Writes and removes a probe, which says more than permissions do. */
export function checkDataFolder(dataDir: string): Finding[] {
  const there = nearest(dataDir);
  try {
    accessSync(there, constants.W_OK);
    const probe = mkdtempSync(join(there, '.doctor-'));
    writeFileSync(join(probe, 'probe'), 'probe');
    rmSync(probe, { recursive: true, force: true });
  } catch (error) {
    return [
      fail('data folder', `${there} cannot be written (${sentenceOf(error)}).`, 'Make it writable, or use --data.'),
    ];
  }
  const holder = lockHolder(dataDir);
  const state = there === dataDir ? `${dataDir} can be written.` : `${dataDir} is not there yet and can be made.`;
  return [fine('data folder', holder === null ? state : `${state} In use by ${holder.what}, process ${holder.pid}.`)];
}

export function checkDiskSpace(dataDir: string): Finding[] {
  const { bavail, bsize } = statfsSync(nearest(dataDir));
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 1e9).toFixed(1)} GB free.`;
  if (freeBytes < FULL_BYTES) return [fail('disk space', detail, 'Free some space: nothing new can be stored soon.')];
  if (freeBytes < LOW_BYTES) return [warn('disk space', detail, 'Free some space before adding models.')];
  return [fine('disk space', detail)];
}

export function checkConfig(dataDir: string): Finding[] {
  const path = join(dataDir, 'config.yaml');
  if (!existsSync(path)) return [fine('configuration', 'No file yet: every field has its default.')];
  const parsed = parseConfig(readFileSync(path, 'utf8'));
  return parsed.ok
    ? [fine('configuration', `${path} is valid.`)]
    : [
        fail(
          'configuration',
          `${path}: ${parsed.problem}`,
          'Correct that line; until then the last good settings are used.',
        ),
      ];
}
