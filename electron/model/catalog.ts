import { say } from '../contract/sentences/index.ts';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { STARTER_MODEL_ID } from '../contract/names.ts';
import type { ModelReader } from '../storage/store.ts';
import { inspectModelFile } from './gguf/file.ts';
import type { FileProblem, ModelFile } from './gguf/file.ts';
import { STARTER, starterPath } from './starter.ts';

/** One model file the app knows of. */
export interface CatalogItem {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly source: 'embedded' | 'folder' | 'imported';
  /** Program whose file it is; absent = none. */
  readonly adoptedFrom?: 'ollama' | 'lm-studio';
  readonly addedAt: number;
  /** null while it has not been looked at yet. */
  readonly file: ModelFile | null;
  readonly problem: FileProblem | null;
}

export interface CatalogDeps {
  readonly store: Pick<ModelReader, 'imported'>;
  readonly resourcesDir: string;
  /** Folders looked through for *.gguf files, not their subfolders. */
  readonly folders: () => readonly string[];
  readonly clock: Clock;
  readonly onChange: () => void;
}

/** `Qwen 3 (4B).gguf` -> `local/qwen-3-4b`. */
export function modelIdOf(path: string, taken: (id: string) => boolean): string {
  const base = basename(path)
    .replace(/\.gguf$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const id = `local/${base === '' ? 'model' : base}`;
  return taken(id) ? `${id}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}` : id;
}

const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;

/** The model files there are: the embedded one, those in the model folders, those imported. */
export function createCatalog({ store, resourcesDir, folders, clock, onChange }: CatalogDeps) {
  const startedAt = clock.now();
  const seen = new Map<string, { stamp: string; file: ModelFile | null; problem: FileProblem | null }>();
  const refused = new Map<string, { stamp: string; problem: FileProblem }>();
  let items: CatalogItem[] = [firstStarter()];
  let scanning: Promise<void> | null = null;
  let scannedAt = Number.NEGATIVE_INFINITY;

  /** Before the first scan: good enough for a first launch that must not wait. */
  function firstStarter(): CatalogItem {
    const path = starterPath(resourcesDir);
    const problem: FileProblem | null = existsSync(path) ? null : { state: 'missing', problem: STARTER_GONE };
    return {
      id: STARTER_MODEL_ID,
      name: STARTER.name,
      path,
      source: 'embedded',
      addedAt: startedAt,
      file: null,
      problem,
    };
  }

  const stampOf = (path: string): string => {
    const info = statSync(path, { throwIfNoEntry: false });
    return info ? `${info.size}|${info.mtimeMs}` : 'none';
  };

  async function look(path: string): Promise<{ file: ModelFile | null; problem: FileProblem | null }> {
    let stamp = 'none';
    try {
      stamp = stampOf(path);
    } catch {
      // Not even its folder may be read: inspecting says why.
    }
    const known = seen.get(path);
    const broken = refused.get(path);
    if (known && known.stamp === stamp && stamp !== 'none') {
      return broken?.stamp === stamp ? { file: known.file, problem: broken.problem } : known;
    }
    const found = await inspectModelFile(path);
    const result = found.ok ? { file: found.value, problem: null } : { file: null, problem: found.error };
    seen.set(path, { stamp, ...result });
    return result;
  }

  async function ggufFiles(folder: string): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    return names
      .filter((name) => /\.gguf$/i.test(name) && !LATER_PART.test(name))
      .sort()
      .map((name) => join(folder, name));
  }

  async function scan(): Promise<void> {
    const next: CatalogItem[] = [];
    const taken = (id: string): boolean => next.some((item) => item.id === id);
    const paths = new Set<string>();
    const add = async (item: Omit<CatalogItem, 'file' | 'problem'>): Promise<void> => {
      const real = await realpath(item.path).catch(() => resolve(item.path));
      if (paths.has(real)) return;
      paths.add(real);
      const { file, problem } = await look(item.path);
      const said =
        item.source === 'embedded' && problem
          ? { state: problem.state, problem: `${problem.problem} ${REINSTALL}` }
          : problem;
      next.push({
        ...item,
        name: item.source === 'folder' ? (file?.header.name ?? item.name) : item.name,
        file,
        problem: said,
      });
    };
    await add({ ...firstStarter() });
    for (const { id, path, name, addedAt, origin } of store.imported())
      await add({
        id,
        path,
        name,
        addedAt,
        source: 'imported',
        ...(origin === 'file' ? {} : { adoptedFrom: origin }),
      });
    for (const folder of folders()) {
      for (const path of await ggufFiles(folder)) {
        const name = basename(path).replace(/\.gguf$/i, '');
        await add({ id: modelIdOf(path, taken), path, name, addedAt: startedAt, source: 'folder' });
      }
    }
    const changed = JSON.stringify(next) !== JSON.stringify(items);
    items = next;
    scannedAt = clock.monotonicMs();
    if (changed) onChange();
  }

  const refresh = (): Promise<void> => (scanning ??= scan().finally(() => (scanning = null)));
  /** A look that began after this call: one under way may have passed by what changed. */
  const refreshAnew = async (): Promise<void> => {
    await scanning;
    await refresh();
  };

  return {
    items: (): readonly CatalogItem[] => items,
    find: (id: string): CatalogItem | null => items.find((item) => item.id === id) ?? null,
    refresh,
    refreshAnew,
    /** Looks again when the last look is older than this; does not wait. */
    refreshIfOlder(ageMs: number): void {
      if (clock.monotonicMs() - scannedAt > ageMs) refresh().catch(() => undefined);
    },
    /** The engine refused a file that looked right: remembered until the file changes. */
    async refuse(path: string, problem: FileProblem): Promise<void> {
      refused.set(path, { stamp: stampOf(path), problem });
      await refreshAnew();
    },
  };
}

const REINSTALL = say('model.reinstall');
const STARTER_GONE = `${say('model.starter_gone')} ${REINSTALL}`;
