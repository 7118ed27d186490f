import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { refuse } from '../../contract/faults.ts';
import { say } from '../../contract/sentences/index.ts';

/** Who holds a data folder. `startedTicks` tells a process from a later one with the same id; null where unknown. */
const holder = z.object({ pid: z.number().int().positive(), startedTicks: z.string().nullable(), what: z.string() });
type Holder = z.infer<typeof holder>;

export interface DataLock {
  /** Why the folder could not be locked, one sentence; null when it is. */
  readonly problem: string | null;
  dispose(): void;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Start time of a process in clock ticks since boot (proc(5), field 22 of stat). */
function startedTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive({ pid, startedTicks: ticks }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = startedTicks(pid);
  return ticks === null || now === null || ticks === now;
}

function readHolder(path: string): Holder | null {
  try {
    const parsed = holder.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The process that holds this data folder now; null = nobody. */
export function lockHolder(dataDir: string): { pid: number; what: string } | null {
  const found = readHolder(join(dataDir, 'lock'));
  return found && isAlive(found) ? { pid: found.pid, what: found.what } : null;
}

/** Takes a data folder for this process. A holder that died is replaced; one that lives is named in the refusal. */
export function lockDataFolder(dataDir: string, what: string): DataLock {
  const path = join(dataDir, 'lock');
  const mine: Holder = { pid: process.pid, startedTicks: startedTicks(process.pid), what };
  for (let tries = 0; tries < 3; tries++) {
    try {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(path, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      return {
        problem: null,
        dispose: () => {
          release(path, mine);
        },
      };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        const problem = say('app.folder.unlocked', { folder: dataDir, why: codeOf(error) || 'unknown error' });
        return { problem, dispose: () => undefined };
      }
    }
    const found = readHolder(path);
    if (found && isAlive(found)) {
      throw refuse(say('app.folder.in_use', { folder: dataDir, what: found.what, pid: found.pid }), 'conflict');
    }
    rmSync(path, { force: true });
  }
  throw refuse(say('app.folder.opening', { folder: dataDir }), 'conflict');
}

function release(path: string, mine: Holder): void {
  const found = readHolder(path);
  if (found?.pid === mine.pid && found.startedTicks === mine.startedTicks) rmSync(path, { force: true });
}
