import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import type { InlineConfig } from 'vite';

const root = import.meta.dirname;

/** Addons and the runtime's own module stay outside; everything else goes into one file an entry. */
const external = [...['electron', /^better-sqlite3(\/|$)/, /^node-llama-cpp(\/|$)/, /^node:/], ...builtinModules];

export interface AppEntry {
  name: string;
  source: string;
  format: 'es' | 'cjs';
}

const entries: AppEntry[] = [
  { name: 'main.mjs', source: 'electron/main.ts', format: 'es' },
  { name: 'preload.cjs', source: 'electron/preload.ts', format: 'cjs' },
  { name: 'llama-host.mjs', source: 'native/llama/host.ts', format: 'es' },
  { name: 'providers.mjs', source: 'electron/model/providers/cloud/language-model.ts', format: 'es' },
  { name: 'trace-reader.mjs', source: 'electron/storage/reads/reader-worker.ts', format: 'es' },
  { name: 'headless.mjs', source: 'electron/headless.ts', format: 'es' },
];

export function appEntries(): AppEntry[] {
  return entries.filter((entry) => existsSync(resolve(root, entry.source)));
}

/** One entry, one file: paths taken from import.meta.url then mean the same in every room. */
export function appConfig(entry: AppEntry, outDir: string): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    clearScreen: false,
    ssr: { noExternal: true, target: 'node' },
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
