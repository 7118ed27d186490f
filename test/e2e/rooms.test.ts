import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { weekFolder } from './support/week.ts';

const starter = resolve(import.meta.dirname, '..', '..', 'resources/starter-model/starter-q8_0.gguf');

describe('the rooms beside the chat, with a week of use', () => {
  let launched: LaunchedApp;
  let page: Page;
  const go = (room: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: room }).click();

  beforeAll(async () => {
    launched = await launchApp({ dataDir: weekFolder() });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('opens a trace by keyboard alone and walks its waterfall', async () => {
    await go('Traces');
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const waterfall = page.getByRole('treegrid', { name: 'Waterfall' });
    await waterfall.focus();
    const before = await waterfall.getByRole('row').count();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await waterfall.locator('[aria-expanded="false"]').waitFor();
    expect(await waterfall.getByRole('row').count()).toBeLessThan(before);
  });

  it('keeps the focus on the last row after a long jump', async () => {
    await page.getByRole('table', { name: 'Traces, newest first' }).getByRole('row').nth(1).focus();
    await page.keyboard.press('End');
    const total = await page.getByRole('table').first().getAttribute('aria-rowcount');
    await expect.poll(() => page.locator(':focus').getAttribute('aria-rowindex')).toBe(total);
  });

  it('explains a fault in the Errors view and leads to the message', async () => {
    await page.getByRole('button', { name: 'Errors', exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'Too long for the model' }).first().click();
    const fault = page.getByRole('region', { name: 'What went wrong' });
    expect(await fault.innerText()).toContain('context_length');
    await page.getByRole('button', { name: 'Go to message' }).click();
    await page.getByRole('log', { name: 'Conversation' }).waitFor();
  });

  it('says so when no trace matches, and clears the filters', async () => {
    await go('Traces');
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such question');
    await page.getByText('No trace matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('row').nth(5).waitFor();
  });

  it('stores prompt versions, compares them and rolls production back', async () => {
    await go('Prompts');
    await page.getByRole('button', { name: 'New prompt' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Guide');
    await page.getByRole('textbox', { name: 'Prompt text' }).fill('Answer in one line.\nBe kind.');
    await page.getByRole('button', { name: 'Create prompt' }).click();
    await page.getByRole('heading', { name: 'Guide' }).waitFor();
    await page.getByRole('button', { name: 'New version' }).click();
    await page.getByRole('textbox', { name: 'Prompt text' }).fill('Answer in two lines.\nBe kind.');
    await page.getByRole('button', { name: 'Store version 2' }).click();
    await page.getByRole('button', { name: 'Use in production' }).click();
    await page.getByRole('button', { name: 'Move label' }).click();
    await page.getByText('production is now version 2').waitFor();
    await page.getByRole('tab', { name: 'Compare' }).click();
    const changes = page.getByRole('table', { name: 'Differences from version 1 to version 2' });
    expect(await changes.locator('mark').allInnerTexts()).toEqual(['one', 'line', 'two', 'lines']);
    await page.getByRole('listbox', { name: 'Versions' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Roll back to this version' }).click();
    await page.getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('production is now version 1').waitFor();
  });

  it('narrows ratings and leads from one to its trace', async () => {
    await go('Feedback');
    const ratings = page.getByRole('table', { name: 'Ratings, newest first' });
    await ratings.waitFor();
    const all = await ratings.getByRole('row').count();
    await page.getByRole('combobox', { name: 'Rating' }).click();
    await page.getByRole('option', { name: 'Bad answer' }).click();
    await expect.poll(() => ratings.getByRole('row').count()).toBeLessThan(all);
    await page.getByRole('button', { name: 'Show trace' }).first().click();
    await page.getByRole('treegrid', { name: 'Waterfall' }).waitFor();
  });

  it('refuses a file that is not a model in one sentence, imports one that is, and removes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-gguf-'));
    writeFileSync(join(folder, 'letter.gguf'), 'Dear landlord');
    copyFileSync(starter, join(folder, 'copy.gguf'));
    await go('Models');
    await page.getByRole('button', { name: 'Import GGUF' }).click();
    const path = page.getByRole('textbox', { name: 'Path of the file' });
    await path.fill(join(folder, 'letter.gguf'));
    await path.press('Enter');
    await page.getByRole('dialog').getByText('is not a GGUF model').waitFor();
    await path.fill(join(folder, 'copy.gguf'));
    await path.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const models = page.getByRole('table', { name: 'Models on this machine' });
    expect(await models.getByRole('row').count()).toBe(3);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => models.getByRole('row').count()).toBe(2);
  });

  it('says no error on the terminal', () => {
    expect(launched.output()).not.toMatch(/page error|Uncaught|ERR_|Refused to/);
  });
});
