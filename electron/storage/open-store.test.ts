import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeBegin, makeFolder, makeStore, makeTime, playTurn } from '../../test/flow/storage-kit.ts';
import { silentLog } from '../base/log.ts';
import { openStore } from './index.ts';

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
