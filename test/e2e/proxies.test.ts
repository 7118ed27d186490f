import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpProxy, socksProxy } from '../support/providers/proxies.ts';
import type { Proxy } from '../support/providers/proxies.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import type { LoopbackProvider } from '../support/providers/start-provider.ts';
import { seriousFindings } from './support/axe.ts';
import { chatPage } from './support/chat-page.ts';
import type { ChatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

const NO_PROXIES = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
    [name, ''],
    [name.toLowerCase(), ''],
  ]),
);

describe('a person whose network is left through a proxy', () => {
  let rack: LoopbackProvider;
  let socks: Omit<Proxy, 'headers'>;
  let proxy: Proxy;
  let shut: Proxy;
  let launched: LaunchedApp;
  let page: Page;
  let chat: ChatPage;
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-proxies-'));
  const settings = async (): Promise<void> => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('combobox', { name: 'Proxy' }).scrollIntoViewIfNeeded();
  };
  const newChat = async (): Promise<void> => {
    await page.getByRole('link', { name: 'Chat' }).click();
    await page.getByRole('button', { name: 'New chat', exact: true }).first().click();
    await page.getByRole('combobox', { name: 'Route' }).click();
    await page.getByRole('option', { name: 'big' }).click();
  };
  const portOf = (url: string): number => Number(new URL(url).port);
  const place = ({ port }: { readonly port: number }): string => `127.0.0.1:${String(port)}`;

  beforeAll(async () => {
    rack = await startProvider('openai', { steps: [{ text: 'Hello from afar.' }] }, { models: ['big'] });
    socks = await socksProxy({ to: portOf(rack.url) });
    proxy = await httpProxy({ to: portOf(rack.url) });
    shut = await httpProxy({ to: 1, answer: 407 });
    const provider = '{id: far, kind: openai-compatible, baseUrl: http://far.test/v1, models: [{id: big}]}';
    writeFileSync(join(dataDir, 'config.yaml'), `providers: [${provider}]\n`);
    // A variable that Chromium takes for the system's setting and that no other program knows.
    launched = await launchApp({ dataDir, env: { ...NO_PROXIES, SOCKS_SERVER: place(socks) } });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
    chat = chatPage(page);
    await chat.box.waitFor();
  });
  afterAll(async () => {
    await launched.close();
    for (const one of [rack, socks, proxy, shut]) await one.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('is answered through what the system says, and sees in the log where the request went', async () => {
    await newChat();
    expect(await chat.ask('Hello there')).toContain('Hello from afar.');
    expect(socks.asked).toEqual(['far.test:80']);
    await settings();
    await page.getByRole('img', { name: `through the proxy ${place(socks)}` }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('enters a proxy of their own: a wrong address is explained, the right one is used', async () => {
    await page.getByRole('combobox', { name: 'Proxy' }).click();
    await page.getByRole('option', { name: 'My own' }).click();
    const address = page.getByRole('textbox', { name: 'Address of the proxy' });
    await address.fill(place(proxy));
    await address.press('Enter');
    await page.getByText('Write the address alone, such as').waitFor();
    await launched.picture('proxy-wrong');
    await address.fill(`http://${place(proxy)}`);
    await address.press('Enter');
    await page.getByText('Write the address alone, such as').waitFor({ state: 'detached' });
    await newChat();
    expect(await chat.ask('Hello again')).toContain('Hello from afar.');
    expect(proxy.asked).toEqual(['POST http://far.test/v1/chat/completions']);
  });

  it('is told that the proxy wants a sign-in, and what to do', async () => {
    await settings();
    const address = page.getByRole('textbox', { name: 'Address of the proxy' });
    await address.fill(`http://${place(shut)}`);
    await address.press('Enter');
    await newChat();
    await chat.ask('Hello a third time');
    await page
      .getByText(/sign in to the network or its proxy/)
      .first()
      .waitFor();
    await launched.picture('proxy-sign-in');
  });
});
