import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { appConfig, appEntries } from '../vite.app.config.ts';
import { withLock } from './runtime/cache.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

interface Part {
  name: 'renderer' | 'app';
  inputs: string[];
  run: (outDir: string) => Promise<void>;
}

const shared = ['package-lock.json', 'tsconfig*.json', 'electron/contract/**/*.ts'];

const parts: Part[] = [
  {
    name: 'renderer',
    inputs: ['renderer/**/*', 'vite.config.ts', 'scripts/build.ts', 'scripts/mermaid-script.ts', ...shared],
    run: async (outDir) => {
      // A test run sets NODE_ENV to "test", and the page would be built with React's slow development half.
      const before = process.env['NODE_ENV'];
      process.env['NODE_ENV'] = 'production';
      try {
        await build({
          configFile: join(root, 'vite.config.ts'),
          configLoader: 'native',
          logLevel: 'warn',
          build: { outDir },
        });
      } finally {
        if (before === undefined) delete process.env['NODE_ENV'];
        else process.env['NODE_ENV'] = before;
      }
    },
  },
  {
    name: 'app',
    inputs: [
      'electron/**/*.ts',
      'native/**/*.ts',
      'resources/**/*.{json,yaml,yml,md}',
      'vite.app.config.ts',
      ...shared,
    ],
    run: async (outDir) => {
      for (const entry of appEntries()) await build(appConfig(entry, outDir));
    },
  },
];

export interface BuildOutcome {
  built: string[];
  fresh: string[];
}

/** Builds what changed since its last build; a part is swapped in whole, so a running app never sees half of one. */
export async function buildApp(options: { force?: boolean } = {}): Promise<BuildOutcome> {
  mkdirSync(dist, { recursive: true });
  return withLock(join(dist, '.lock'), async () => {
    const outcome: BuildOutcome = { built: [], fresh: [] };
    await Promise.all(
      parts.map(async (part) => {
        const stamp = fingerprint(part.inputs);
        if (options.force !== true && isFresh(part.name, stamp)) outcome.fresh.push(part.name);
        else {
          await buildPart(part, stamp);
          outcome.built.push(part.name);
        }
      }),
    );
    return outcome;
  });
}

async function buildPart(part: Part, stamp: string): Promise<void> {
  const target = join(dist, part.name);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await part.run(partial);
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
  writeFileSync(stampFile(part.name), stamp);
}

function isFresh(name: Part['name'], stamp: string): boolean {
  if (!existsSync(join(dist, name)) || !existsSync(stampFile(name))) return false;
  return readFileSync(stampFile(name), 'utf8') === stamp;
}

function stampFile(name: Part['name']): string {
  return join(dist, `.${name}.stamp`);
}

function fingerprint(patterns: string[]): string {
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: root }).filter((path) => !/\.test\.tsx?$/.test(path));
  for (const path of [...new Set(files)].sort()) {
    const absolute = join(root, path);
    if (!statSync(absolute).isFile()) continue;
    hash.update(`${path}\0`).update(readFileSync(absolute)).update('\0');
  }
  return hash.digest('hex');
}

if (import.meta.main) {
  const { built, fresh } = await buildApp({ force: process.argv.includes('--force') });
  if (built.length > 0) console.log(`Built: ${built.join(', ')}.`);
  if (fresh.length > 0) console.log(`Unchanged: ${fresh.join(', ')}.`);
}
