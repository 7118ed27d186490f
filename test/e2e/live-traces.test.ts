import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { weekFolder } from './support/week.ts';

const TOKEN = 'sy-of-the-live-traces';
/** Nobody else of this machine has it: each test process its own. */
const PORT = 20_000 + (process.pid % 20_000);

describe('traces that arrive while somebody reads the list', () => {
  let launched: LaunchedApp;
  let page: Page;
  const table = () => page.getByRole('table', { name: 'Traces, newest first' });
  const first = () => table().getByRole('row').nth(1);
  /** Until this question stands on top: traces of the local API are stored a moment behind their answers. */
  const onTop = (question: string): Promise<void> => first().getByText(question).waitFor();
  const pill = () => page.getByRole('button', { name: /^Show \d+ new trace/ });
  const ask = async (question: string): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${String(PORT)}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'switchyard/local', messages: [{ role: 'user', content: question }] }),
    });
    await answer.text();
    expect(answer.status).toBe(200);
  };

  beforeAll(async () => {
    const dataDir = weekFolder();
    const hash = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(
      join(dataDir, 'config.yaml'),
      `api: {enabled: true, port: ${String(PORT)}, tokens: [{name: live, hash: ${hash}}]}\n`,
    );
    launched = await launchApp({ dataDir });
    ({ page } = launched);
    page.setDefaultTimeout(20_000);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Traces' }).click();
    await table().getByRole('row').nth(3).waitFor();
  });
  afterAll(async () => {
    await launched.close();
  });

  it('come in on top while the list stands at its top', async () => {
    await ask('Is anybody there?');
    await onTop('Is anybody there?');
    expect(await pill().count()).toBe(0);
  });

  it('wait, counted, while somebody reads further down, and move nothing', async () => {
    await table().evaluate((element) => {
      element.scrollTo(0, 300);
    });
    await ask('And now?');
    await ask('And then?');
    await page.getByRole('button', { name: 'Show 2 new traces' }).waitFor();
    expect(await table().evaluate((element) => element.scrollTop)).toBe(300);
    await pill().click();
    await onTop('And then?');
    expect(await table().evaluate((element) => element.scrollTop)).toBe(0);
  });

  it('wait until they are asked for when they are not wanted live', async () => {
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await ask('Anything new?');
    await page.getByRole('button', { name: 'Show 1 new trace' }).waitFor();
    expect(await first().innerText()).toContain('And then?');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    await onTop('Anything new?');
  });
});
