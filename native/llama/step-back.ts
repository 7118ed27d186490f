import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * A graphics card in software computes on all cores, and then the core's process waited 37 to 125 ms for one. On the processor the engine
 * takes the cores that calibrating left it; stepping back there cost 5 to 10% of its speed and gained nothing.
 */
const NICENESS_ON_SOFTWARE_CARD = 19;
/** Names that drivers give themselves: Mesa's, and Chromium's. */
const SOFTWARE_CARD = /llvmpipe|lavapipe|softpipe|swiftshader/iu;
/** Of -1000 to 1000 (proc_pid_oom_score_adj(5)): a page of Chromium has 300. */
const KILLED_FIRST = '500';

/** The engine's process is the first that the kernel ends when memory is short. */
export function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', KILLED_FIRST);
  } catch {
    // No such file in some containers: the kernel chooses by size alone.
  }
}

/** Whether one of these cards is a program. */
export const isSoftwareCard = (devices: readonly string[]): boolean => devices.some((name) => SOFTWARE_CARD.test(name));

/** Every thread of this process, those of the card's driver too, is the last to get a core when the card is a program. */
export function giveWayOn(devices: readonly string[]): void {
  if (!isSoftwareCard(devices)) return;
  // A priority is a thread's own on Linux; what they start later has theirs.
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0];
  for (const thread of threads)
    try {
      setPriority(thread, NICENESS_ON_SOFTWARE_CARD);
    } catch {
      // The thread ended, or nobody may set it here: it keeps the priority it had.
    }
}
