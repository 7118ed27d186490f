import { say } from '../contract/sentences/index.ts';
import { rm, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { FaultError, refuse } from '../contract/faults.ts';
import type { ImportedModel, ModelWriter } from '../storage/store.ts';
import { modelIdOf } from './catalog.ts';
import type { CatalogItem, createCatalog } from './catalog.ts';
import { filesOfModel, inspectModelFile } from './gguf/file.ts';
import { fileFault } from './providers/local.ts';

export interface ListedFilesDeps {
  readonly catalog: ReturnType<typeof createCatalog>;
  readonly store: Pick<ModelWriter, 'addImported' | 'removeImported'>;
  readonly clock: Clock;
  /** The app's own folder: what lies in it was put there by the app, or for it. */
  readonly ownFolder: string;
  /** Makes the engine let go of a model. */
  readonly unload: (modelId: string) => Promise<void>;
}

/** What taking a model off the list did to the disk. */
export interface Removed {
  /** 0 = its file was not touched. */
  readonly freedBytes: number;
}

/** Whether removing this model deletes its file: only what lies in the app's own folder, and nothing that was imported or adopted. */
export const deletesFile = (item: CatalogItem, ownFolder: string): boolean => {
  if (item.source !== 'folder') return false;
  const inside = relative(ownFolder, item.path);
  return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
};

/** Model files a person lists, and takes off the list again. */
export function createListedFiles({ catalog, store, clock, ownFolder, unload }: ListedFilesDeps) {
  return {
    /** Adds a file where it lies and gives its id. Refuses what cannot be run, saying why. */
    async add(path: string, more: Partial<Pick<ImportedModel, 'origin' | 'name'>> = {}): Promise<CatalogItem> {
      if (path.trim() === '') throw refuse(say('model.no_path'));
      const full = isAbsolute(path) ? path : resolve(path);
      const found = await inspectModelFile(full);
      if (!found.ok) throw new FaultError(fileFault(full, found.error));
      await catalog.refresh();
      const known = catalog.items().find((item) => item.path === full);
      if (known) return known;
      const called = more.name === undefined ? full : `${more.name.replaceAll(/[\\/]/g, '-')}.gguf`;
      const id = modelIdOf(called, (taken) => catalog.find(taken) !== null);
      const name = more.name ?? found.value.header.name ?? full.split(/[\\/]/).pop() ?? id;
      store.addImported({ id, path: full, name, addedAt: clock.now(), origin: more.origin ?? 'file' });
      await catalog.refreshAnew();
      const item = catalog.items().find((candidate) => candidate.id === id);
      if (!item) throw refuse(say('model.listed', { path: full }), 'conflict');
      return item;
    },
    /** Takes a model off the list. A file of the app's own folder is deleted; any other is only forgotten. */
    async remove(item: CatalogItem): Promise<Removed> {
      if (item.source === 'embedded') throw refuse(say('model.embedded', { name: item.name }));
      const deletes = deletesFile(item, ownFolder);
      if (item.source === 'folder' && !deletes) throw refuse(say('model.in_folder', { path: item.path }));
      await unload(item.id);
      let freedBytes = 0;
      if (deletes) {
        for (const path of filesOfModel(item.path, item.file?.header.splitCount ?? 1)) {
          const info = await stat(path).catch(() => null);
          await rm(path, { force: true });
          // A second name of the same file keeps its bytes.
          if (info?.nlink === 1) freedBytes += info.size;
        }
      } else store.removeImported(item.id);
      await catalog.refreshAnew();
      return { freedBytes };
    },
    /** Why a file could not be used, one sentence; null = it could. */
    async problemOf(path: string): Promise<string | null> {
      const found = await inspectModelFile(path);
      return found.ok ? null : found.error.problem;
    },
  };
}
