import type { Clock } from '../../base/clock.ts';
import type { Timers } from '../../base/timers.ts';
import type { Egress } from '../egress/egress.ts';
import { fileTrouble } from './file-trouble.ts';
import { askSource, stopped } from './ask-source.ts';
import type { Source } from './sources.ts';
import type { SpeedMeter } from './speed.ts';

export interface StretchDeps {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly timings: { readonly stallEndMs: number };
  readonly label: string;
  readonly sizeBytes: number;
  readonly partPath: string;
}

/** How often it is looked whether anything still comes, in ms. */
const LOOK_MS = 250;

/** Asks one source for one stretch and hands on what comes. Rejects when less came than was promised. */
export async function fetchStretch(
  deps: StretchDeps,
  source: Source,
  hole: { readonly from: number; readonly to: number },
  attempt: AbortController,
  meter: SpeedMeter,
  put: (bytes: Uint8Array, at: number, tag: string) => Promise<void>,
): Promise<void> {
  const { clock, timers, timings, sizeBytes } = deps;
  let cancelLook: () => void = () => undefined;
  const look = (): void => {
    const now = clock.monotonicMs();
    const silent = meter.silentMs(now) >= timings.stallEndMs;
    if (silent) attempt.abort(stopped('timeout', 'again', 'sends nothing any more'));
    else if (meter.dripsMs(now) >= timings.stallEndMs)
      attempt.abort(stopped('timeout', 'again', 'sends next to nothing'));
    else cancelLook = timers.after(LOOK_MS, look);
  };
  cancelLook = timers.after(LOOK_MS, look);
  try {
    const opened = await askSource(deps, source.url, { ...hole, sizeBytes }, source.taken, attempt.signal);
    const reader = opened.body.getReader();
    const skipTo = hole.from;
    let at = hole.from - opened.skip;
    try {
      while (at < opened.until) {
        const { done, value } = await reader.read();
        if (done) break;
        meter.add(value.byteLength, clock.monotonicMs());
        const bytes = value.subarray(Math.max(0, skipTo - at), Math.max(0, opened.until - at));
        const to = Math.max(at, skipTo);
        at += value.byteLength;
        if (bytes.byteLength > 0)
          await put(bytes, to, opened.tag).catch((error: unknown) => {
            throw fileTrouble(error, deps.partPath);
          });
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
    if (at < opened.until) throw stopped('network', 'again', 'ended before the file did');
  } finally {
    cancelLook();
  }
}
