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

/** Scrolls through the whole transcript, focusing and hovering what is there, then clicks each link that is not a web link. */
async function provoke(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const scroller = document.querySelector('[data-testid=transcript-view]');
    if (scroller === null) throw new Error('No transcript.');
    scroller.scrollTop = 0;
    for (let step = 0; step < 400; step++) {
      await new Promise((done) => requestAnimationFrame(done));
      for (const element of document.querySelectorAll<HTMLElement>('article *')) {
        element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
        if (element instanceof HTMLAnchorElement && !/^https?:|^mailto:/.test(element.getAttribute('href') ?? ''))
          element.click();
      }
      const before = scroller.scrollTop;
      scroller.scrollTop += scroller.clientHeight * 0.8;
      if (scroller.scrollTop === before) break;
    }
  });
}

describe('hostile text', () => {
  let launched: LaunchedApp;
  let seen: Watch;

  beforeAll(async () => {
    const script = Object.fromEntries(XSS_CORPUS.map((text, at) => [`entry ${at}`, halves(text)]));
    launched = await launchScripted({ ...script, all: [{ say: XSS_CORPUS.join('\n\n') }] });
    seen = watch(launched.page);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('from a model, live and cut in the middle, runs nothing', async () => {
    const chat = chatPage(launched.page);
    for (let at = 0; at < XSS_CORPUS.length; at++) {
      await chat.box.fill(`entry ${at}`);
      await chat.box.press('Enter');
    }
    await chat.ask('all');
    await provoke(launched.page);
    expect(await ran(launched.page)).toBeNull();
  });

  it('from a person runs nothing', async () => {
    const chat = chatPage(launched.page);
    for (const text of XSS_CORPUS) {
      await chat.box.fill(text);
      await chat.box.press('Enter');
    }
    await chat.ask('done');
    await provoke(launched.page);
    expect(await ran(launched.page)).toBeNull();
  });

  it('read back from storage runs nothing', async () => {
    await launched.page.reload();
    await launched.page.getByText('entry 0').first().click();
    await chatPage(launched.page).log.getByRole('article').first().waitFor();
    await provoke(launched.page);
    expect(await ran(launched.page)).toBeNull();
  });

  it('in titles, traces and search runs nothing', async () => {
    await launched.page.getByRole('link', { name: 'Traces' }).click();
    await launched.page.getByRole('row').nth(1).click();
    await launched.page.waitForTimeout(500);
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
