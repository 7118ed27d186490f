import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousFindings } from './support/axe.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchApp, type LaunchedApp } from './support/launch.ts';

describe('the Bench panel', () => {
  let launched: LaunchedApp;
  let page: Page;
  const go = (room: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: room }).click();

  beforeAll(async () => {
    launched = await launchApp();
    ({ page } = launched);
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('measures the starter model by keyboard, waits while a reply is written, and shows what it found', async () => {
    await go('Models');
    await page.getByRole('tab', { name: 'Bench' }).click();
    await page.getByText('Nothing was measured yet.').waitFor();
    await launched.picture('bench-empty');
    const start = page.getByRole('button', { name: 'Measure', exact: true });
    await start.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Measurement of Switchyard Starter' }).waitFor();
    await page.getByRole('img', { name: /^Writes a reply: CPU/ }).waitFor();
    await launched.picture('bench-running');

    await go('Chat');
    await page.getByRole('textbox', { name: 'Message' }).fill('What is the capital of Portugal?');
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'The capital of Portugal is Lisbon.' }).waitFor();
    await go('Models');

    await page.getByRole('img', { name: /^Replies at once: CPU at best .* with \d/ }).waitFor();
    await page.getByRole('button', { name: 'Export' }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await page.getByRole('combobox', { name: 'Measurement' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await launched.picture(`bench-chart-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('region', { name: 'Table' });
    expect(await table.getByRole('row').count()).toBeGreaterThan(8);
    await launched.picture('bench-table');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('deletes a measurement when asked twice', async () => {
    await page.getByRole('button', { name: 'Delete measurement' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Nothing was measured yet.').waitFor();
  });
});

describe('the self-test of a graphics card', () => {
  it('says whether the card computes as the processor does, or that there is none, and leads back', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-self-test-'));
    writeFileSync(join(dataDir, 'config.yaml'), 'engine: {backend: cpu}\n');
    // Where a software card is installed it is used; elsewhere nothing is found, and that is said.
    const launched = await launchApp({ dataDir, env: { GGML_VK_VISIBLE_DEVICES: '0' } });
    const { page } = launched;
    page.setDefaultTimeout(60_000);
    try {
      await page.getByRole('textbox', { name: 'Message' }).fill('What is the capital of Portugal?');
      await page.keyboard.press('Enter');
      await page.getByRole('article').filter({ hasText: 'The capital of Portugal is Lisbon.' }).waitFor();
      // By hand, as somebody would who wants a card that nobody would look for here.
      writeFileSync(join(dataDir, 'config.yaml'), 'engine: {backend: vulkan}\n');
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click();
      await page.getByRole('button', { name: 'Test Vulkan' }).click();
      const status = page.getByRole('region', { name: 'Engine' }).getByRole('status').first();
      await status.getByText('Tested ').waitFor();
      const words = await status.innerText();
      await launched.picture('self-test');
      expect(await seriousFindings(page)).toEqual([]);
      if (words.startsWith('Vulkan computes the same as the CPU')) return;
      expect(words).toMatch(/Vulkan was asked for but no such device was found|other results/u);
      await page.getByRole('button', { name: 'Go back to CPU' }).click();
      await page.getByRole('combobox', { name: 'Run models on' }).filter({ hasText: 'CPU' }).waitFor();
    } finally {
      await launched.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
