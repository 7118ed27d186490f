import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import { refuse } from '../../contract/faults.ts';
import type { Store } from '../../storage/store.ts';
import type { Announce } from '../announce.ts';
import { conversationDump, DUMP_VERSION, dumpFile } from './dump-format.ts';

/** Largest export that is read, in bytes: it is parsed whole. */
const MOST_IMPORT_BYTES = 512 * 2 ** 20;

/** Asks a person for files; the headless root has none. A null answer = the person closed it. */
export interface Dialogs {
  openFile(input: { title: string; extensions: string[] }): Promise<string | null>;
  saveFile(input: { title: string; suggestedName: string }): Promise<string | null>;
  openFolder(path: string): Promise<void>;
}

export interface Data {
  backup(path: string | undefined): Promise<{ path: string | null; sizeBytes: number }>;
  export(
    path: string | undefined,
    conversationId: string | undefined,
  ): Promise<{ path: string | null; conversations: number }>;
  import(path: string | undefined): Promise<{ path: string | null; conversations: number; skipped: number }>;
  openFolder(): Promise<void>;
  check(full: boolean): { ok: boolean; detail: string };
}

export interface DataDeps {
  readonly store: Store;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly dialogs: Dialogs | null;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The user's data as a whole: copies, exports, imports. */
export function createData({ store, dataDir, clock, announce, dialogs }: DataDeps): Data {
  const day = () => new Date(clock.now()).toISOString().slice(0, 10);
  const chosen = async (path: string | undefined, ask: (dialogs: Dialogs) => Promise<string | null>) => {
    if (path !== undefined) {
      if (!isAbsolute(path)) throw refuse(say('app.file.whole_path', { path }));
      return resolve(path);
    }
    if (!dialogs) throw refuse(say('app.file.name_one'));
    return ask(dialogs);
  };

  const writeDump = (path: string, conversationId: string | null): number => {
    const temporary = `${path}.${String(process.pid)}.tmp`;
    let count = 0;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, `{"switchyard":${String(DUMP_VERSION)},"exportedAt":${String(clock.now())},"conversations":[`);
      for (const dump of store.dump.conversations(conversationId)) {
        writeSync(file, `${count++ === 0 ? '\n' : ',\n'}${JSON.stringify(dump)}`);
      }
      writeSync(file, '\n]}\n');
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return count;
  };

  const readDump = (path: string) => {
    if (statSync(path).size > MOST_IMPORT_BYTES) throw refuse(say('app.import.large'));
    const parsed = dumpFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success) throw refuse(say('app.import.foreign'));
    if (parsed.data.switchyard > DUMP_VERSION) throw refuse(say('app.import.newer'));
    return parsed.data.conversations;
  };

  return {
    async backup(given) {
      const path = await chosen(given, (ask) =>
        ask.saveFile({ title: 'Back up', suggestedName: `switchyard-${day()}.db` }),
      );
      if (path === null) return { path, sizeBytes: 0 };
      return { path, ...(await store.backup(path)) };
    },
    async export(given, conversationId) {
      if (conversationId !== undefined && !store.chat.get(conversationId))
        throw refuse(say('app.chat.gone'), 'not_found');
      const path = await chosen(given, (ask) =>
        ask.saveFile({ title: 'Export', suggestedName: `switchyard-${day()}.json` }),
      );
      if (path === null) return { path, conversations: 0 };
      try {
        return { path, conversations: writeDump(path, conversationId ?? null) };
      } catch (error) {
        throw refuse(say('app.export.failed', { path, why: words(error) }), 'storage_full');
      }
    },
    async import(given) {
      const path = await chosen(given, (ask) => ask.openFile({ title: 'Import', extensions: ['json'] }));
      if (path === null) return { path, conversations: 0, skipped: 0 };
      let dumps: unknown[];
      try {
        dumps = readDump(path);
      } catch (error) {
        if (error instanceof SyntaxError) throw refuse(say('app.import.damaged'));
        if (error instanceof Error && 'code' in error)
          throw refuse(say('app.import.unreadable', { path, why: words(error) }));
        throw error;
      }
      let conversations = 0;
      let skipped = 0;
      for (const dump of dumps) {
        const parsed = conversationDump.safeParse(dump);
        if (parsed.success && store.chat.importConversation(parsed.data)) conversations++;
        else skipped++;
      }
      if (conversations > 0) announce.topics(['chats']);
      return { path, conversations, skipped };
    },
    async openFolder() {
      if (!dialogs) throw refuse(`The data folder is ${dataDir}.`);
      await dialogs.openFolder(dataDir);
    },
    check: (full) => store.check(full),
  };
}
