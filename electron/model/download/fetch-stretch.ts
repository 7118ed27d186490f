import type { Clock } from '../../base/clock.ts';
import type { Timers } from '../../base/timers.ts';
import type { Egress } from '../egress/egress.ts';
import { fileTrouble } from './file-trouble.ts';
import { askSource, stopped } from './ask-source.ts';
import type { Opened } from './ask-source.ts';
import { createPieces } from './pieces.ts';
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

type Put = (bytes: Uint8Array, at: number, tag: string) => Promise<void>;

/**
 * Asks one source for one stretch, request after request, and hands on what comes. `isWanted` is asked between two requests
 * whether this stretch is still what matters most. Rejects when less came than was promised.
 */
export async function fetchStretch(
  deps: StretchDeps,
  source: Source,
  hole: { readonly from: number; readonly to: number },
  attempt: AbortController,
  meter: SpeedMeter,
  put: Put,
  isWanted: (at: number) => boolean,
): Promise<void> {
  const { clock, timers, timings, sizeBytes } = deps;
  let cancelLook: () => void = () => undefined;
  const look = (): void => {
    const now = clock.monotonicMs();
    const silent = meter.silentMs(now) >= timings.stallEndMs;
    if (silent) attempt.abort(stopped('timeout', 'again', 'model.source.silent'));
    else if (meter.dripsMs(now) >= timings.stallEndMs) attempt.abort(stopped('timeout', 'again', 'model.source.slow'));
    else cancelLook = timers.after(LOOK_MS, look);
  };
  cancelLook = timers.after(LOOK_MS, look);
  const pieces = createPieces(sizeBytes);
  const series = deps.egress.openSeries();
  try {
    let resolved: URL | null = null;
    for (let at = hole.from; at < hole.to && isWanted(at);) {
      const to = Math.min(hole.to, at + pieces.next());
      const askedMs = clock.monotonicMs();
      const opened = await askSource(
        { ...deps, series },
        { source: source.url, resolved },
        { from: at, to, end: hole.to, sizeBytes },
        source.taken,
        attempt.signal,
      );
      const answeredMs = clock.monotonicMs();
      await takeBody(deps, opened, at, meter, put);
      pieces.went(answeredMs - askedMs, clock.monotonicMs() - answeredMs, opened.until - at);
      at = opened.until;
      resolved = opened.url;
    }
  } finally {
    cancelLook();
    series.close();
  }
}

/** Hands on the bytes from `from` on. */
async function takeBody(
  { clock, partPath }: StretchDeps,
  opened: Opened,
  from: number,
  meter: SpeedMeter,
  put: Put,
): Promise<void> {
  const reader = opened.body.getReader();
  let at = from - opened.skip;
  try {
    while (at < opened.until) {
      const { done, value } = await reader.read();
      if (done) break;
      meter.add(value.byteLength, clock.monotonicMs());
      const bytes = value.subarray(Math.max(0, from - at), Math.max(0, opened.until - at));
      const to = Math.max(at, from);
      at += value.byteLength;
      if (bytes.byteLength > 0)
        await put(bytes, to, opened.tag).catch((error: unknown) => {
          throw fileTrouble(error, partPath);
        });
    }
    // Its end read too, the connection serves the next request.
    if (at === opened.until && opened.endsThere) await reader.read();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (at < opened.until) throw stopped('network', 'again', 'model.source.short');
}
