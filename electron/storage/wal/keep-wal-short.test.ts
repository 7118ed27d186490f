import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { systemClock } from '../../base/clock.ts';
import { BUSY_WRITES, createCheckpointThread, keepWalShort } from './keep-wal-short.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-wal-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.useRealTimers();
});

function fill(name: string, aside?: Parameters<typeof keepWalShort>[2], clock = systemClock) {
  const path = join(folder, name);
  const whole = openDatabase({ path, mapError: (error) => error });
  whole.exec('CREATE TABLE words (word TEXT)');
  const { db, count, stop } = keepWalShort(whole, clock, aside);
  const add = (times: number): void => {
    for (let at = 0; at < times; at++)
      db.write(() => db.run('INSERT INTO words VALUES (?)', `${at}`.padStart(4000, 'x')));
  };
  const close = (): void => {
    stop();
    whole.close();
  };
  return { path, add, count, close };
}

describe('many transactions without a pause', () => {
  it('are moved into the file by a thread while this one goes on writing', async () => {
    const { path, add, close } = fill('thread.db');
    const before = statSync(path).size;
    add(BUSY_WRITES);
    await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThan(before + BUSY_WRITES * 3000), 10_000);
    add(10);
    close();
  });

  it('begin the file of the WAL anew, so that it does not grow', async () => {
    let ended = 0;
    const { path, add, close } = fill('anew.db', (file) => {
      const thread = createCheckpointThread(file);
      return {
        ...thread,
        run: (onEnd) =>
          thread.run(() => {
            ended++;
            onEnd();
          }),
      };
    });
    const sizes: number[] = [];
    for (let round = 1; round <= 6; round++) {
      add(BUSY_WRITES);
      await vi.waitFor(() => expect(ended).toBe(round), 10_000);
      sizes.push(statSync(`${path}-wal`).size);
    }
    expect(Math.max(...sizes)).toBeLessThan((sizes[0] ?? 0) * 1.5);
    close();
  });

  it('never start a second thread while one is at work', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ends: (() => void)[] = [];
    const { add, close } = fill('one.db', () => ({ run: (onEnd) => ends.push(onEnd), stop: () => undefined }));
    add(BUSY_WRITES * 3);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    add(1);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(2);
    close();
  });

  it('count those of another thread with them', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let runs = 0;
    const { add, count, close } = fill('other.db', () => ({ run: () => runs++, stop: () => undefined }));
    count(BUSY_WRITES - 3);
    add(2);
    vi.runOnlyPendingTimers();
    expect(runs).toBe(0);
    add(1);
    vi.runOnlyPendingTimers();
    expect(runs).toBe(1);
    close();
  });

  it('start no thread in the middle of what is being written', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ends: (() => void)[] = [];
    const { add, close } = fill('later.db', () => ({ run: (onEnd) => ends.push(onEnd), stop: () => undefined }));
    add(BUSY_WRITES * 2);
    expect(ends).toHaveLength(0);
    close();
    vi.runOnlyPendingTimers();
    expect(ends, 'nor one on a file that is closed').toHaveLength(0);
  });

  it('are left to the thread while it is at work, however quiet it becomes, and what came since is given to it in a pause after that', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const ends: (() => void)[] = [];
    let nowMs = 0;
    const { path, add, close } = fill('quiet.db', () => ({ run: (onEnd) => ends.push(onEnd), stop: () => undefined }), {
      now: () => nowMs,
      monotonicMs: () => nowMs,
    });
    const before = statSync(path).size;
    const pause = (): void => {
      nowMs += 10_000;
      vi.advanceTimersByTime(10_000);
    };
    add(BUSY_WRITES);
    pause();
    expect([ends.length, statSync(path).size]).toEqual([1, before]);
    ends[0]?.();
    add(1);
    pause();
    expect([ends.length, statSync(path).size]).toEqual([2, before]);
    close();
  });
});

describe('the thread that moves the WAL', () => {
  const run = (aside: ReturnType<typeof createCheckpointThread>): Promise<void> =>
    new Promise((resolve) => {
      aside.run(resolve);
    });
  it('is one, however often it is needed', async () => {
    const { path, close } = fill('kept.db');
    const aside = createCheckpointThread(path);
    let started = 0;
    const count = () => void started++;
    process.on('worker', count);
    for (let time = 0; time < 3; time++) await run(aside);
    process.off('worker', count);
    expect(started).toBe(1);
    aside.stop();
    close();
  });

  it('says that it is over when it dies, and another takes its place', async () => {
    const aside = createCheckpointThread(join(folder, 'no', 'such', 'folder.db'));
    await run(aside);
    await run(aside);
    aside.stop();
  });
});
