import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-frame-'));
const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset['theme'] ?? 'system');

describe('the frame around the rooms', () => {
  let launched: LaunchedApp;
  let page: Page;

  beforeAll(async () => {
    launched = await launchApp({ dataDir });
    ({ page } = launched);
    await chatPage(page).box.waitFor();
  });
  afterAll(async () => {
    await launched.close();
  });

  it('goes to Settings, to the palette and to a new chat by keys alone', async () => {
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('combobox', { name: 'Search and commands' });
    await palette.waitFor();
    await page.keyboard.type('tra');
    await page.getByRole('option', { name: 'Traces' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Traces', level: 1 }).waitFor();
    await page.keyboard.press('Control+n');
    await chatPage(page).box.waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message');
  });

  it('hides and shows the sidebar with the keyboard', async () => {
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.waitFor();
    await page.keyboard.press('Control+b');
    await search.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+b');
    await search.waitFor();
  });

  it('finds a conversation from the palette and opens it', async () => {
    const chat = chatPage(page);
    await chat.ask('What is the capital of Japan?');
    await page.keyboard.press('Control+n');
    await chat.log.getByRole('article').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Japan');
    await page.getByRole('option', { name: /Japan/ }).first().click();
    await chat.log.getByRole('article').first().waitFor();
  });

  it('puts a setting in force at once and writes it to the file', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Theme' }).click();
    await page.getByRole('option', { name: 'Dark' }).click();
    await page.getByText('Saved', { exact: true }).first().waitFor();
    expect(await theme(page)).toBe('dark');
    expect(readFileSync(join(dataDir, 'config.yaml'), 'utf8')).toMatch(/theme: dark/);
  });

  it('speaks Chinese at once when asked to', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('navigation', { name: '主导航' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    await page.getByRole('combobox', { name: '语言' }).click();
    await page.getByRole('option', { name: 'English' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });

  it('checks the database when asked and says what came of it', async () => {
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('region', { name: 'Notifications' }).getByText(/\w/).first().waitFor();
  });
});
