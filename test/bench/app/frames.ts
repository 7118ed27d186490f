import type { Page } from 'playwright-core';
import { quantile, rounded } from '../statistics.ts';

export interface FrameFigures {
  /** Time between painted frames; at 60 Hz an undisturbed one is 16.7 ms. */
  readonly frameP95Ms: number;
  /** Work of the page's main thread in a frame: from the frame's start until the thread is free again after paint. */
  readonly workP95Ms: number;
  readonly frames: number;
}

/** Scrolls the element up in even steps, one a frame, and times each frame. */
export async function scrollFrames(
  page: Page,
  selector: string,
  frames: number,
  stepPx: number,
): Promise<FrameFigures> {
  const { deltas, works } = await page.evaluate(
    async ([query, count, step]) => {
      const scroller = document.querySelector(query);
      if (scroller === null) throw new Error(`Nothing matches ${query}.`);
      const channel = new MessageChannel();
      const deltas: number[] = [];
      const works: number[] = [];
      let last = await new Promise<number>((done) => requestAnimationFrame(done));
      for (let frame = 0; frame < count; frame++) {
        const at = await new Promise<number>((done) => requestAnimationFrame(done));
        deltas.push(at - last);
        last = at;
        scroller.scrollTop -= step;
        await new Promise<void>((done) => {
          channel.port1.onmessage = () => done();
          channel.port2.postMessage(0);
        });
        works.push(performance.now() - at);
      }
      return { deltas, works };
    },
    [selector, frames, stepPx] as const,
  );
  return {
    frameP95Ms: rounded(quantile(deltas, 0.95)),
    workP95Ms: rounded(quantile(works, 0.95)),
    frames: deltas.length,
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
