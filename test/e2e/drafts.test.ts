import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProvider } from '../support/providers/start-provider.ts';
import type { LoopbackProvider } from '../support/providers/start-provider.ts';
import type { AnswerScript, SeenRequest } from '../support/providers/script.ts';
import { seriousFindings } from './support/axe.ts';
import { chatPage } from './support/chat-page.ts';
import type { ChatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

const configOf = (url: string): string => `
policy: drafting
providers:
  - id: acme
    name: Acme
    kind: openai-compatible
    baseUrl: ${url}
    apiKey: {env: ACME_KEY}
    models:
      - {id: mini, name: Acme Mini, contextTokens: 128000, usdPerMTokIn: 1, usdPerMTokOut: 5, quality: 0.5, capabilities: {logprobs: true}}
      - {id: big, name: Acme Big, contextTokens: 128000, usdPerMTokIn: 250, usdPerMTokOut: 1000, quality: 0.9}
      - {id: sloth, name: Acme Sloth, contextTokens: 128000, usdPerMTokIn: 2, usdPerMTokOut: 10, quality: 0.6}
`;
const POLICY = `
name: drafting
description: A cheap model writes first.
objective: {quality: 1}
constraints: {kinds: [cloud]}
draft: {enabled: true, by: acme/mini, minConfidence: 0.55, maxDifficulty: 1}
rules:
  - name: late questions
    when: {mentions: [late]}
    then: {draft: false, prefer: [acme/sloth]}
ladder: [{to: best}, {to: next}]
limits: {hedgeAfterMs: 250, stickySeconds: 0}
`;

/** Each model answers in its own way; what the question holds says how sure the small one is. */
function answerOf({ bodyText }: SeenRequest): AnswerScript {
  const { model } = JSON.parse(bodyText) as { model: string };
  const usage = { in: 40, out: 60 };
  if (model === 'big') return { steps: [{ text: 'By all that is known, ' }, { text: 'the answer is 42.' }], usage };
  if (model === 'sloth') return { steps: [{ pauseMs: 3000 }, { text: 'At last.' }], usage };
  const logprob = bodyText.includes('doubtful') ? -1.6 : -0.02;
  return {
    steps: [
      { text: 'Paris is ', logprob },
      { text: 'the capital.', logprob },
    ],
    usage,
  };
}

describe('a cheap model that writes first, and a second one that is asked beside a slow one', () => {
  let acme: LoopbackProvider;
  let launched: LaunchedApp;
  let page: Page;
  let chat: ChatPage;
  const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-drafts-'));
  const reply = () => chat.log.locator('article[data-role=assistant]').last();
  const go = (room: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: room }).click();
  const openTrace = async (question: string): Promise<void> => {
    await go('Traces');
    await page
      .getByRole('table', { name: 'Traces, newest first' })
      .getByRole('row')
      .filter({ hasText: question })
      .click();
    await page.getByRole('region', { name: 'Facts' }).waitFor();
  };
  const region = (name: string) => page.getByRole('region', { name, exact: true });
  const rows = async (name: string): Promise<string[]> =>
    (await region(name).getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll(/\s+/gu, ' '));

  beforeAll(async () => {
    acme = await startProvider('openai', answerOf);
    writeFileSync(join(dataDir, 'config.yaml'), configOf(acme.url));
    mkdirSync(join(dataDir, 'policies'));
    writeFileSync(join(dataDir, 'policies', 'drafting.yaml'), POLICY);
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

  const facts = () => region('Facts').innerText();
  /** The row of a model in the table of those that were looked at. */
  const verdict = async (name: string): Promise<string> =>
    (
      await page
        .getByRole('table', { name: 'Models considered' })
        .getByRole('row')
        .filter({ hasText: name })
        .innerText()
    ).replaceAll(/\s+/gu, ' ');

  it('keeps a draft that is sure of itself, and says that it was checked and what that saved', async () => {
    expect(await chat.ask('An easy question')).toContain('Paris is the capital.');
    expect(await reply().getByTestId('route-badge').innerText()).toMatch(/^Acme Mini · Cloud/);
    expect(await reply().getByText('Degraded').count()).toBe(0);
    await openTrace('An easy question');
    expect(await rows('Attempts')).toEqual([expect.stringMatching(/Acme Mini draft Answered .*checked and kept/u)]);
    expect(await facts()).toMatch(/\$0\.0697 saved/u);
    expect(await verdict('Acme Mini')).toContain('Chosen');
  });

  it('shows only the better answer to a doubtful draft, which is no degradation, and says why in the trace', async () => {
    await go('Chat');
    expect(await chat.ask('A doubtful question')).toContain('the answer is 42.');
    expect(await chat.log.getByText('Paris is the capital.').count()).toBe(1);
    expect(await reply().getByText('Degraded').count()).toBe(0);
    await openTrace('A doubtful question');
    expect(await rows('Attempts')).toEqual([
      expect.stringMatching(/Acme Mini draft Draft doubted, better model asked .*mean probability of 0\.20/u),
      expect.stringMatching(/Acme Big Answered/u),
    ]);
    expect(await verdict('Acme Mini')).toContain('Draft doubted, better model asked');
    expect(await verdict('Acme Big')).toContain('Answered in its place');
    expect(await page.getByRole('region', { name: 'What went wrong' }).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('shows the answer that came first of two, says that the first asked was slow, and draws both calls', async () => {
    await go('Chat');
    expect(await chat.ask('A question that is late')).toContain('the answer is 42.');
    expect(await reply().innerText()).toContain('Acme Sloth was slow to answer, so Acme Big was asked as well.');
    await openTrace('A question that is late');
    expect(await rows('Attempts')).toEqual([
      expect.stringMatching(/Acme Sloth Not needed/u),
      expect.stringMatching(/Acme Big asked beside the first Answered/u),
    ]);
    expect(await verdict('Acme Sloth')).toContain('Asked; another answered sooner');
    const steps = page.getByRole('treegrid').getByRole('row');
    expect(await steps.filter({ hasText: 'Acme Sloth' }).count()).toBe(1);
    expect(await steps.filter({ hasText: 'Acme Big' }).count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('lists what left for each of them: where to, how much, for which conversation and with what status', async () => {
    await go('Settings');
    const log = page.getByRole('table', { name: 'What left this machine' });
    await log.getByRole('row').nth(5).waitFor();
    const sent = (await log.getByRole('row').allInnerTexts()).slice(1).map((text) => text.replaceAll(/\s+/gu, ' '));
    const ended = (how: string): unknown =>
      expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:\\d+ An easy question .*${how}$`, 'u'));
    // The second of two that were asked at once was stopped before it said anything.
    expect(sent).toEqual([ended(' 200'), ended(' stopped'), ended(' 200'), ended(' 200'), ended(' 200')]);
    const isWhole = await log.evaluate((table) => table.scrollWidth <= table.clientWidth);
    expect(isWhole, 'nothing stands outside the table').toBe(true);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await log.scrollIntoViewIfNeeded();
      await launched.picture(`egress-log-${theme}`);
    }
    await log.getByRole('button', { name: 'An easy question' }).first().click();
    await chat.log.getByText('Paris is the capital.').waitFor();
  });
});
