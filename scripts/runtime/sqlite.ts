import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildOnce } from './cache.ts';
import { runCommand } from './command.ts';
import { ensureSystem } from '../system/ensure-system.ts';

const require = createRequire(import.meta.url);

/** The Node-API version better-sqlite3's own prebuilt binaries need. */
const PREBUILT_NODE_API = 10;

/**
 * The addon for a runtime that is too old for better-sqlite3's prebuilt binary (which crashes there at load), compiled
 * once into the cache; undefined where the prebuilt one serves. Handed on as SWITCHYARD_SQLITE_BINDING.
 */
export async function ensureSqliteBinding(runtime: { nodeApi: number }): Promise<string | undefined> {
  if (runtime.nodeApi >= PREBUILT_NODE_API) return undefined;
  const manifest = require.resolve('better-sqlite3/package.json');
  const { version } = require(manifest) as { version: string };
  const name = `better-sqlite3-${version}-napi${runtime.nodeApi}-${process.platform}-${process.arch}`;
  const folder = await buildOnce(name, (target) => compile(dirname(manifest), target));
  return join(folder, 'better_sqlite3.node');
}

async function compile(source: string, target: string): Promise<void> {
  await ensureSystem(['compiler']);
  console.log('Compiling better-sqlite3 for this Electron (about a minute, once).');
  const objects = join(target, 'objects');
  const amalgamation = join(source, 'deps', 'sqlite3');
  await mkdir(objects);
  const sqlite = join(objects, 'sqlite3.o');
  const addon = join(objects, 'better_sqlite3.o');
  const shared = ['-O2', '-fPIC', '-DNDEBUG', `-I${amalgamation}`];
  await Promise.all([
    runCommand('gcc', [
      ...['-std=c99', '-w', ...shared, ...sqliteDefines(source)],
      ...['-c', join(amalgamation, 'sqlite3.c'), '-o', sqlite],
    ]),
    runCommand('g++', [
      ...['-std=c++20', '-w', '-fvisibility=hidden', '-fvisibility-inlines-hidden', '-fno-exceptions', '-fno-rtti'],
      ...[...shared, ...addonDefines(), ...headerFolders(source)],
      ...['-c', join(source, 'src', 'better_sqlite3.cpp'), '-o', addon],
    ]),
  ]);
  const binary = join(objects, 'better_sqlite3.node');
  const linking = ['-shared', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'];
  await runCommand('g++', [...linking, addon, sqlite, '-ldl', '-lpthread', '-lm', '-o', binary]);
  await copyFile(binary, join(target, 'better_sqlite3.node'));
  await rm(objects, { recursive: true });
}

/** As in the package's binding.gyp, but the experimental Node-API in place of version 10: older runtimes have it too. */
function addonDefines(): string[] {
  return [
    '-DNAPI_EXPERIMENTAL',
    '-DNAPI_VERSION=2147483647',
    '-DNODE_API_EXPERIMENTAL_NO_WARNING',
    '-DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT',
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
    '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
    '-DBUILDING_NODE_EXTENSION',
    ...['-include', join(import.meta.dirname, 'node-api-experimental.h')],
  ];
}

function headerFolders(source: string): string[] {
  const headers = require('node-api-headers') as { include_dir: string };
  const wrapper = createRequire(join(source, 'package.json')).resolve('node-addon-api/package.json');
  return [`-I${headers.include_dir}`, `-I${dirname(wrapper)}`];
}

/** SQLite's compile options, read from the package so that both binaries agree. */
function sqliteDefines(source: string): string[] {
  const gyp = readFileSync(join(source, 'deps', 'defines.gypi'), 'utf8');
  const defines = [...gyp.matchAll(/'((?:SQLITE|HAVE)_[^']+)'/g)].map((match) => `-D${match[1] ?? ''}`);
  if (defines.length < 20) throw new Error('better-sqlite3 keeps its SQLite options elsewhere than expected.');
  return defines;
}
