import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Where every core is wanted the window and the core come first: with a software graphics card that computes on all cores, the core's
 * process waited 37 to 125 ms for one at most; so, 29 to 41 ms. Alone, an engine is as fast as before.
 */
const NICENESS = 5;
/** Of -1000 to 1000 (proc_pid_oom_score_adj(5)): a page of Chromium has 300. */
const KILLED_FIRST = '500';

/** The engine's process steps back behind the rest of the app: the last to get a core, the first the kernel ends when memory is short. */
export function stepBack(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // Not allowed here: then it is as any other process.
  }
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', KILLED_FIRST);
  } catch {
    // No such file in some containers: the kernel chooses by size alone.
  }
}
