import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { silentLog } from '../../electron/base/log.ts';
import { openStore } from '../../electron/storage/index.ts';
import { makeFolder, makeTime } from './storage-kit.ts';

const ROUNDS = process.env['SWITCHYARD_SOAK'] === '1' ? 200 : 5;
const MAX_LINES = 120;

interface Said {
  readonly conversationId: string;
  readonly messageId: string;
  readonly chars: number;
}

/** Runs the writer and kills it (SIGKILL) as soon as it has said so many lines. Returns everything it said. */
async function writeUntilKilled(folder: string, lines: number): Promise<Said[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'storage-crash-child.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const said: Said[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut in two by the kill.
    if (line.endsWith('}')) said.push(JSON.parse(line));
    if (said.length === lines) child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return said;
}

it(
  `loses nothing that was stored when the process is killed while it writes, ${ROUNDS} times`,
  { timeout: ROUNDS * 20_000 },
  async () => {
    const folder = makeFolder();
    const said: Said[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      said.push(...(await writeUntilKilled(folder, 1 + ((round * 37 + 11) % MAX_LINES))));
      const path = join(folder, 'switchyard.db');
      const store = openStore({ path, snapshotDir: join(folder, 'snapshots'), ...makeTime(), log: silentLog });
      try {
        expect(store.problems).toEqual([]);
        expect(store.check(true)).toMatchObject({ ok: true });
        const stored = new Set(store.chat.list().conversations.map(({ id }) => id));
        expect(said.filter(({ conversationId }) => !stored.has(conversationId))).toEqual([]);
        const lost = said.filter(({ messageId, chars }) => (store.chat.message(messageId)?.text.length ?? -1) < chars);
        expect(lost).toEqual([]);
        expect(store.chat.closeInterrupted(1)).toBeLessThanOrEqual(1);
      } finally {
        store.dispose();
      }
    }
  },
);
