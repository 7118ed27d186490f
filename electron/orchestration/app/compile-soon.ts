import { setFlagsFromString } from 'node:v8';

let asked = false;

/**
 * Has V8 compile sooner from now on, for a process that serves calls all day: every function on its first run, the well-used ones after 50
 * runs instead of 400, and room for what calls allocate at once instead of in four steps. Not at the start of the window, which is over before
 * any of it pays. Measured over the first 400 calls of the local API after 400 others, two cores, 4 or 5 runs each in turn:
 * added p50 2.2 to 2.9 ms without and 1.5 to 1.9 with it, p99 9 to 19 without and 3.5 to 6.8 with it.
 */
export function compileSoon(): void {
  if (asked) return;
  asked = true;
  setFlagsFromString('--always-sparkplug');
  setFlagsFromString('--no-lazy-feedback-allocation');
  setFlagsFromString('--invocation-count-for-maglev=50');
  setFlagsFromString('--minimum-invocations-after-ic-update=100');
}
