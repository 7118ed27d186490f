import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { APPLICATION_ID } from '../../electron/storage/migrate.ts';
import { openDatabase } from '../../native/sqlite/index.ts';

const starter = resolve(import.meta.dirname, '..', '..', 'resources', 'starter-model', 'starter-q8_0.gguf');
const fresh = (): string => mkdtempSync(join(tmpdir(), 'switchyard-trouble-'));

async function withApp(dataDir: string, act: (launched: LaunchedApp) => Promise<void>): Promise<void> {
  const launched = await launchApp({ dataDir });
  try {
    await act(launched);
  } finally {
    await launched.close();
  }
}

describe('several things are wrong at start', () => {
  const text = 'appearance:\n  theme: dark\n  colour: purple\n';
  const folder = fresh();
  const config = join(folder, 'config.yaml');
  let launched: LaunchedApp;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(config, text);
    mkdirSync(join(folder, 'models'));
    copyFileSync(starter, join(folder, 'models', 'half.gguf'));
    truncateSync(join(folder, 'models', 'half.gguf'), 4_000_000);
    writeFileSync(join(folder, 'switchyard.db'), Buffer.alloc(64 * 1024, 'not a database '));
    launched = await launchApp({ dataDir: folder });
    ({ page } = launched);
  });
  afterAll(async () => {
    await launched.close();
  });

  it('a broken settings file is named once, with its line, and left as it is', async () => {
    const banner = page.getByText(/line 3/i);
    await banner.first().waitFor();
    expect(await banner.count()).toBe(1);
    expect(readFileSync(config, 'utf8')).toBe(text);
  });

  it('a damaged database is moved aside and said aloud', async () => {
    await page
      .getByText(/damaged/i)
      .first()
      .waitFor();
    expect(readdirSync(folder).some((name) => /^switchyard\.db.+/.test(name) && !/-(wal|shm)$/.test(name))).toBe(true);
  });

  it('chat works all the same, with the starter model', async () => {
    expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
    expect(readFileSync(config, 'utf8')).toBe(text);
  });

  it('a second start brings the first window forward and ends', async () => {
    await expect(launchApp({ dataDir: folder })).rejects.toThrow();
    expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
  });

  it('a truncated model file is listed with what is wrong', async () => {
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('row').filter({ hasText: 'half' }).click();
    await page
      .getByText(/cut off: [\d,]+ bytes are missing/)
      .first()
      .waitFor();
  });
});

describe('a data folder that cannot be used', () => {
  it('of a newer version is refused in words and left as it is', async () => {
    const folder = fresh();
    const file = join(folder, 'switchyard.db');
    const db = openDatabase({ path: file });
    db.exec(`CREATE TABLE chats (id TEXT PRIMARY KEY) STRICT;
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 9999`);
    db.close();
    const before = readFileSync(file);
    await withApp(folder, async ({ page }) => {
      await page
        .getByText(/newer Switchyard/i)
        .first()
        .waitFor();
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.skipIf(process.getuid?.() === 0)(
    'a read-only data folder is said in words (as root every folder is writable: not run)',
    async () => {
      const folder = fresh();
      chmodSync(folder, 0o500);
      await withApp(folder, async ({ page }) => {
        await page
          .getByText(/read-only|cannot be written|can't be written/i)
          .first()
          .waitFor();
      });
    },
  );
});
