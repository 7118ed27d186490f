import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from './support/axe.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { weekFolder } from './support/week.ts';

describe('the Traces room, with a week of use', () => {
  const dataDir = weekFolder();
  let launched: LaunchedApp;
  let page: Page;
  const open = async (): Promise<void> => {
    launched = await launchApp({ dataDir });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Traces' }).click();
  };
  const list = () => page.getByRole('table', { name: 'Traces, newest first' });
  /** The number in front of a sentence like "12 traces". */
  const counted = async (said: RegExp): Promise<number> =>
    Number.parseInt(
      (await page.getByRole('status').filter({ hasText: said }).innerText()).match(/(\d+) (?:request|trace)/)?.[1] ??
        '',
      10,
    );
  beforeAll(open);
  afterAll(async () => {
    await launched.close();
  });

  it('says whose fault it was and leads from the evidence to the step', async () => {
    await page.getByRole('button', { name: 'Errors', exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'Too long for the model' }).first().click();
    const diagnosis = page.getByRole('region', { name: 'Diagnosis' });
    await diagnosis.getByText('It was the prompt').waitFor();
    expect(await diagnosis.getByRole('listitem').filter({ hasText: 'found' }).innerText()).toMatch(/^Prompt/);
    const waterfall = page.getByRole('treegrid', { name: 'Waterfall' });
    const chosen = waterfall.locator('[aria-selected=true]');
    await waterfall.focus();
    await page.keyboard.press('Home');
    expect(await chosen.innerText()).toContain('Whole turn');
    await diagnosis.getByRole('button', { name: 'Show step' }).click();
    await expect.poll(() => waterfall.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await chosen.innerText()).toMatch(/^Attempt/);
    await diagnosis.getByRole('button', { name: 'Show all with this fault' }).click();
    await page.getByRole('button', { name: /^Remove filter Fault/ }).waitFor();
  });

  it('keeps a filter under a name, over a restart, until it is deleted', async () => {
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'Filters', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Route' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Cloud' }).click();
    await page.getByRole('button', { name: 'My views' }).click();
    await page.getByRole('menuitem', { name: /^Save this filter/ }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('Abroad');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Abroad', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Rename/ }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('Not here');
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByRole('button', { name: 'Not here', exact: true }).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await launched.close();
    await open();
    await page.getByRole('button', { name: 'My views' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Not here' }).click();
    await page.getByRole('button', { name: 'Remove filter Route Cloud' }).waitFor();
    await page.getByRole('button', { name: 'Not here', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'My views' }).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
  });

  it('leads by keyboard alone from a stretch of a chart to just the traces in it', async () => {
    await page.getByRole('button', { name: 'Dashboard' }).click();
    await page.getByRole('region', { name: 'Overall' }).waitFor();
    const chart = page.getByRole('slider', { name: 'Requests' });
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Shift+PageDown');
    const marked = await counted(/request/);
    expect(marked).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await list().waitFor();
    await page.getByRole('button', { name: /^Remove filter Between/ }).waitFor();
    await expect.poll(() => counted(/trace/)).toBe(marked);
  });

  it('says every chart as a table whose rows lead to their traces', async () => {
    await page.getByRole('button', { name: 'Dashboard' }).click();
    await page.getByRole('button', { name: 'Tables', exact: true }).click();
    const table = page.getByRole('table', { name: 'Requests', exact: true });
    await table.waitFor();
    expect(await page.getByRole('slider').count()).toBe(0);
    const row = table.getByRole('row').nth(1);
    const numbers = (await row.getByRole('cell').allInnerTexts()).slice(1).map(Number);
    await row.focus();
    await page.keyboard.press('Enter');
    await list().waitFor();
    await expect.poll(() => counted(/trace/)).toBe(numbers.reduce((sum, value) => sum + value, 0));
    await page.getByRole('button', { name: 'Dashboard' }).click();
    await page.getByRole('button', { name: 'Tables', exact: true }).click();
    await page.getByRole('slider').first().waitFor();
  });

  for (const theme of ['light', 'dark'] as const)
    it(`has no serious accessibility finding in its dashboard, ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.getByRole('option', { name: theme === 'light' ? 'By model' : 'By prompt version' }).click();
      await page
        .getByRole('region', { name: theme === 'light' ? 'Models' : 'Prompt versions' })
        .first()
        .waitFor();
      await page.getByRole('slider', { name: 'Requests' }).focus();
      await page.keyboard.press('Shift+ArrowLeft');
      await page.getByRole('region', { name: 'Marked time' }).waitFor();
      await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
      await launched.picture(`dashboard-${theme}`);
      expect(await seriousFindings(page)).toEqual([]);
    });

  it('says no error on the terminal', () => {
    expect(launched.output()).not.toMatch(/page error|Uncaught|ERR_|Refused to/);
  });
});
