import { say } from '../../contract/sentences/index.ts';
import { z } from 'zod';
import type { HubModel } from '../../contract/entities/library.ts';
import { makeFault } from '../../contract/fault-facts.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Egress } from '../egress/egress.ts';
import { setbackOf } from '../download/ask-source.ts';

/** One file as the hub lists it. `sha256` null = the hub publishes none. */
export interface HubListing {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
}

/** A place models are published at. Rejects with a FaultError; `offline` when it cannot be reached. */
export interface Hub {
  search(text: string, signal: AbortSignal): Promise<HubModel[]>;
  /** All model files of a collection at one revision, which names that state for good. */
  files(repo: string, signal: AbortSignal): Promise<{ readonly revision: string; readonly files: HubListing[] }>;
  /** Addresses of one file, the hub's own first. */
  addresses(repo: string, revision: string, path: string): string[];
}

// Hugging Face Hub API: https://huggingface.co/docs/hub/api and the client of its own library, huggingface_hub.
const found = z.array(
  z.object({
    id: z.string(),
    downloads: z.number().catch(0),
    likes: z.number().catch(0),
    tags: z.array(z.string()).catch([]),
    gated: z.union([z.boolean(), z.string()]).catch(false),
  }),
);
const details = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().nonnegative().nullish(),
      lfs: z.object({ sha256: z.string(), size: z.number().int().positive() }).nullish(),
    }),
  ),
});

const MOST_FOUND = 30;
const SHA256 = /^[0-9a-f]{64}$/;
/** Wants agreement before anything is fetched. */
const REPO = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;

export interface HubDeps {
  readonly egress: Egress;
  /** Base address and mirrors of it, read at each use. */
  readonly places: () => { readonly url: string; readonly mirrors: readonly string[] };
  /** Why nothing may leave this machine for this host now; null = it may. */
  readonly kept: (host: string) => string | null;
}

/** The Hugging Face Hub, or a server that speaks like it. */
export function createHub({ egress, places, kept }: HubDeps): Hub {
  const base = (): string => places().url.replace(/\/+$/, '');

  async function get<T>(schema: z.ZodType<T>, path: string, signal: AbortSignal): Promise<T> {
    const url = new URL(`${base()}${path}`);
    const reason = kept(url.host);
    if (reason !== null) throw new FaultError(makeFault('offline', reason));
    const door = egress.fetchFor({
      providerId: 'hub',
      modelId: null,
      origin: { traceId: null, conversationId: null, private: false, purpose: 'search' },
      trustedForPrivate: false,
    });
    let status: number;
    let body: unknown;
    try {
      const response = await door(url, { headers: { accept: 'application/json' }, signal });
      ({ status } = response);
      const text = await response.text();
      body = status === 200 ? JSON.parse(text) : null;
    } catch (error) {
      const words =
        error instanceof SyntaxError
          ? say('model.source.no_list', { host: url.host })
          : setbackOf(error).says(url.host);
      throw new FaultError(makeFault('offline', `${words} ${say('model.hub.works_without')}`));
    }
    if (status === 401 || status === 403 || status === 404)
      throw new FaultError(makeFault('not_found', say('model.hub.no_collection', { host: url.host, status })));
    const parsed = schema.safeParse(body);
    if (status !== 200 || !parsed.success)
      throw new FaultError(makeFault('server_error', say('model.hub.no_hub', { host: url.host, status })));
    return parsed.data;
  }

  return {
    async search(text, signal) {
      const query = new URLSearchParams({
        search: text,
        filter: 'gguf',
        sort: 'downloads',
        direction: '-1',
        limit: String(MOST_FOUND),
      });
      const models = await get(found, `/api/models?${query.toString()}`, signal);
      return models
        .filter(({ id }) => REPO.test(id))
        .slice(0, MOST_FOUND)
        .map(({ id, downloads, likes, tags, gated }) => ({
          repo: id,
          downloads,
          likes,
          licence: tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null,
          gated: gated !== false,
        }));
    },
    async files(repo, signal) {
      if (!REPO.test(repo)) throw new FaultError(makeFault('not_found', say('model.hub.form')));
      const { sha, siblings } = await get(details, `/api/models/${repo}?blobs=true`, signal);
      const files = siblings
        .filter(({ rfilename }) => /\.gguf$/i.test(rfilename))
        .flatMap(({ rfilename, size, lfs }) => {
          const sizeBytes = lfs?.size ?? size ?? 0;
          const sum = lfs?.sha256.toLowerCase() ?? null;
          return sizeBytes > 0
            ? [{ path: rfilename, sizeBytes, sha256: sum !== null && SHA256.test(sum) ? sum : null }]
            : [];
        });
      return { revision: sha, files };
    },
    addresses(repo, revision, path) {
      const { url, mirrors } = places();
      const tail = `/${repo}/resolve/${revision}/${path.split('/').map(encodeURIComponent).join('/')}`;
      return [url, ...mirrors].map((place) => `${place.replace(/\/+$/, '')}${tail}`);
    },
  };
}
