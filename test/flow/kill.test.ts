import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createChance } from '../../electron/cli/seed/chance.ts';
import { openStore } from '../../electron/storage/index.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';

const KILLS = process.env['SWITCHYARD_SOAK'] === '1' ? 200 : 6;
/** Killed at moments spread over this long after the first word. */
const SPREAD_MS = 1500;
const MOST_LOST_MS = 1000;

const folders = [temporaryFolder(), temporaryFolder()];
afterAll(() => {
  for (const { remove } of folders) remove();
});

const open = (dataDir: string) =>
  openStore({
    path: join(dataDir, 'switchyard.db'),
    snapshotDir: join(dataDir, 'snapshots'),
    clock: systemClock,
    mintId: () => '01939c5e-0000-7000-8000-000000000001',
    log: silentLog,
  });

interface Killed {
  /** What a reader had received when the process died, with the moment of each part. */
  readonly received: { readonly text: string; readonly atMs: number }[];
  readonly killedAtMs: number;
}

/** Starts a long answer and kills the process so many ms after its first word. */
function killInMidAnswer(dataDir: string, afterMs: number): Promise<Killed> {
  const child = startCli(['chat', 'count 100000', '--data', dataDir]);
  const received: Killed['received'] = [];
  let killedAtMs = 0;
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString('utf8')));
  child.stdout.on('data', (data: Buffer) => {
    if (received.length === 0) {
      setTimeout(() => {
        killedAtMs = performance.now();
        child.kill('SIGKILL');
      }, afterMs);
    }
    received.push({ text: data.toString('utf8'), atMs: performance.now() });
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      if (killedAtMs === 0) reject(new Error(`ended by itself: ${said}`));
      else resolve({ received, killedAtMs });
    });
  });
}

/** How long ago the first word that is not stored had been received when the process was killed. */
function lostMs({ received, killedAtMs }: Killed, storedChars: number): number {
  let chars = 0;
  for (const { text, atMs } of received) {
    chars += text.length;
    if (chars > storedChars) return Math.max(0, killedAtMs - atMs);
  }
  return 0;
}

describe('killing the core in mid-answer', () => {
  it(
    `${KILLS} times loses no conversation, at most a second of text, and never the database`,
    async () => {
      const chance = createChance(7);
      const losses: number[] = [];
      const rounds = async (dataDir: string, count: number): Promise<void> => {
        for (let done = 1; done <= count; done++) {
          const killed = await killInMidAnswer(dataDir, chance.between(20, SPREAD_MS));
          const store = open(dataDir);
          const { conversations } = store.chat.list();
          expect(conversations).toHaveLength(done);
          const newest = conversations.toSorted((a, b) => b.createdAt - a.createdAt)[0];
          const [question, reply] = store.chat.thread(newest?.id ?? '', null, 10).messages;
          const whole = killed.received.map(({ text }) => text).join('');
          expect(question?.text).toBe('count 100000');
          const stored = reply?.text ?? '';
          expect(stored.startsWith(whole) || whole.startsWith(stored)).toBe(true);
          losses.push(lostMs(killed, stored.length));
          expect(store.check(false)).toMatchObject({ ok: true });
          store.dispose();
        }
      };
      await Promise.all(folders.map(({ path }) => rounds(path, KILLS / folders.length)));
      expect(Math.max(...losses)).toBeLessThanOrEqual(MOST_LOST_MS);

      for (const { path } of folders) {
        // The next start closes what was left open and goes on as if nothing had happened.
        expect(await runCli(['chat', 'still there?', '--data', path])).toMatchObject({
          code: 0,
          out: 'You said: still there?\n',
        });
        const store = open(path);
        expect(store.check(true)).toMatchObject({ ok: true });
        const replies = store.chat.list().conversations.flatMap(({ id }) => store.chat.thread(id, null, 10).messages);
        const statuses = replies.filter(({ role }) => role === 'assistant').map(({ status }) => status);
        expect(statuses.filter((status) => status === 'streaming' || status === 'queued')).toEqual([]);
        expect(statuses.filter((status) => status === 'partial' || status === 'failed')).toHaveLength(
          KILLS / folders.length,
        );
        store.dispose();
      }
    },
    KILLS * 20_000,
  );
});
