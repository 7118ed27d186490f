import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  EGRESS_END,
  makeBegin,
  makeEgress,
  makeFolder,
  makeStore,
  makeTime,
  playTurn,
} from '../../test/flow/storage-kit.ts';
import { silentLog } from '../base/log.ts';
import { FLUSH_AFTER_MS } from './egress.ts';
import { openStore } from './index.ts';
import type { SideWrites } from './index.ts';

/** What the database file alone holds, without its write-ahead log. */
function chatsInFileAlone(path: string): number {
  const copy = join(makeFolder(), 'copy.db');
  copyFileSync(path, copy);
  const store = openStore({ path: copy, snapshotDir: makeFolder(), ...makeTime(), log: silentLog });
  const count = store.chat.list().conversations.length;
  store.dispose();
  return count;
}

describe('the open store', () => {
  it('moves its log into the file once writing has paused, not while it goes on', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const folder = makeFolder();
    const time = makeTime();
    const path = join(folder, 'switchyard.db');
    const store = openStore({ path, snapshotDir: folder, ...time, log: silentLog });
    onTestFinished(() => store.dispose());
    playTurn({ store, mintId: time.mintId }, time.mintId(), null, 'one', 'two');
    vi.advanceTimersByTime(3000);
    expect(chatsInFileAlone(path)).toBe(0);
    time.pass(1500);
    vi.advanceTimersByTime(3000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(chatsInFileAlone(path)).toBe(1), 10_000);
  });

  it('has the egress log written and its own log moved by the one thread that writes aside', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const asked: string[] = [];
    let ends = 0;
    const sideWrites: SideWrites = {
      save: () => Promise.resolve(),
      saveEgress(rows) {
        asked.push(`egress ${rows.map(({ id }) => id).join(' ')}`);
        return Promise.resolve();
      },
      roll: () => null,
      checkpoint() {
        asked.push('checkpoint');
        return Promise.resolve();
      },
      dispose() {
        ends++;
        return Promise.resolve();
      },
    };
    const folder = makeFolder();
    const time = makeTime();
    const store = openStore({
      path: join(folder, 'switchyard.db'),
      snapshotDir: folder,
      ...time,
      log: silentLog,
      sideWrites,
    });
    store.egress.begin(makeEgress('a'));
    store.egress.end('a', EGRESS_END);
    await vi.advanceTimersByTimeAsync(FLUSH_AFTER_MS);
    expect(asked).toEqual(['egress a']);
    time.pass(2000);
    vi.advanceTimersByTime(3000);
    expect(asked).toEqual(['egress a', 'checkpoint']);
    store.dispose();
    expect(ends).toBe(1);
  });

  it('rehearses turns without a trace of them', () => {
    const { store, mintId } = makeStore();
    playTurn({ store, mintId }, mintId(), null, 'one', 'two');
    const seen = () => [
      store.chat.list(),
      store.traces.list({}, null, 10),
      store.usage.sums(0, Number.MAX_SAFE_INTEGER),
    ];
    const before = structuredClone(seen());
    store.rehearse();
    expect(seen()).toEqual(before);
    expect(store.chat.search('rehearsal', 10)).toEqual([]);
    expect(store.check(true).ok).toBe(true);
    playTurn({ store, mintId }, mintId(), null, 'three', 'four');
    expect(store.chat.list().conversations).toHaveLength(2);
  });

  it('finds what is written after a transaction that was taken back', () => {
    const { store, mintId } = makeStore();
    playTurn({ store, mintId }, mintId(), null, 'one', 'two');
    // The same reply again is refused after its words were indexed. Found are titles and messages.
    const begin = makeBegin(mintId, mintId(), null, 'walnut');
    store.chat.beginTurn(begin);
    expect(() =>
      store.chat.beginTurn({ ...makeBegin(mintId, mintId(), null, 'hazel'), replyId: begin.replyId }),
    ).toThrow();
    playTurn({ store, mintId }, mintId(), null, 'three', 'four');
    expect(['one', 'walnut', 'three', 'hazel'].map((word) => store.chat.search(word, 10).length)).toEqual([2, 2, 2, 0]);
  });

  it('can be closed twice', () => {
    const folder = makeFolder();
    const store = openStore({ path: join(folder, 'a.db'), snapshotDir: folder, ...makeTime(), log: silentLog });
    store.dispose();
    store.dispose();
    expect(() => store.chat.list()).toThrow();
  });
});
