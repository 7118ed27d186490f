import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder, makeStore, makeTime, overwriteTableEnd, playTurn } from '../../test/flow/storage-kit.ts';
import { silentLog } from '../base/log.ts';
import { createConversationWriter } from './chat-conversations.ts';
import { createChatReader } from './chat-reader.ts';
import { openStore, restoreBackup } from './index.ts';
import { openFile } from './open-file.ts';

/** A closed store with one conversation in it. */
function makeUsed() {
  const kit = makeStore();
  const c = kit.mintId();
  playTurn(kit, c, null, 'walnut', 'An answer');
  kit.store.dispose();
  return { ...kit, c };
}

const texts = (store: ReturnType<typeof makeUsed>['store'], c: string) =>
  store.chat.thread(c, null, 50).messages.map(({ text }) => text);
const aside = (folder: string) => readdirSync(folder).filter((name) => name.includes('.damaged-'));

describe('a damaged database', () => {
  it('that is not a database at all is kept aside, and a new one started', () => {
    const kit = makeUsed();
    writeFileSync(kit.path, 'this was a shopping list');
    const store = kit.reopen();
    expect(store.problems).toEqual([expect.stringMatching(/damaged.*new one was started.*kept as/)]);
    expect(store.chat.list().conversations).toEqual([]);
    expect(aside(kit.folder)).toHaveLength(1);
    expect(readFileSync(join(kit.folder, aside(kit.folder)[0] ?? ''), 'utf8')).toBe('this was a shopping list');
  });

  it('gives way to the newest whole snapshot', () => {
    const kit = makeUsed();
    mkdirSync(kit.snapshotDir);
    cpSync(kit.path, join(kit.snapshotDir, '2026-01-01-before-v6.db'));
    writeFileSync(join(kit.snapshotDir, '2026-02-01-before-v6.db'), 'not whole');
    truncateSync(kit.path, 9000);
    const store = kit.reopen();
    expect(store.problems).toEqual([expect.stringMatching(/snapshot .*2026-01-01.* was restored/)]);
    expect(texts(store, kit.c)).toEqual(['walnut', 'An answer']);
    expect(aside(kit.folder)).toHaveLength(1);
  });

  it('whose log of traces is broken keeps every conversation', () => {
    const kit = makeUsed();
    overwriteTableEnd(kit.path, 'trace_payloads');
    const store = kit.reopen();
    expect(store.problems).toEqual([expect.stringMatching(/all conversations could be read.*trace_payloads/)]);
    expect(texts(store, kit.c)).toEqual(['walnut', 'An answer']);
    expect(store.check(true)).toMatchObject({ ok: true });
  });

  it('that is cut off never crashes the start, wherever it is cut', () => {
    const kit = makeUsed();
    const size = readFileSync(kit.path).length;
    for (const keep of [1, 50, 99, 100, 4096, 5000, Math.floor(size / 2), size - 1]) {
      const folder = makeFolder();
      const path = join(folder, 'switchyard.db');
      cpSync(kit.path, path);
      truncateSync(path, keep);
      const store = openStore({ path, snapshotDir: join(folder, 's'), ...makeTime(), log: silentLog });
      expect(store.problems).toHaveLength(1);
      expect(store.check(true)).toMatchObject({ ok: true });
      expect(aside(folder)).toHaveLength(1);
      store.dispose();
    }
  });

  it('with any one page overwritten opens, says so or is whole, and loses no file', () => {
    const kit = makeUsed();
    const pages = readFileSync(kit.path).length / 4096;
    for (let page = 0; page < pages; page += 5) {
      const folder = makeFolder();
      const path = join(folder, 'switchyard.db');
      cpSync(kit.path, path);
      const file = openSync(path, 'r+');
      writeSync(file, Buffer.alloc(3900, 0x5a), 0, 3900, page * 4096 + 120);
      closeSync(file);
      const store = openStore({ path, snapshotDir: join(folder, 's'), ...makeTime(), log: silentLog });
      expect(aside(folder)).toHaveLength(store.problems.length);
      store.dispose();
    }
  });
});

describe('a data folder that cannot be used', () => {
  it('is named in one sentence when it cannot be made', () => {
    const file = join(makeFolder(), 'a-file');
    writeFileSync(file, '');
    const open = () =>
      openStore({ path: join(file, 'data', 'switchyard.db'), snapshotDir: file, ...makeTime(), log: silentLog });
    expect(open).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'storage_full' }) }));
    expect(open).toThrow(/make the folder writable or choose another/);
  });
});

describe('a read-only data folder', () => {
  it('is read, and every write is refused in one sentence that says what to do', () => {
    const kit = makeUsed();
    const { db, problems } = openFile({ ...kit, now: 0, isWritable: () => false });
    onTestFinished(() => db.close());
    expect(problems).toEqual([expect.stringMatching(/read-only: everything can be read/)]);
    expect(createChatReader(db).search('walnut', 5)).toHaveLength(2);
    expect(createChatReader(db).thread(kit.c, null, 5).total).toBe(2);
    expect(() => createConversationWriter(db).saveDraft(null, 'x')).toThrow(
      expect.objectContaining({ fault: expect.objectContaining({ code: 'storage_full' }) }),
    );
  });

  it('that holds no database yet is refused', () => {
    const folder = makeFolder();
    const path = join(folder, 'switchyard.db');
    expect(() => openFile({ path, snapshotDir: folder, now: 0, isWritable: () => false })).toThrow(
      /make the folder writable/,
    );
  });
});

describe('a full disk', () => {
  it('refuses the write that does not fit, keeps what was there, and writes again when there is room', () => {
    const kit = makeUsed();
    const { db } = openFile({ ...kit, now: 0 });
    onTestFinished(() => db.close());
    const chat = { ...createChatReader(db), ...createConversationWriter(db) };
    const long = 'x'.repeat(400_000);
    db.pragma(`max_page_count = ${Number(db.pragma('page_count')) + 5}`);
    expect(() => chat.saveDraft(null, long)).toThrow(/disk .* is full: free some space/);
    expect(chat.draft(null)).toBe('');
    expect(chat.thread(kit.c, null, 5).total).toBe(2);
    db.pragma('max_page_count = 100000');
    chat.saveDraft(null, long);
    expect(chat.draft(null)).toBe(long);
  });
});

describe('backup and restore', () => {
  it('bring back every conversation, after keeping a copy of what was there', async () => {
    const kit = makeStore();
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'walnut', 'one');
    const backup = join(kit.folder, 'elsewhere', 'backup.db');
    const { sizeBytes } = await kit.store.backup(backup);
    expect(sizeBytes).toBe(readFileSync(backup).length);
    playTurn(kit, c, first.replyId, 'later', 'two');
    kit.store.dispose();
    const { snapshot } = restoreBackup({ from: backup, to: kit.path, snapshotDir: kit.snapshotDir });
    const store = kit.reopen();
    expect(texts(store, c)).toEqual(['walnut', 'one']);
    store.dispose();
    restoreBackup({ from: snapshot ?? '', to: kit.path, snapshotDir: kit.snapshotDir });
    expect(texts(kit.reopen(), c)).toEqual(['walnut', 'one', 'later', 'two']);
  });

  it('take a backup that is whole while turns are being written', async () => {
    const kit = makeStore();
    const c = kit.mintId();
    for (let i = 0; i < 20; i++) playTurn(kit, kit.mintId(), null, `question ${i} ${'x'.repeat(20_000)}`, 'a');
    const backup = join(kit.folder, 'backup.db');
    const running = kit.store.backup(backup);
    playTurn(kit, c, null, 'during the backup', 'a');
    await running;
    const target = join(makeFolder(), 'switchyard.db');
    expect(restoreBackup({ from: backup, to: target, snapshotDir: kit.folder })).toEqual({ snapshot: null });
  });

  it('refuse what is not a whole backup of ours and leave the database alone', () => {
    const kit = makeUsed();
    const before = readFileSync(kit.path);
    const [junk, cut, none] = ['junk', 'cut', 'none'].map((name) => join(kit.folder, name));
    writeFileSync(junk ?? '', 'x'.repeat(5000));
    cpSync(kit.path, cut ?? '');
    truncateSync(cut ?? '', before.length - 4096);
    for (const from of [junk, cut, none, kit.path])
      expect(() => restoreBackup({ from: from ?? '', to: kit.path, snapshotDir: kit.snapshotDir })).toThrow();
    expect(readFileSync(kit.path)).toEqual(before);
  });

  it('restore over a damaged database keeps the damaged file', () => {
    const kit = makeUsed();
    const backup = join(kit.folder, 'backup.db');
    cpSync(kit.path, backup);
    writeFileSync(kit.path, 'broken');
    restoreBackup({ from: backup, to: kit.path, snapshotDir: kit.snapshotDir });
    expect(texts(kit.reopen(), kit.c)).toEqual(['walnut', 'An answer']);
    expect(aside(kit.folder)).toHaveLength(1);
  });

  it('do not write a backup over the database itself', async () => {
    const kit = makeStore();
    await expect(kit.store.backup(kit.path)).rejects.toThrow(/choose another file/);
  });
});
