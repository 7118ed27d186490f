import type { Page } from 'playwright-core';
import { quantile, rounded } from '../statistics.ts';

export interface FrameFigures {
  /** Time between painted frames; at 60 Hz an undisturbed one is 16.7 ms. */
  readonly frameP95Ms: number;
  readonly frameP99Ms: number;
  readonly frames: number;
  readonly stepPx: number;
}

/** Scrolls the element up in even steps, one a frame, and times each frame. */
export async function scrollFrames(
  page: Page,
  selector: string,
  frames: number,
  stepPx: number,
): Promise<FrameFigures> {
  const deltas = await page.evaluate(
    async ([query, count, step]) => {
      const scroller = document.querySelector(query);
      if (scroller === null) throw new Error(`Nothing matches ${query}.`);
      const found: number[] = [];
      let last = await new Promise<number>((done) => requestAnimationFrame(done));
      for (let frame = 0; frame < count; frame++) {
        const at = await new Promise<number>((done) => requestAnimationFrame(done));
        found.push(at - last);
        last = at;
        scroller.scrollTop -= step;
      }
      return found;
    },
    [selector, frames, stepPx] as const,
  );
  return {
    frameP95Ms: rounded(quantile(deltas, 0.95)),
    frameP99Ms: rounded(quantile(deltas, 0.99)),
    frames: deltas.length,
    stepPx,
  };
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
