import { say } from '../contract/sentences/index.ts';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { CatalogItem } from './catalog.ts';
import { STARTER } from './starter.ts';

/** What `doctor` says of one model file. */
export interface FileCheck {
  readonly modelId: string;
  readonly path: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function checkFile(item: CatalogItem): Promise<FileCheck> {
  const base = { modelId: item.id, path: item.path };
  if (item.problem) return { ...base, ok: false, detail: item.problem.problem };
  if (item.source !== 'embedded') return { ...base, ok: true, detail: 'header and size are right' };
  const hash = createHash('sha256');
  await pipeline(createReadStream(item.path), hash);
  return hash.digest('hex') === STARTER.sha256
    ? { ...base, ok: true, detail: 'checksum is right' }
    : { ...base, ok: false, detail: say('model.starter_differs') };
}

/** Checks files that were just looked at; the embedded one by its checksum. */
export const checkFiles = (items: readonly CatalogItem[]): Promise<FileCheck[]> => Promise.all(items.map(checkFile));
