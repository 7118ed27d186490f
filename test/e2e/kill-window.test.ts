import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../native/sqlite/index.ts';
import { chatPage } from './support/chat-page.ts';
import { launchScripted } from './support/launch.ts';

const TIMES = process.env['SWITCHYARD_SOAK'] === '1' ? 200 : 1;
/** Text the window has shown may be this much older than what is stored: at most one second of stream. */
const WORDS_A_SECOND = 100;

const words = Array.from({ length: 3_000 }, (_, at) => `w${at} `);
const stream = words.flatMap((say) => [{ say }, { waitMs: 1000 / WORDS_A_SECOND }]);

describe('the whole app killed with -9 in mid-stream', () => {
  it(`keeps every conversation and all but a second of text, ${TIMES} times`, { timeout: TIMES * 60_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchyard-kill-'));
    for (let time = 0; time < TIMES; time++) {
      const { app, page, close } = await launchScripted({ [`go ${time}`]: stream }, { dataDir });
      const chat = chatPage(page);
      // The window opens where one was, if it lived long enough to write that down.
      await page.getByRole('button', { name: 'New chat' }).first().click();
      await page.waitForFunction(() => document.querySelectorAll('[role=log] article').length === 0);
      await chat.send(`go ${time}`);
      const last = () => chat.log.locator('article[data-role=assistant]').last();
      await page.waitForFunction(() =>
        /w60\b/.test(document.querySelector('[role=log] article[data-role=assistant]')?.textContent ?? ''),
      );
      await page.waitForTimeout((time * 137) % 1_500);
      const shown = Math.max(...[...(await last().innerText()).matchAll(/w(\d+)/g)].map((match) => Number(match[1])));
      const exited = new Promise((done) => app.process().once('exit', done));
      app.process().kill('SIGKILL');
      await exited;
      await close().catch(() => undefined);
      const stored = readStored(dataDir);
      expect(stored.integrity, `kill ${time}`).toBe('ok');
      expect(stored.conversations, `kill ${time}`).toBe(time + 1);
      expect(stored.lastWord, `kill ${time}: shown w${shown}`).toBeGreaterThanOrEqual(shown - WORDS_A_SECOND * 1.1);
    }
  });
});

function readStored(dataDir: string): { integrity: unknown; conversations: number; lastWord: number } {
  const db = openDatabase({ path: join(dataDir, 'switchyard.db') });
  try {
    const text = String(
      db.get(`SELECT text FROM messages WHERE role = 'assistant' ORDER BY created_at DESC, id DESC LIMIT 1`)?.[
        'text'
      ] ?? '',
    );
    return {
      integrity: Object.values(db.get('PRAGMA integrity_check') ?? {})[0],
      conversations: Number(db.get('SELECT count(*) AS n FROM conversations')?.['n']),
      lastWord: Math.max(-1, ...[...text.matchAll(/w(\d+)/g)].map((match) => Number(match[1]))),
    };
  } finally {
    db.close();
  }
}
