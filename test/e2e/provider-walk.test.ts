import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProvider } from '../support/providers/start-provider.ts';
import type { LoopbackProvider } from '../support/providers/start-provider.ts';
import { seriousFindings } from './support/axe.ts';
import { chatPage } from './support/chat-page.ts';
import type { ChatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

describe('a person brings a provider, and it comes and goes', () => {
  let rack: LoopbackProvider;
  let launched: LaunchedApp;
  let page: Page;
  let chat: ChatPage;
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-walk-'));
  const reply = () => chat.log.locator('article[data-role=assistant]').last();
  const banner = () => page.getByRole('status', { name: 'Problems' }).getByText('There is no network');
  const newChatWith = async (model: string): Promise<void> => {
    await page.getByRole('link', { name: 'Chat' }).click();
    await page.getByRole('button', { name: 'New chat', exact: true }).first().click();
    await page.getByRole('combobox', { name: 'Route' }).click();
    await page.getByRole('option', { name: model }).click();
  };
  const network = (up: boolean): Promise<void> =>
    launched.app.evaluate(({ net }, isUp) => {
      net.isOnline = () => isUp;
    }, up);

  beforeAll(async () => {
    rack = await startProvider('openai', { steps: [{ text: 'Hello from the rack.' }] }, { models: ['big', 'small'] });
    writeFileSync(join(dataDir, 'config.yaml'), 'cache: {exact: always}\n');
    launched = await launchApp({ dataDir, env: { WALK_TEAM: 'blue' } });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
    chat = chatPage(page);
    await chat.box.waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rack.close().catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('adds it by keyboard from the door of an empty chat, and sees at once what it has', async () => {
    await page.getByRole('button', { name: /^Use my key/ }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add provider' });
    const kind = dialog.getByRole('combobox', { name: 'Kind' });
    expect(await kind.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    await kind.press('End');
    await kind.press('Enter');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('The Rack');
    expect(await dialog.getByRole('textbox', { name: 'Id' }).inputValue()).toBe('the-rack');
    await dialog.getByRole('textbox', { name: 'Address' }).press('Enter');
    await dialog.getByText('Write the address of the server.').waitFor();
    await dialog.getByRole('textbox', { name: 'Address' }).fill(rack.url);
    await dialog.getByRole('textbox', { name: 'Address' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/^It answers\. It lists 2 models\. Add one to use it/).waitFor();
    await page.getByRole('button', { name: 'Add big' }).press('Enter');
    await page.getByRole('switch', { name: 'Use big' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('edits its name, its headers and its limits, and is told what is wrong with them', async () => {
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit The Rack' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Our rack');
    await dialog.getByRole('textbox', { name: 'Requests at once' }).fill('none');
    await dialog.getByRole('textbox', { name: 'USD a day' }).fill('2.50');
    await dialog.getByRole('textbox', { name: 'Headers' }).fill('x-team: a secret!');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Write a whole number from 1').waitFor();
    await dialog.getByText('Line 1: write a name').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await launched.picture('provider-edit');
    await dialog.getByRole('textbox', { name: 'Requests at once' }).fill('4');
    await dialog.getByRole('textbox', { name: 'Headers' }).fill('x-team: WALK_TEAM');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Our rack' }).waitFor();
    const file = readFileSync(join(dataDir, 'config.yaml'), 'utf8');
    expect(file).toMatch(/x-team:\s*\n?\s*\{?\s*env: WALK_TEAM/);
    expect(file).toMatch(/concurrency: 4/);
    expect(file).toMatch(/usdPerDay: 2.5/);
  });

  it('chats with it, and the reply says who answered', async () => {
    await newChatWith('big');
    expect(await chat.ask('Hello there')).toContain('Hello from the rack.');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^big · Cloud/);
    expect(rack.requests).toHaveLength(1);
    expect(rack.requests[0]?.headers['x-team']).toBe('blue');
  });

  it('is told while the network is away, until it is back', async () => {
    await network(false);
    await newChatWith('Local only');
    await chat.ask('What is 2 + 3?');
    await banner().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await network(true);
    await chat.ask('What is 3 + 3?');
    await banner().waitFor({ state: 'detached' });
  });

  it('has the same question answered from memory, marked free, though the server is gone', async () => {
    await rack.close();
    await newChatWith('big');
    expect(await chat.ask('Hello there')).toContain('Hello from the rack.');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^big · Cached/);
    expect(await reply().innerText()).toContain('from cache, free');
  });

  it('gets the next reply from this machine, marked degraded with the reason', async () => {
    await newChatWith('big');
    await chat.ask('What is 4 + 4?');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^Switchyard Starter · Local/);
    expect(await reply().innerText()).toMatch(/Degraded\s+big\b.+/);
    expect(launched.output()).not.toMatch(/page error|Uncaught|ERR_|Refused to/);
  });
});
