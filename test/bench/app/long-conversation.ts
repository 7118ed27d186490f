import type { Stage } from '../../support/stage.ts';
import { openApp } from '../../support/electron-app.ts';
import { seedFolder } from '../../e2e/support/seed.ts';
import { quantile, rounded } from '../statistics.ts';
import { scrollFrames, type FrameFigures } from './frames.ts';

/** Twenty seconds of steady, fast scrolling, its cold start included. */
const SCROLL_FRAMES = 1_200;

export interface LongConversationFigures {
  /** From the click until its last messages are painted; the bar is 500 (p95). */
  readonly openP95Ms: number;
  readonly openMs: readonly number[];
  /** Elements of the whole page while it is shown; the bar is 1,500. */
  readonly domNodes: number;
  readonly scroll: FrameFigures;
}

/** Opens a conversation of 10,000 messages again and again from an empty one. */
export async function benchLongConversation(stage: Stage, times: number): Promise<LongConversationFigures> {
  const { app, page, close } = await openApp(stage, { dataDir: await seedFolder('long') });
  try {
    await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
    const openMs: number[] = [];
    for (let at = 0; at < times; at++) {
      await page.getByRole('button', { name: 'New chat' }).first().click();
      await page.waitForFunction(() => document.querySelectorAll('[role=log] article').length === 0);
      openMs.push(await page.evaluate(openFirst));
    }
    const domNodes = await page.evaluate(() => document.querySelectorAll('*').length);
    await page.waitForTimeout(1_500);
    const scroll = await scrollFrames(app, page, '[data-testid=transcript-view]', SCROLL_FRAMES, 180);
    const after = await page.evaluate(() => document.querySelectorAll('*').length);
    return {
      openP95Ms: rounded(quantile(openMs, 0.95), 0),
      openMs: openMs.map((ms) => rounded(ms, 0)),
      domNodes: Math.max(domNodes, after),
      scroll,
    };
  } finally {
    await close();
  }
}

/** In the page: clicks the first conversation and waits for two frames after its end is on the screen. */
async function openFirst(): Promise<number> {
  const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
  const row = document.querySelector<HTMLElement>('[role=option][data-key]');
  if (row === null) throw new Error('No conversation in the list.');
  const from = performance.now();
  row.click();
  for (;;) {
    await frame();
    const articles = [...document.querySelectorAll('[role=log] article')];
    const last = articles.at(-1)?.getBoundingClientRect();
    if (articles.length > 1 && last !== undefined && last.top < window.innerHeight && last.bottom > 0) break;
    if (performance.now() - from > 10_000) throw new Error('The conversation did not open within 10 s.');
  }
  await frame();
  await frame();
  return performance.now() - from;
}
