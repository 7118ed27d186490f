import { readFileSync, rmSync } from 'node:fs';
import type { ElectronApplication, Page } from 'playwright-core';
import { quantile, rounded } from '../statistics.ts';

export interface FrameFigures {
  /** Time between frames the compositor drew, by its own clock (1 µs); at 60 Hz an undisturbed one is 16.67 ms. */
  readonly frameP95Ms: number;
  readonly frameP99Ms: number;
  /** The same over the first 240 frames alone: code that never ran, rows that were never read. */
  readonly coldP95Ms: number;
  readonly frames: number;
  readonly stepPx: number;
}

/** Frame events of the compositor alone: they cost next to nothing while they are recorded. */
const FRAMES = ['disabled-by-default-devtools.timeline.frame', 'blink.user_timing'];
const COLD_FRAMES = 240;

/** Scrolls the element up in even steps, one a frame, and takes the time of each drawn frame from a trace of the compositor. */
export async function scrollFrames(
  app: ElectronApplication,
  page: Page,
  selector: string,
  frames: number,
  stepPx: number,
): Promise<FrameFigures> {
  await app.evaluate(
    ({ contentTracing }, categories) => contentTracing.startRecording({ included_categories: categories }),
    FRAMES,
  );
  await page.evaluate(
    async ([query, count, step]) => {
      const scroller = document.querySelector(query);
      if (scroller === null) throw new Error(`Nothing matches ${query}.`);
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      await frame();
      performance.mark('scroll-start');
      for (let at = 0; at < count; at++) {
        await frame();
        scroller.scrollTop -= step;
      }
      performance.mark('scroll-end');
    },
    [selector, frames, stepPx] as const,
  );
  const file = await app.evaluate(({ contentTracing }) => contentTracing.stopRecording());
  const deltas = drawnFrames(JSON.parse(readFileSync(file, 'utf8')) as Trace);
  rmSync(file, { force: true });
  if (deltas.length < frames / 4) throw new Error(`The trace holds ${deltas.length} drawn frames of ${frames}.`);
  return {
    frameP95Ms: rounded(quantile(deltas, 0.95)),
    frameP99Ms: rounded(quantile(deltas, 0.99)),
    coldP95Ms: rounded(quantile(deltas.slice(0, COLD_FRAMES), 0.95)),
    frames: deltas.length,
    stepPx,
  };
}

interface Trace {
  readonly traceEvents: readonly {
    readonly name: string;
    readonly pid: number;
    /** Microseconds. A BeginFrame carries the time of the display's tick, not of the event. */
    readonly ts: number;
    readonly args: { readonly frameSeqId?: number };
  }[];
}

/** Milliseconds between the ticks whose frames were drawn, from the first to the last mark. */
function drawnFrames({ traceEvents }: Trace): number[] {
  const first = traceEvents.find(({ name }) => name === 'scroll-start');
  const last = traceEvents.findLast(({ name }) => name === 'scroll-end');
  if (first === undefined || last === undefined) throw new Error('The trace holds no scrolling.');
  const ours = traceEvents.filter(({ pid, ts }) => pid === first.pid && ts >= first.ts && ts <= last.ts);
  const drawn = new Set(ours.filter(({ name }) => name === 'DrawFrame').map(({ args }) => args.frameSeqId));
  const ticks = ours
    .filter(({ name, args }) => name === 'BeginFrame' && drawn.has(args.frameSeqId))
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  return ticks.slice(1).map((at, index) => (at - (ticks[index] ?? at)) / 1000);
}

interface Watch {
  readonly found: number[];
  readonly observer: PerformanceObserver;
}

/** Starts counting tasks over 50 ms; the returned function stops and gives their lengths. */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const found: number[] = [];
    const observer = new PerformanceObserver((list) => found.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: 'longtask' });
    Object.assign(window, { __longTasks: { found, observer } satisfies Watch });
  });
  return () =>
    page.evaluate(() => {
      const { found, observer } = (window as unknown as { __longTasks: Watch }).__longTasks;
      found.push(...observer.takeRecords().map((entry) => entry.duration));
      observer.disconnect();
      return found;
    });
}
