import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage, type ChatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

describe('first launch on a fresh machine', () => {
  let launched: LaunchedApp;
  let chat: ChatPage;

  beforeAll(async () => {
    launched = await launchApp();
    chat = chatPage(launched.page);
  });
  afterAll(async () => {
    await launched.close();
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
});

describe('what was said before', () => {
  it('is there after a restart, the draft too', async () => {
    const first = await launchApp();
    const chat = chatPage(first.page);
    await chat.ask('What is 2 plus 3?');
    await chat.box.fill('half a thought');
    await chat.box.blur();
    await first.app.close();
    const second = await launchApp({ dataDir: first.dataDir });
    try {
      await second.page.getByText('What is 2 plus 3?').first().click();
      const again = chatPage(second.page);
      await again.log.getByText('What is 2 plus 3?').waitFor();
      await expect.poll(() => again.box.inputValue()).toBe('half a thought');
    } finally {
      await second.close();
    }
  });
});
