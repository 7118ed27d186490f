import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../native/sqlite/index.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemTimers } from '../../base/timers.ts';
import { createSideWrites } from '../writes/side-writes.ts';
import { BUSY_WRITES, keepWalShort } from './keep-wal-short.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-wal-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A thread that moves the WAL, as the store has it. */
function threadOf(path: string): () => Promise<void> {
  const writes = createSideWrites({ path, timers: systemTimers, log: silentLog });
  onTestFinished(() => writes.dispose());
  return writes.checkpoint;
}

/** Somebody who moves the WAL when the test says so. */
function asked() {
  const ends: (() => void)[] = [];
  return { ends, checkpoint: () => new Promise<void>((resolve) => ends.push(resolve)) };
}

/** What waits for a promise has run. */
const settled = async (): Promise<void> => {
  await Promise.resolve();
  await Promise.resolve();
};

function fill(name: string, checkpoint?: () => Promise<void>, clock = systemClock) {
  const path = join(folder, name);
  const whole = openDatabase({ path, mapError: (error) => error });
  whole.exec('CREATE TABLE words (word TEXT)');
  const { db, count, stop } = keepWalShort(whole, clock, checkpoint ?? threadOf(path));
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
    const move = threadOf(join(folder, 'anew.db'));
    const { path, add, close } = fill('anew.db', async () => {
      await move();
      ended++;
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

  it('never ask a second time while the thread is at work', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { ends, checkpoint } = asked();
    const { add, close } = fill('one.db', checkpoint);
    add(BUSY_WRITES * 3);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await settled();
    add(1);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(2);
    close();
  });

  it('are moved the next time when the thread could not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let asks = 0;
    const { add, close } = fill('failed.db', () => {
      asks++;
      return Promise.reject(new Error('The thread ended.'));
    });
    for (let time = 1; time <= 2; time++) {
      add(BUSY_WRITES);
      vi.runOnlyPendingTimers();
      expect(asks).toBe(time);
      await settled();
    }
    close();
  });

  it('count those of another thread with them', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { ends, checkpoint } = asked();
    const { add, count, close } = fill('other.db', checkpoint);
    count(BUSY_WRITES - 3);
    add(2);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(0);
    add(1);
    vi.runOnlyPendingTimers();
    expect(ends).toHaveLength(1);
    close();
  });

  it('ask for nothing in the middle of what is being written', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { ends, checkpoint } = asked();
    const { add, close } = fill('later.db', checkpoint);
    add(BUSY_WRITES * 2);
    expect(ends).toHaveLength(0);
    close();
    vi.runOnlyPendingTimers();
    expect(ends, 'nor one on a file that is closed').toHaveLength(0);
  });

  it('are left to the thread while it is at work, however quiet it becomes, and what came since is given to it in a pause after that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { ends, checkpoint } = asked();
    let nowMs = 0;
    const clock = { now: () => nowMs, monotonicMs: () => nowMs };
    const { path, add, close } = fill('quiet.db', checkpoint, clock);
    const before = statSync(path).size;
    const pause = (): void => {
      nowMs += 10_000;
      vi.advanceTimersByTime(10_000);
    };
    add(BUSY_WRITES);
    pause();
    expect([ends.length, statSync(path).size]).toEqual([1, before]);
    ends[0]?.();
    await settled();
    add(1);
    pause();
    expect([ends.length, statSync(path).size]).toEqual([2, before]);
    close();
  });
});
