import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { keptStateKeys, stateFileName } from '../../native/llama/client.ts';

/** Files with the state of conversations, as far as they concern who owns the conversations: the engine writes and reads them. */
export function createKeptStateFiles(folder: string) {
  return {
    /** Where the engine keeps them; null = nowhere. */
    place: (megabytes: number): { folder: string; mostBytes: number } | null =>
      megabytes > 0 ? { folder, mostBytes: megabytes * 1e6 } : null,
    forget(conversationId: string): void {
      rmSync(join(folder, stateFileName(conversationId)), { force: true });
    },
    /** Deletes what is of no conversation that may be kept: one that was deleted without us, or is private now. */
    sweep(mayKeep: (conversationId: string) => boolean): void {
      for (const { path, stateKey } of keptStateKeys(folder))
        if (stateKey === null || !mayKeep(stateKey)) rmSync(path, { force: true });
    },
  };
}
