import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { FEW_CORES } from './quiet-heap.ts';

let asked = false;

/**
 * Has V8 compile sooner from now on, for a process that serves calls all day: every function on its first run, the well-used ones after 50
 * runs instead of 400. Not at the start of the window, which is over before any of it pays. Measured on the local API's calls 401 to 800, two
 * cores: docs/decisions/access-api.md. On few cores one thread compiles instead of six, so that calls keep the other core.
 */
export function compileSoon(cores: number = availableParallelism()): void {
  if (asked) return;
  asked = true;
  setFlagsFromString('--always-sparkplug');
  setFlagsFromString('--no-lazy-feedback-allocation');
  setFlagsFromString('--invocation-count-for-maglev=50');
  setFlagsFromString('--minimum-invocations-after-ic-update=100');
  if (cores > FEW_CORES) return;
  setFlagsFromString('--concurrent-turbofan-max-threads=1');
  setFlagsFromString('--concurrent-maglev-max-threads=1');
}
