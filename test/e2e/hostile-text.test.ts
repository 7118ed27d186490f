import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { XSS_CORPUS } from '../fixtures/xss.ts';
import { chatPage } from './support/chat-page.ts';
import { launchScripted, type LaunchedApp } from './support/launch.ts';

/** What the page must never do. */
interface Watch {
  readonly dialogs: string[];
  readonly requests: string[];
  readonly navigations: string[];
}

function watch(page: Page): Watch {
  const seen: Watch = { dialogs: [], requests: [], navigations: [] };
  page.on('dialog', (dialog) => {
    seen.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(app:|data:|blob:|devtools:)/.test(request.url())) seen.requests.push(request.url());
  });
  page.on('framenavigated', (frame) => {
    if (frame.parentFrame() === null) seen.navigations.push(frame.url());
  });
  return seen;
}

const ran = (page: Page): Promise<unknown> =>
  page.evaluate(() => (window as unknown as { __ran?: unknown }).__ran ?? null);

/** Writes and sends one text after the other, as fast as the page takes them. */
async function sendEach(page: Page, texts: readonly string[]): Promise<void> {
  await page.evaluate(async (all) => {
    for (const text of all) {
      const box = document.querySelector<HTMLTextAreaElement>('textarea[data-composer]');
      if (box === null) throw new Error('No composer.');
      box.value = text;
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await new Promise((done) => requestAnimationFrame(done));
    }
  }, texts);
}

/** Scrolls through the whole transcript, hovering what is there and clicking each link that is not a web link. Gives the number of messages met. */
async function provoke(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const scroller = document.querySelector('[data-testid=transcript-view]');
    if (scroller === null) throw new Error('No transcript.');
    // What is drawn late, such as a diagram, is met by the second or third visit.
    const VISITS = 3;
    // Messages stand at most this far apart, in pixels.
    const GAP = 64;
    const met = new Map<string | null, number>();
    /** Whether messages are drawn from the view's upper edge to its lower one: on a busy machine they follow a frame or more behind a scroll. */
    const covered = (): boolean => {
      const articles = [...document.querySelectorAll('article')];
      const [first, last] = [articles[0], articles.at(-1)];
      if (first === undefined || last === undefined) return false;
      const view = scroller.getBoundingClientRect();
      const isEnd = last.getAttribute('aria-posinset') === last.getAttribute('aria-setsize');
      const isStart = first.getAttribute('aria-posinset') === '1';
      return (
        (isStart || first.getBoundingClientRect().top <= view.top + GAP) &&
        (isEnd || last.getBoundingClientRect().bottom >= view.bottom - GAP)
      );
    };
    scroller.scrollTop = 0;
    for (let step = 0; step < 400; step++) {
      for (let frame = 0; frame === 0 || (frame < 120 && !covered()); frame++)
        await new Promise((done) => requestAnimationFrame(done));
      for (const article of document.querySelectorAll('article')) {
        const place = article.getAttribute('aria-posinset');
        const visits = met.get(place) ?? 0;
        if (visits === VISITS) continue;
        met.set(place, visits + 1);
        for (const element of article.querySelectorAll<HTMLElement>('*')) {
          element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
          if (element instanceof HTMLAnchorElement && !/^https?:|^mailto:/.test(element.getAttribute('href') ?? ''))
            element.click();
        }
      }
      const before = scroller.scrollTop;
      scroller.scrollTop += scroller.clientHeight * 0.8;
      if (scroller.scrollTop === before) break;
    }
    return met.size;
  });
}

/** Two frames and a turn of the event loop: what was drawn has run its handlers. */
const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => setTimeout(done));
  });

describe('hostile text', () => {
  let launched: LaunchedApp;
  let seen: Watch;

  beforeAll(async () => {
    // Each entry is written by the person and answered with the same by the model.
    const script = Object.fromEntries(XSS_CORPUS.map((text) => [text, halves(text)]));
    launched = await launchScripted({ ...script, all: [{ say: XSS_CORPUS.join('\n\n') }] });
    seen = watch(launched.page);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('from a person, and from a model, live and cut in the middle, runs nothing', async () => {
    const chat = chatPage(launched.page);
    await chat.box.waitFor();
    await sendEach(launched.page, XSS_CORPUS);
    await chat.ask('all');
    await provoke(launched.page);
    expect(await ran(launched.page)).toBeNull();
  });

  it('read back from storage runs nothing', async () => {
    await launched.page.reload();
    await launched.page.getByRole('listbox').getByRole('option').first().click();
    await chatPage(launched.page).log.getByRole('article').first().waitFor();
    expect(await provoke(launched.page)).toBe(2 * (XSS_CORPUS.length + 1));
    expect(await ran(launched.page)).toBeNull();
  });

  it('in titles, traces and search runs nothing', async () => {
    await launched.page.getByRole('link', { name: 'Traces' }).click();
    await launched.page.getByRole('row').nth(1).click();
    await launched.page.getByRole('treegrid', { name: 'Waterfall' }).waitFor();
    await settled(launched.page);
    await launched.page.keyboard.press('Control+k');
    await launched.page.keyboard.type('script');
    await launched.page.getByText('In conversations').waitFor();
    await settled(launched.page);
    expect(await ran(launched.page)).toBeNull();
  });

  it('opened no dialog, sent no request and went nowhere', () => {
    expect(seen.dialogs).toEqual([]);
    expect(seen.requests).toEqual([]);
    expect(seen.navigations.filter((url) => !url.startsWith('app://'))).toEqual([]);
  });
});

/** The text in two deltas with a pause between, so that a half is painted first. */
const halves = (text: string) => {
  const middle = Math.floor(text.length / 2);
  return [{ say: text.slice(0, middle).toWellFormed() }, { waitMs: 20 }, { say: text.slice(middle).toWellFormed() }];
};
