import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';
import { openDatabase } from '../../native/sqlite/index.ts';
import { seedFolder } from './support/seed.ts';

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

describe('something is wrong at start', () => {
  it('a broken settings file is named with its line, and chat works all the same', async () => {
    const folder = fresh();
    const file = join(folder, 'config.yaml');
    const text = 'appearance:\n  theme: dark\n  colour: purple\n';
    writeFileSync(file, text);
    await withApp(folder, async ({ page }) => {
      await page
        .getByText(/line 3/i)
        .first()
        .waitFor();
      expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('a database of a newer version is refused in words and left as it is', async () => {
    const folder = seedFolder('week');
    const file = join(folder, 'switchyard.db');
    const db = openDatabase({ path: file });
    db.exec('PRAGMA user_version = 9999');
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

  it('a truncated model file is listed with what is wrong, and the starter answers', async () => {
    const folder = fresh();
    mkdirSync(join(folder, 'models'));
    copyFileSync(starter, join(folder, 'models', 'half.gguf'));
    truncateSync(join(folder, 'models', 'half.gguf'), 4_000_000);
    await withApp(folder, async ({ page }) => {
      expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
      await page.getByRole('link', { name: 'Models' }).click();
      await page.getByRole('row').filter({ hasText: 'half' }).click();
      await page
        .getByText(/cut off: [\d,]+ bytes are missing/)
        .first()
        .waitFor();
    });
  });

  it('a damaged database is moved aside, said aloud, and chat works', async () => {
    const folder = fresh();
    writeFileSync(join(folder, 'switchyard.db'), Buffer.alloc(64 * 1024, 'not a database '));
    await withApp(folder, async ({ page }) => {
      expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
    });
  });

  it('a second start brings the first window forward and ends', async () => {
    const folder = fresh();
    await withApp(folder, async ({ page }) => {
      await chatPage(page).box.waitFor();
      await expect(launchApp({ dataDir: folder })).rejects.toThrow();
      expect(await chatPage(page).ask('What is 2 plus 2?')).toContain('4');
    });
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
