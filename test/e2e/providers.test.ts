import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const configOf = (url: string): string => `
providers:
  - id: acme
    name: Acme
    kind: openai-compatible
    baseUrl: ${url}
    apiKey: {env: ACME_KEY}
    models:
      - {id: big, name: Acme Big, contextTokens: 128000, usdPerMTokIn: 250, usdPerMTokOut: 1000, quality: 0.9}
  - id: keyless
    name: Keyless
    kind: openai-compatible
    baseUrl: ${url}
    apiKey: {env: NOT_SET_ANYWHERE}
    models:
      - {id: eye, name: Keyless Eye, contextTokens: 128000}
`;

describe('a chat with a provider', () => {
  let acme: LoopbackProvider;
  let launched: LaunchedApp;
  let page: Page;
  let chat: ChatPage;
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-providers-'));
  const reply = () => chat.log.locator('article[data-role=assistant]').last();
  const option = (name: string) => page.getByRole('option', { name });
  const openRoutes = () => page.getByRole('combobox', { name: 'Route' }).click();

  beforeAll(async () => {
    acme = await startProvider('openai', ({ bodyText }) =>
      bodyText.includes('Break off')
        ? bodyText.includes('continue where you stopped')
          ? { steps: [{ text: 'second half.' }] }
          : { steps: [{ text: 'The first half, ' }, { pauseMs: 100 }, { cut: 'reset' }] }
        : { steps: [{ text: 'Hello from ' }, { text: 'afar.' }], usage: { in: 10, out: 5 } },
    );
    writeFileSync(join(dataDir, 'config.yaml'), configOf(acme.url));
    launched = await launchApp({ dataDir, env: { ACME_KEY: 'sk-test' } });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
    chat = chatPage(page);
  });
  afterAll(async () => {
    await launched.close();
    await acme.close().catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('offers its models by name and price, and says why one cannot be chosen', async () => {
    await openRoutes();
    expect(await option('Acme Big').innerText()).toContain('$250.00 in');
    expect(await option('Keyless Eye').getAttribute('aria-disabled')).toBe('true');
    expect(await option('Keyless Eye').innerText()).toMatch(/key/);
    expect(await seriousFindings(page)).toEqual([]);
    await option('Acme Big').click();
    await page.getByText('What you write here is sent to Acme.').waitFor();
  });

  it('says who answered, from where and for how much', async () => {
    expect(await chat.ask('Hello there')).toContain('Hello from afar.');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^Acme Big · Cloud/);
    expect(await reply().innerText()).toContain('$0.0075');
    expect(acme.requests).toHaveLength(1);
    expect(acme.requests[0]?.headers['authorization']).toBe('Bearer sk-test');
  });

  it('keeps what was written when the connection breaks, and continues it', async () => {
    await chat.ask('Break off in the middle');
    expect(await reply().getAttribute('data-status')).toBe('partial');
    expect(await reply().innerText()).toContain('The first half,');
    await reply().getByRole('button', { name: 'Continue' }).click();
    await chat.log.getByText('second half.').waitFor();
    await chat.idle();
    expect(await chat.log.getByText('Now answered by').count()).toBe(0);
  });

  it('sends nothing once the conversation is private', async () => {
    const before = acme.requests.length;
    await page.getByRole('checkbox', { name: 'Private' }).click();
    await page.getByText('Private: this conversation stays on this machine.').waitFor();
    expect(await page.getByRole('combobox', { name: 'Route' }).innerText()).toBe('Local only');
    await openRoutes();
    expect(await option('Acme Big').getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await chat.ask('What is 2 + 3?');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/· Local/);
    await page.getByText('Now answered by').waitFor();
    expect(acme.requests).toHaveLength(before);
  });

  it('answers from this machine when the provider is gone, and explains it in the trace', async () => {
    await acme.close();
    await page.getByRole('button', { name: 'New chat', exact: true }).first().click();
    await openRoutes();
    await option('Acme Big').click();
    await chat.ask('What is 2 + 3?');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^Switchyard Starter · Local/);
    expect(await reply().innerText()).toMatch(/Degraded\s+Acme Big/);
    await reply().getByRole('button', { name: 'Show trace' }).click();
    await page.getByRole('button', { name: 'Open in Traces' }).click();
    const attempts = page.getByRole('region', { name: 'Attempts' });
    expect(await attempts.getByRole('listitem').first().innerText()).toMatch(/Acme Big[\s\S]*Failed/);
    expect(await attempts.getByRole('listitem').last().innerText()).toMatch(/Switchyard Starter[\s\S]*Answered/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Degraded', exact: true }).click();
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'What is 2 + 3?' }).count()).toBe(1);
  });

  it('says no error on the terminal', () => {
    expect(launched.output()).not.toMatch(/page error|Uncaught|ERR_|Refused to/);
  });
});
