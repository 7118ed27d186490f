import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import type { InlineConfig, Plugin } from 'vite';

const root = import.meta.dirname;

/** Addons and the runtime's own module stay outside; everything else goes into one file an entry. */
const external = [
  ...['electron', /^better-sqlite3(\/|$)/, /^@node-llama-cpp\//, /^ipull(\/|$)/, /^node:/],
  ...builtinModules,
];
const llamaLibrary = resolve(root, 'node_modules/node-llama-cpp/dist');

export interface AppEntry {
  name: string;
  source: string;
  format: 'es' | 'cjs';
}

const entries: AppEntry[] = [
  { name: 'main.mjs', source: 'electron/main.ts', format: 'es' },
  { name: 'preload.cjs', source: 'electron/preload.ts', format: 'cjs' },
  { name: 'llama-host.mjs', source: 'native/llama/host.ts', format: 'es' },
  { name: 'libraries.mjs', source: 'electron/model/late-libraries.ts', format: 'es' },
  { name: 'trace-reader.mjs', source: 'electron/storage/reads/reader-worker.ts', format: 'es' },
  { name: 'side-writer.mjs', source: 'electron/storage/writes/writer-worker.ts', format: 'es' },
  { name: 'headless.mjs', source: 'electron/headless.ts', format: 'es' },
];

export function appEntries(): AppEntry[] {
  return entries.filter((entry) => existsSync(resolve(root, entry.source)));
}

/**
 * The engine's library is 300 files, and reading them takes longer than loading a small model: what the engine uses of it goes into
 * its entry. The library finds its binaries by its own place, so each of its files is told where it would have stood.
 */
const llamaInOneFile: Plugin = {
  name: 'switchyard:llama-in-one-file',
  transform(code, id) {
    if (!id.startsWith(llamaLibrary)) return null;
    const place = JSON.stringify(relative(llamaLibrary, id).split(sep).join('/'));
    const url = `new URL(${place}, import.meta.resolve('node-llama-cpp')).href`;
    return { code: code.replaceAll('import.meta.url', `(${url})`), map: null, moduleSideEffects: false };
  },
};

/** One entry, one file: paths taken from import.meta.url then mean the same in every room. */
export function appConfig(entry: AppEntry, outDir: string): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    clearScreen: false,
    ssr: { noExternal: true, target: 'node' },
    plugins: [llamaInOneFile],
    build: {
      ssr: resolve(root, entry.source),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        external,
        output: { format: entry.format, entryFileNames: entry.name, codeSplitting: false },
      },
    },
  };
}
