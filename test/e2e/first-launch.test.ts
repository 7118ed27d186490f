import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage, type ChatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

describe('first launch on a fresh machine', () => {
  let launched: LaunchedApp;
  let chat: ChatPage;
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-first-'));

  beforeAll(async () => {
    launched = await launchApp({ dataDir });
    chat = chatPage(launched.page);
  });
  afterAll(async () => {
    await launched.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('opens straight into a chat one can type in', async () => {
    await chat.box.waitFor();
    expect(await chat.box.isEnabled()).toBe(true);
    expect(await chat.box.evaluate((box) => box === document.activeElement)).toBe(true);
  });

  it('says how small the model is before anything is asked of it', async () => {
    expect(await launched.page.getByText(/7\.6 million|7,6/i).count()).toBeGreaterThan(0);
  });

  it('shows only rooms that can do something', async () => {
    const links = launched.page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    for (const [at, name] of ['Chat', 'Traces', 'Prompts', 'Feedback', 'Models', 'Settings'].entries()) {
      expect(await links.nth(at).getAttribute('aria-label'), `link ${at + 1}`).toBe(name);
    }
    expect(await links.count()).toBe(6);
  });

  it('answers the first message with the model on this machine', async () => {
    const reply = await chat.ask('What is the capital of France?');
    expect(reply).toContain('Paris');
  });

  it('shows the route badge with the name of the model first', async () => {
    expect(await chat.log.getByRole('article').last().innerText()).toContain('Switchyard Starter');
  });

  it('stores the turn with its trace', async () => {
    await launched.page.getByRole('link', { name: 'Traces' }).click();
    const row = launched.page.getByRole('row').filter({ hasText: 'What is the capital of France?' });
    await row.waitFor();
    await row.click();
    await launched.page.getByText('Read prompt').first().waitFor();
  });

  it('says no error on the terminal', () => {
    expect(launched.output()).not.toMatch(/page error|Uncaught|ERR_|Refused to/);
  });

  describe('after a restart', () => {
    beforeAll(async () => {
      const { page } = launched;
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('combobox', { name: 'Theme' }).click();
      await page.getByRole('option', { name: 'Dark' }).click();
      await page.getByText('Saved', { exact: true }).first().waitFor();
      await page.getByRole('link', { name: 'Chat' }).click();
      await chat.log.getByText('What is the capital of France?').waitFor();
      await chat.box.fill('half a thought');
      await chat.box.blur();
      await launched.app.close();
      launched = await launchApp({ dataDir });
      chat = chatPage(launched.page);
    });

    it('what was said before is there, the draft too', async () => {
      await launched.page.getByText('What is the capital of France?').first().click();
      await chat.log.getByText('What is the capital of France?').waitFor();
      await expect.poll(() => chat.box.inputValue()).toBe('half a thought');
    });

    it('a setting is kept, written in the file too', async () => {
      await launched.page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
      expect(readFileSync(join(dataDir, 'config.yaml'), 'utf8')).toMatch(/theme: dark/);
    });
  });
});
