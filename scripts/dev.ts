import type { ChildProcess } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { build, createServer } from 'vite';
import { appConfig, appEntries } from '../vite.app.config.ts';
import { buildApp } from './build.ts';
import { launchElectron, prepareRuntime, repositoryRoot } from './runtime/launch.ts';
import { hasDisplay, startHiddenDisplay } from './system/display.ts';

const SETTLE_MS = 150;

// npm run dev: the page reloads in place; a change to the main process rebuilds it and starts it again.
const prepared = await prepareRuntime();
await buildApp();
const server = await createServer({ configFile: join(repositoryRoot, 'vite.config.ts'), configLoader: 'native' });
await server.listen();
const url = server.resolvedUrls?.local[0];
if (!url) throw new Error('The development server has no address.');
const display = hasDisplay() ? undefined : await startHiddenDisplay();
const env: Record<string, string> = { SWITCHYARD_DEV_URL: url, ...(display ? { DISPLAY: display.name } : {}) };
console.log(`Page served at ${url}${display ? `, window on hidden display ${display.name}` : ''}.`);

let child: ChildProcess | undefined;
let restarting = false;
let settle: NodeJS.Timeout | undefined;
let work = Promise.resolve();

launch();
for (const room of ['electron', 'native']
  .map((name) => join(repositoryRoot, name))
  .filter((path) => existsSync(path))) {
  watch(room, { recursive: true }, (_event, path) => {
    if (!path?.endsWith('.ts') || path.endsWith('.test.ts')) return;
    clearTimeout(settle);
    settle = setTimeout(() => {
      work = work.then(rebuild);
    }, SETTLE_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));

function launch(): void {
  const started = launchElectron(prepared, process.argv.slice(2), env);
  child = started;
  started.once('exit', (code) => {
    if (!restarting && child === started) void end(code ?? 0);
  });
}

async function rebuild(): Promise<void> {
  try {
    for (const entry of appEntries()) await build(appConfig(entry, join(repositoryRoot, 'dist', 'app')));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return;
  }
  console.log('Main process changed: starting it again.');
  restarting = true;
  await stop();
  restarting = false;
  launch();
}

async function stop(): Promise<void> {
  const running = child;
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGTERM');
  await ended;
}

async function end(code: number): Promise<void> {
  restarting = true;
  await stop();
  await server.close();
  display?.stop();
  process.exit(code);
}
