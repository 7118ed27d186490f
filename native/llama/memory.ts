import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const numberIn = (text: string | null, name?: string): number | null => {
  if (text === null) return null;
  const line =
    name === undefined ? text : (text.split('\n').find((one) => one.startsWith(`${name} `)) ?? '').slice(name.length);
  const value = Number.parseInt(line.trim(), 10);
  return Number.isFinite(value) ? value : null;
};

/** Larger limits mean none: the kernel writes the largest page count it knows. */
const NO_LIMIT = 2 ** 60;

/** Folders of the memory groups this process is in, innermost first, for both versions of Linux's control groups. */
export function memoryGroups(ownGroups: string): { version: 1 | 2; folder: string }[] {
  const found: { version: 1 | 2; folder: string }[] = [];
  for (const line of ownGroups.split('\n')) {
    const [id, controllers, path] = line.split(':');
    if (path === undefined) continue;
    const v2 = id === '0' && controllers === '';
    if (!v2 && !controllers?.split(',').includes('memory')) continue;
    const parts = path.split('/').filter(Boolean);
    for (let length = parts.length; length >= 0; length--) {
      const folder = parts.slice(0, length).join('/');
      found.push({ version: v2 ? 2 : 1, folder: v2 ? `/sys/fs/cgroup/${folder}` : `/sys/fs/cgroup/memory/${folder}` });
    }
  }
  return found;
}

/** What one group still allows, in bytes; null = no limit. Pages of files that can be dropped count as free. */
function leftIn({ version, folder }: { version: 1 | 2; folder: string }): number | null {
  const [limitFile, usedFile] =
    version === 2 ? ['memory.max', 'memory.current'] : ['memory.limit_in_bytes', 'memory.usage_in_bytes'];
  const limit = numberIn(read(`${folder}/${limitFile}`));
  const used = numberIn(read(`${folder}/${usedFile}`));
  if (limit === null || used === null || limit > NO_LIMIT) return null;
  const cached = numberIn(read(`${folder}/memory.stat`), version === 2 ? 'inactive_file' : 'total_inactive_file') ?? 0;
  return Math.max(0, limit - used + cached);
}

/** Memory this process may still take, in bytes: what the machine has available and what its control groups allow. */
export function freeMemoryBytes(): number {
  const available = numberIn(read('/proc/meminfo'), 'MemAvailable:');
  const machine = available === null ? freemem() : available * 1024;
  const groups = memoryGroups(read('/proc/self/cgroup') ?? '').map(leftIn);
  return groups.reduce<number>((least, left) => (left === null ? least : Math.min(least, left)), machine);
}

/** Starts watching whether the kernel ends processes in the control group of this one for want of memory; told since. */
export function watchMemoryKills(processId: number | undefined): () => boolean {
  const groups = processId === undefined ? [] : memoryGroups(read(`/proc/${processId}/cgroup`) ?? '');
  const kills = (): number => {
    for (const { version, folder } of groups) {
      const count = numberIn(read(`${folder}/${version === 2 ? 'memory.events' : 'memory.oom_control'}`), 'oom_kill');
      if (count !== null) return count;
    }
    return 0;
  };
  const before = kills();
  return () => kills() > before;
}
