import { createHash } from 'node:crypto';
import { existsSync, globSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Arch, build, Platform, type AfterPackContext, type Configuration } from 'electron-builder';
import { buildApp } from './build.ts';
import { foreignBinaries } from './package/foreign-binaries.ts';
import { packagedExecutable, packageOutput, type PackageVariant } from './package/places.ts';
import { prepareRuntime, repositoryRoot } from './runtime/launch.ts';

// npm run package: an unpacked, runnable app under release/. With --test-build its inspector stays on, for tests.
// With --if-changed a build of the same parts is kept. Other targets by name, where their tools can be fetched: npm run package -- deb AppImage
const variant: PackageVariant = process.argv.includes('--test-build') ? 'test' : 'ship';
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const [prepared] = await Promise.all([prepareRuntime(), buildApp()]);
const { runtime, env } = prepared;
const binding = env['SWITCHYARD_SQLITE_BINDING'];

const config: Configuration = {
  extends: join(repositoryRoot, 'electron-builder.yml'),
  directories: { output: packageOutput(variant) },
  electronDist: runtime.dist,
  electronVersion: runtime.version,
  files: foreignBinaries(process.platform, process.arch).map((path) => `!${path}`),
  extraResources: binding === undefined ? [] : [{ from: binding, to: 'better_sqlite3.node' }],
  afterPack: removeLoader,
  ...(variant === 'test' ? { electronFuses: { enableNodeCliInspectArguments: true } } : {}),
};

const executable = packagedExecutable(variant);
const stampFile = join(packageOutput(variant), '.stamp');
const stamp = await packageStamp(JSON.stringify({ variant, named, config }));
if (process.argv.includes('--if-changed') && existsSync(executable) && (await readOr(stampFile, '')) === stamp) {
  console.log(`Unchanged: ${relative(process.cwd(), executable)}`);
  process.exit(0);
}
await rm(stampFile, { force: true });
await rm(join(packageOutput(variant), `${Platform.current().buildConfigurationKey}-unpacked`), {
  recursive: true,
  force: true,
});
await build({
  projectDir: repositoryRoot,
  targets: Platform.current().createTarget(named.length > 0 ? named : ['dir'], archOf(process.arch)),
  publish: 'never',
  config,
});
await writeFile(stampFile, stamp);
if (existsSync(executable))
  console.log(`Packaged with Electron ${runtime.version}: ${relative(process.cwd(), executable)}`);

/** Everything a packaged build is made of: what was built, the resources, the settings of packaging and the packages installed. */
async function packageStamp(settings: string): Promise<string> {
  const hash = createHash('sha256').update(settings);
  const patterns = [
    ...['dist/**/*', 'resources/**/*', 'scripts/package.ts', 'scripts/package/*.ts', 'electron-builder.yml'],
    ...['package.json', 'package-lock.json', 'LICENSE'],
  ];
  for (const path of globSync(patterns, { cwd: repositoryRoot }).sort()) {
    const file = join(repositoryRoot, path);
    if (statSync(file).isFile()) hash.update(`${path}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

function readOr(path: string, otherwise: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => otherwise);
}

/** A prepared runtime carries a loader for app folders, which would come before the packaged app. */
async function removeLoader(context: AfterPackContext): Promise<void> {
  if (context.electronPlatformName === 'linux') {
    await rm(join(context.appOutDir, 'resources', 'app'), { recursive: true, force: true });
  }
}

function archOf(arch: string): Arch {
  if (arch === 'arm64') return Arch.arm64;
  if (arch === 'x64') return Arch.x64;
  throw new Error(`Switchyard is not packaged for ${arch}.`);
}
