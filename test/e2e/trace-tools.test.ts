import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './support/axe.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { weekFolder } from './support/week.ts';

describe('what one does with a trace, with a week of use', () => {
  let launched: LaunchedApp;
  let page: Page;
  const list = () => page.getByRole('table', { name: 'Traces, newest first' });
  const go = (room: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: room }).click();
  const clipboard = (): Promise<string> => launched.app.evaluate(({ clipboard: board }) => board.readText());
  /** Opens the newest trace that came to its end, with these words in its row. */
  const openTrace = async (hasText = ''): Promise<void> => {
    await go('Traces');
    await list()
      .getByRole('row')
      .filter({ has: page.getByRole('img', { name: 'OK' }), hasText })
      .first()
      .click();
    await page.getByRole('region', { name: 'Facts' }).waitFor();
  };

  beforeAll(async () => {
    launched = await launchApp({ dataDir: weekFolder() });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('shows what was said, in which form it travelled and how evenly it came, by the keyboard', async () => {
    // Of an answer that took three milliseconds, or came from the cache, there are no pieces to look at.
    await openTrace('Acme Big');
    await page.getByRole('tab', { name: 'Overview' }).focus();
    await page.keyboard.press('ArrowRight');
    const sent = page.getByRole('region', { name: 'What was sent' });
    await sent.waitFor();
    expect(await sent.getByRole('listitem').count()).toBeGreaterThan(0);
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('region', { name: 'Request', exact: true }).innerText()).toContain('"messages"');
    await page.keyboard.press('ArrowRight');
    await page.getByText('Median').first().waitFor();
    await page.getByRole('tab', { name: 'Overview' }).click();
  });

  it('copies a trace as JSON and as a command with no key in it', async () => {
    await openTrace();
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.getByRole('menuitem', { name: 'JSON' }).click();
    await expect.poll(async () => (await clipboard()).slice(0, 1)).toBe('{');
    expect(JSON.parse(await clipboard())).toHaveProperty('attempts');
    await page.getByRole('button', { name: 'Copy as' }).click();
    await page.getByRole('menuitem', { name: 'curl, to the local API' }).click();
    await expect.poll(clipboard).toContain('$SWITCHYARD_TOKEN');
  });

  it('compares two traces picked by the keyboard alone, and Escape goes back', async () => {
    await go('Traces');
    await list().getByRole('row').nth(1).focus();
    await page.keyboard.press('c');
    await page.getByText('Compare: choose the second trace').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const comparison = page.getByRole('region', { name: 'Comparison of two traces' });
    await comparison.getByRole('table', { name: 'Facts' }).waitFor();
    await comparison.getByRole('table', { name: 'Steps' }).waitFor();
    expect(await comparison.getByRole('table', { name: 'Facts' }).getByRole('row', { name: /^Cost/ }).count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await list().waitFor();
  });

  it('replays a request after saying what it costs, and opens it beside the first', async () => {
    await openTrace();
    await page.getByRole('button', { name: 'Replay' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay this request' });
    await dialog.getByText('Would ask').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Replay' }).click();
    const comparison = page.getByRole('region', { name: 'Comparison of two traces' });
    await comparison.getByText('A replay of the first').waitFor({ timeout: 60_000 });
    await comparison.getByRole('table', { name: 'Answers' }).waitFor();
    await comparison.getByRole('button', { name: 'Close comparison' }).click();
  });

  it('shows a month of usage and where traces go in Settings', async () => {
    await go('Settings');
    const usage = page.getByRole('region', { name: 'Usage' });
    await usage.getByRole('button', { name: 'Month before' }).click();
    await usage.getByRole('button', { name: 'Month after' }).click();
    const traces = page.getByRole('region', { name: 'Traces' });
    await traces.getByRole('switch', { name: 'Send traces to a collector' }).click();
    await traces.getByRole('textbox', { name: 'Address' }).fill('nowhere');
    await page.keyboard.press('Enter');
    await traces.getByText('Write a whole address').waitFor();
    await traces
      .getByText(/waits?$|traces? waits?/)
      .first()
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await traces.getByRole('switch', { name: 'Send traces to a collector' }).click();
  });
});
