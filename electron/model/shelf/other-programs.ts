import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { z } from 'zod';

/** A model file another program keeps. */
export interface FoundFile {
  readonly program: 'ollama' | 'lm-studio';
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Places {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Folders and files looked at in one place, so that a link to the root of a disk costs little. */
const MOST_ENTRIES = 5000;
const MOST_DEPTH = 6;
const MOST_MANIFEST_BYTES = 1024 * 1024;

/** Files below a folder, by their path; links to folders are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const out: string[] = [];
  let left = MOST_ENTRIES;
  const walk = async (at: string, depth: number): Promise<void> => {
    if (depth > MOST_DEPTH) return;
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      if (left-- <= 0) return;
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path, depth + 1);
      else out.push(path);
    }
  };
  await walk(folder, 0);
  return out.sort();
}

const manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256[:-][0-9a-f]{64}$/) })),
});
const MODEL_LAYER = 'application/vnd.ollama.image.model';

/**
 * Where Ollama keeps models: OLLAMA_MODELS, the person's own folder, and that of its service on Linux.
 * Source: Ollama's FAQ, "Where are models stored?".
 */
export function ollamaFolders({ home, env, platform }: Places): string[] {
  const named = env['OLLAMA_MODELS']?.trim() ?? '';
  if (named !== '') return [named.startsWith('~/') ? join(home, named.slice(2)) : named];
  return [join(home, '.ollama', 'models'), ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : [])];
}

/** `registry.ollama.ai/library/llama3/8b` -> `llama3:8b`; other registries and people keep their names in front. */
function ollamaName(parts: readonly string[]): string {
  const tag = parts.at(-1) ?? 'latest';
  const [host, ...rest] = parts.slice(0, -1);
  const own = host === 'registry.ollama.ai' || host === 'ollama.com';
  const path = own ? (rest[0] === 'library' ? rest.slice(1) : rest) : parts.slice(0, -1);
  return `${path.join('/')}:${tag}`;
}

/** Models of Ollama: manifests/{registry}/{owner}/{model}/{tag} name a layer that lies in blobs/sha256-{sum}. */
async function ollamaFiles(folder: string): Promise<FoundFile[]> {
  const manifests = join(folder, 'manifests');
  const found: FoundFile[] = [];
  for (const path of await filesBelow(manifests)) {
    try {
      if ((await stat(path)).size > MOST_MANIFEST_BYTES) continue;
      const parsed = manifest.safeParse(JSON.parse(await readFile(path, 'utf8')));
      const layer = parsed.data?.layers.find(({ mediaType }) => mediaType === MODEL_LAYER);
      if (!layer) continue;
      const blob = join(folder, 'blobs', layer.digest.replace(':', '-'));
      const name = ollamaName(relative(manifests, path).split(/[\\/]/));
      found.push({ program: 'ollama', name, path: blob, sizeBytes: (await stat(blob)).size });
    } catch {
      // No manifest, or its model is gone: nothing to adopt.
    }
  }
  return found;
}

/**
 * Where LM Studio keeps models: the folder its settings name, else the one it makes. Layout: publisher/model/file.gguf.
 * Source: LM Studio's documentation, "Import models".
 */
export async function lmStudioFolders({ home }: Places): Promise<string[]> {
  const usual = [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')];
  try {
    const settings = z
      .object({ downloadsFolder: z.string() })
      .safeParse(JSON.parse(await readFile(join(home, '.lmstudio', 'settings.json'), 'utf8')));
    const named = settings.data?.downloadsFolder ?? '';
    return isAbsolute(named) ? [named, ...usual] : usual;
  } catch {
    return usual;
  }
}

const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;
/** Image encoders beside a model. */
const ENCODER = /^mmproj[-_.]/i;

async function lmStudioFiles(folder: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of await filesBelow(folder)) {
    const file = basename(path);
    if (!/\.gguf$/i.test(file) || LATER_PART.test(file) || ENCODER.test(file)) continue;
    const info = await stat(path).catch(() => null);
    if (info?.isFile() === true)
      found.push({ program: 'lm-studio', name: file.replace(/\.gguf$/i, ''), path, sizeBytes: info.size });
  }
  return found;
}

/** Models that Ollama and LM Studio have on this machine. Reads only; a place that is not there has none. */
export async function findOtherModels(places: Places): Promise<FoundFile[]> {
  const all: FoundFile[] = [];
  for (const folder of new Set(ollamaFolders(places))) all.push(...(await ollamaFiles(folder)));
  for (const folder of new Set(await lmStudioFolders(places))) all.push(...(await lmStudioFiles(folder)));
  // Two names of Ollama can stand for one file.
  return all.filter((file, at) => all.findIndex(({ path }) => path === file.path) === at);
}
