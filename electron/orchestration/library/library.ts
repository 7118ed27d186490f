import { say } from '../../contract/sentences/index.ts';
import { totalmem } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { CallOutput } from '../../contract/calls.ts';
import type { AvailableModel, FitBasis, FoundModel, HubFile, HubModel } from '../../contract/entities/library.ts';
import type { DownloadEntry } from '../../contract/entities/download.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { refuse } from '../../contract/faults.ts';
import { basisOf, fitOf, ranked, splitPartsOf } from '../../model/index.ts';
import type {
  CatalogueEntry,
  Downloads,
  DownloadWish,
  FoundFile,
  Hub,
  HubListing,
  Measured,
} from '../../model/index.ts';
import type { Announce } from '../announce.ts';
import type { Models } from '../models-door.ts';

export interface LibraryDeps {
  readonly models: Models;
  readonly downloads: Downloads;
  readonly hub: Hub;
  readonly catalogue: () => readonly CatalogueEntry[];
  readonly findOthers: () => Promise<FoundFile[]>;
  /** Memory a new model could have now, in bytes; null = cannot be told. */
  readonly freeMemory: () => number | null;
  readonly freeDisk: () => number | null;
  readonly folder: string;
  readonly announce: Announce;
  readonly clock: Clock;
  readonly log: Log;
}

/** A hub that says nothing for so long is called out of reach, in ms. */
const HUB_MS = 15_000;

/** Models one could have: the catalogue, the hub, other programs' files, and what is on its way. */
export function createLibrary(deps: LibraryDeps) {
  const { models, downloads, hub, announce } = deps;

  const local = (): ModelEntry[] => models.list().filter(({ kind }) => kind === 'local');
  function measured(): { machine: Measured; basis: FitBasis } {
    const best = basisOf(
      local().flatMap(({ name, sizeBytes, measurement }) =>
        sizeBytes === null || measurement === null
          ? []
          : [{ name, sizeBytes, tokensPerSecond: measurement.decodeTokensPerSecond }],
      ),
    );
    return {
      machine: {
        totalBytes: totalmem(),
        freeBytes: deps.freeMemory(),
        weightBytesPerSecond: best ? best.sizeBytes * best.tokensPerSecond : null,
      },
      basis: {
        modelName: best?.name ?? null,
        tokensPerSecond: best?.tokensPerSecond ?? null,
        sizeBytes: best?.sizeBytes ?? null,
      },
    };
  }

  /** Which model of the catalogue a file here is: by where it was downloaded from. */
  function installed(): ReadonlyMap<string, string> {
    const known = new Map<string, string>();
    for (const model of local()) {
      const record = model.path === null ? null : downloads.installedAt(model.path);
      const catalogueId = record?.catalogueId ?? null;
      if (catalogueId !== null && model.problem === null) known.set(catalogueId, model.id);
    }
    return known;
  }

  function available(): CallOutput<'model.available'> {
    const { machine, basis } = measured();
    const here = installed();
    const list = deps.catalogue().map((entry): Omit<AvailableModel, 'recommended'> => {
      const sizeBytes = entry.bytes ?? entry.about;
      const activeShare = entry.active === undefined ? 1 : entry.active / entry.parameters;
      return {
        id: entry.id,
        name: entry.name,
        kind: entry.kind,
        repo: entry.repo,
        file: entry.file,
        licence: entry.licence,
        parameters: entry.parameters,
        quantization: entry.quantization,
        sizeBytes,
        sizeIsExact: entry.bytes !== undefined,
        contextTokens: entry.context,
        languages: entry.languages === 'many' ? [] : entry.languages,
        hasSum: entry.sha256 !== undefined,
        fit: fitOf({ sizeBytes, activeShare, contextTokens: entry.context }, machine),
        modelId: here.get(entry.id) ?? null,
      };
    });
    return { models: ranked(list), basis, freeDiskBytes: deps.freeDisk(), folder: deps.folder };
  }

  const entryOf = (id: string): DownloadEntry => {
    const found = downloads.list().find((entry) => entry.id === id);
    if (!found) throw refuse(say('model.download.gone'), 'not_found');
    return found;
  };

  const wishOf = (
    title: string,
    repo: string,
    revision: string,
    file: { readonly path: string; readonly sizeBytes: number; readonly sha256: string },
    more: Pick<DownloadWish, 'checkedBy' | 'catalogueId'>,
  ): DownloadWish => ({
    title,
    fileName: file.path,
    sources: hub.addresses(repo, revision, file.path),
    sizeBytes: file.sizeBytes,
    sha256: file.sha256,
    parts: null,
    ...more,
  });

  const withSum = (file: HubListing | undefined, path: string): HubListing & { sha256: string } => {
    if (!file) throw refuse(say('model.hub.file_gone', { path }), 'not_found');
    if (file.sha256 === null) throw refuse(say('model.hub.no_checksum'));
    return { ...file, sha256: file.sha256 };
  };

  async function startFromCatalogue(id: string): Promise<DownloadEntry> {
    const entry = deps.catalogue().find((known) => known.id === id);
    if (!entry) throw refuse(say('model.hub.not_catalogued', { model: id }), 'not_found');
    const modelId = installed().get(id);
    if (modelId !== undefined) throw refuse(say('model.hub.here', { name: entry.name }), 'conflict');
    if (entry.bytes !== undefined && entry.sha256 !== undefined) {
      const file = { path: entry.file, sizeBytes: entry.bytes, sha256: entry.sha256 };
      return entryOf(
        downloads.add(wishOf(entry.name, entry.repo, 'main', file, { checkedBy: 'catalogue', catalogueId: id })),
      );
    }
    const { revision, files } = await hub.files(entry.repo, AbortSignal.timeout(HUB_MS));
    const file = withSum(
      files.find(({ path }) => path === entry.file),
      entry.file,
    );
    return entryOf(
      downloads.add(wishOf(entry.name, entry.repo, revision, file, { checkedBy: 'hub', catalogueId: id })),
    );
  }

  async function startFromHub(repo: string, path: string): Promise<DownloadEntry> {
    const { revision, files } = await hub.files(repo, AbortSignal.timeout(HUB_MS));
    const wanted = splitPartsOf(path).map((part) =>
      withSum(
        files.find((file) => file.path === part),
        part,
      ),
    );
    const [first] = wanted.map((file) => {
      const title =
        file.path
          .split('/')
          .at(-1)
          ?.replace(/\.gguf$/i, '') ?? file.path;
      return downloads.add(wishOf(title, repo, revision, file, { checkedBy: 'hub', catalogueId: null }));
    });
    return entryOf(first ?? '');
  }

  return {
    available,
    downloads: (): DownloadEntry[] => downloads.list(),
    start: (wish: { catalogueId: string } | { repo: string; path: string }): Promise<DownloadEntry> =>
      'catalogueId' in wish ? startFromCatalogue(wish.catalogueId) : startFromHub(wish.repo, wish.path),
    async pause(id: string): Promise<DownloadEntry> {
      await downloads.pause(id);
      return entryOf(id);
    },
    resume(id: string): DownloadEntry {
      downloads.resume(id);
      return entryOf(id);
    },
    cancel: async (id: string): Promise<{ freedBytes: number }> => ({ freedBytes: await downloads.cancel(id) }),
    /** Models other programs have here, and whether they can be used. */
    async found(): Promise<FoundModel[]> {
      const files = await deps.findOthers();
      const byPath = new Map(local().map(({ path, id }) => [path, id]));
      return Promise.all(
        files.map(async (file) => ({
          ...file,
          problem: await models.problemOf(file.path),
          modelId: byPath.get(file.path) ?? null,
        })),
      );
    },
    /** Lists a file of another program here; it stays where it is and belongs to that program. */
    async adopt(path: string): Promise<ModelEntry> {
      const file = (await deps.findOthers()).find((known) => known.path === path);
      if (!file) throw refuse(say('model.hub.adopted_gone'), 'not_found');
      const model = await models.import(path, { origin: file.program, name: file.name });
      announce.topics(['models']);
      return model;
    },
    async search(text: string): Promise<HubModel[]> {
      return text.trim() === '' ? [] : hub.search(text.trim(), AbortSignal.timeout(HUB_MS));
    },
    async hubFiles(repo: string): Promise<HubFile[]> {
      const { files } = await hub.files(repo, AbortSignal.timeout(HUB_MS));
      const { machine } = measured();
      return files
        .filter(({ path }) => splitPartsOf(path)[0] === path)
        .map(({ path }) => {
          const names = splitPartsOf(path);
          const parts = names.flatMap((name) => files.find((file) => file.path === name) ?? []);
          const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
          return {
            path,
            parts: names.length,
            sizeBytes,
            checked: parts.length === names.length && parts.every(({ sha256 }) => sha256 !== null),
            fit: fitOf({ sizeBytes, activeShare: 1, contextTokens: 32_768 }, machine),
          };
        })
        .sort((a, b) => a.sizeBytes - b.sizeBytes);
    },
  };
}
export type Library = ReturnType<typeof createLibrary>;
