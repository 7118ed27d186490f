import { fill, say } from '../../contract/sentences/index.ts';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { readGgufHeader } from './header.ts';
import type { GgufHeader } from './header.ts';

/** Why a file cannot be used: one whole sentence that says what to do. */
export interface FileProblem {
  readonly state: 'missing' | 'corrupt' | 'unsupported';
  readonly problem: string;
}

/** A file that can be loaded. `sizeBytes` counts all parts of a split model. */
export interface ModelFile {
  readonly header: GgufHeader;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

const SPLIT_NAME = /-(\d{5})-of-(\d{5})\.gguf$/i;

/** Other parts of a split model, by the naming rule of `llama-gguf-split`. */
const otherParts = (path: string, count: number): string[] =>
  Array.from({ length: count - 1 }, (_, i) =>
    join(dirname(path), basename(path).replace(SPLIT_NAME, `-${String(i + 2).padStart(5, '0')}-of-$2.gguf`)),
  );

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error ? Reflect.get(error, 'code') : null);

/** Paths of all parts of the split model a file belongs to by its name, in order; the path alone when it is whole. */
export function splitPartsOf(path: string): string[] {
  const found = SPLIT_NAME.exec(path);
  const count = Math.min(999, Number(found?.[2] ?? 1));
  if (!found || count < 2) return [path];
  return Array.from({ length: count }, (_, i) =>
    path.replace(SPLIT_NAME, `-${String(i + 1).padStart(5, '0')}-of-$2.gguf`),
  );
}

/** Paths of the files of a model. */
export const filesOfModel = (path: string, splitCount: number): string[] =>
  splitCount > 1 && SPLIT_NAME.test(basename(path)) ? [path, ...otherParts(path, Math.min(splitCount, 999))] : [path];

/** Looks at a model file without loading it. Never rejects. */
export async function inspectModelFile(path: string): Promise<Result<ModelFile, FileProblem>> {
  const name = basename(path);
  try {
    const info = await stat(path);
    if (!info.isFile()) return err({ state: 'unsupported', problem: say('model.file.no_file', { name }) });
    const handle = await open(path, 'r');
    try {
      const header = await readGgufHeader({
        sizeBytes: info.size,
        async read(offset, length) {
          const want = Math.min(length, Math.max(0, info.size - offset));
          const { bytesRead, buffer } = await handle.read(new Uint8Array(want), 0, want, offset);
          return buffer.subarray(0, bytesRead);
        },
      });
      if (!header.ok)
        return err({
          state: header.error.state,
          problem: fill(header.error.problem, { name }),
        });
      let sizeBytes = info.size;
      if (header.value.splitCount > 1 && SPLIT_NAME.test(name)) {
        for (const part of otherParts(path, Math.min(header.value.splitCount, 999))) {
          const partInfo = await stat(part).catch(() => null);
          if (!partInfo)
            return err({
              state: 'missing',
              problem: say('model.file.part', { part: basename(part), name }),
            });
          sizeBytes += partInfo.size;
        }
      }
      return { ok: true, value: { header: header.value, sizeBytes, modifiedAt: info.mtimeMs } };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return err({
        state: 'missing',
        problem: say('model.file.gone', { path }),
      });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      return err({ state: 'unsupported', problem: say('model.file.locked', { path }) });
    }
    return err({ state: 'corrupt', problem: say('model.file.disk', { path, code: String(code ?? error) }) });
  }
}
