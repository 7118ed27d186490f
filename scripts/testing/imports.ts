import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export interface ImportKeys {
  /** Hash of a file, of all it imports inside the repository (also through others), and of the settings given. */
  keyOf(path: string): string;
}

interface Entry {
  readonly hash: string;
  readonly imports: readonly string[];
}

/**
 * What a result about a TypeScript file depends on when types count: its own text and the text of everything it reaches.
 * `settings` are files that bear on every result: configuration, the lockfile, ambient declarations. Paths are relative to `root`.
 */
export function importKeys(root: string, settings: readonly string[]): ImportKeys {
  const entries = new Map<string, Entry>();
  const shared = createHash('sha256');
  for (const path of [...settings].sort())
    shared
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  const base = shared.digest('hex');

  const entryOf = (path: string): Entry => {
    const known = entries.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(root, path), 'utf8');
    const entry = { hash: createHash('sha256').update(text).digest('hex'), imports: importsOf(root, path, text) };
    entries.set(path, entry);
    return entry;
  };

  return {
    keyOf(path) {
      const reached = new Set([path]);
      for (const at of reached) for (const next of entryOf(at).imports) reached.add(next);
      const hash = createHash('sha256').update(base);
      for (const at of [...reached].sort()) hash.update(`${at}\0${entryOf(at).hash}\0`);
      return hash.digest('hex');
    },
  };
}

/** Files of the repository a file names in an import, export or `import()`; packages are pinned by the lockfile. */
function importsOf(root: string, path: string, text: string): string[] {
  if (!/\.[cm]?[jt]sx?$/.test(path)) return [];
  const { importedFiles, referencedFiles } = ts.preProcessFile(text, true, true);
  return [...importedFiles, ...referencedFiles]
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => resolve(root, dirname(path), fileName.replace(/\?.*$/, '')))
    .filter((absolute) => /\.[a-z]+$/.test(absolute) && existsSync(absolute))
    .map((absolute) => relative(root, absolute));
}
