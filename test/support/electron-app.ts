import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { packagedExecutable } from '../../scripts/package/places.ts';
import type { Stage } from './stage.ts';

const root = resolve(import.meta.dirname, '..', '..');
const START_MS = 60_000;
const CLOSE_MS = 15_000;

export interface LaunchOptions {
  /** The app's data folder; a fresh temporary one, removed on close, when absent. */
  dataDir?: string;
  env?: Record<string, string>;
  /** Command-line arguments for the app itself. */
  args?: string[];
  /** Instead of the runtime prepared for the tests: a wrapper around it. */
  executablePath?: string;
  /** Instead of the working tree: a folder with `package.json` and a built app. */
  appFolder?: string;
  /** Start the packaged test build (npm run package -- --test-build) instead of the working tree. */
  packaged?: boolean;
}

export interface LaunchedApp {
  app: ElectronApplication;
  /** The first window's page. */
  page: Page;
  dataDir: string;
  /** Everything the app wrote to its terminal and every page error so far. */
  output: () => string;
  /** Writes a picture under test-results/ and returns its path. */
  picture: (name: string) => Promise<string>;
  close: () => Promise<void>;
}

/** Starts the app in a real Electron and waits for its first page. */
export async function openApp(stage: Stage, options: LaunchOptions = {}): Promise<LaunchedApp> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  const lines: string[] = [];
  const app = await _electron.launch({
    executablePath: options.executablePath ?? (options.packaged === true ? packagedTestBuild() : stage.executablePath),
    args: [
      ...stage.switches,
      ...(options.packaged === true ? [] : [options.appFolder ?? root]),
      ...['--data', dataDir],
      ...(options.args ?? []),
    ],
    cwd: dataDir,
    env: appEnvironment(stage, options),
    chromiumSandbox: !stage.switches.includes('--no-sandbox'),
    timeout: START_MS,
  });
  const child = app.process();
  child.stdout?.on('data', (text: Buffer) => lines.push(text.toString('utf8')));
  child.stderr?.on('data', (text: Buffer) => lines.push(text.toString('utf8')));
  const page = await firstPage(app, lines);
  page.on('pageerror', (error) => lines.push(`page error: ${error.stack ?? error.message}\n`));
  page.on('console', (message) => lines.push(`page ${message.type()}: ${message.text()}\n`));
  return {
    app,
    page,
    dataDir,
    output: () => lines.join(''),
    picture: async (name) => {
      const path = join(root, 'test-results', `${name}.png`);
      mkdirSync(join(root, 'test-results'), { recursive: true });
      await page.screenshot({ path });
      return path;
    },
    close: async () => {
      await closeApp(app);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function firstPage(app: ElectronApplication, lines: string[]): Promise<Page> {
  try {
    const page = await app.firstWindow({ timeout: START_MS });
    await page.waitForLoadState('domcontentloaded');
    return page;
  } catch (error) {
    app.process().kill('SIGKILL');
    throw new Error(`No window opened. The app said:\n${lines.join('').slice(-4_000)}`, { cause: error });
  }
}

async function closeApp(app: ElectronApplication): Promise<void> {
  const child = app.process();
  const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(late);
  }
}

/** The test runner's own variables stay here: the app must not notice that it is under test. */
function appEnvironment(stage: Stage, options: LaunchOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (
      value !== undefined &&
      !/^(VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_COMPILE_CACHE$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/.test(name)
    ) {
      env[name] = value;
    }
  }
  const merged = { ...env, ...stage.env, ...options.env };
  if (merged['WAYLAND_DISPLAY'] === '') delete merged['WAYLAND_DISPLAY'];
  if (options.packaged === true) delete merged['SWITCHYARD_SQLITE_BINDING'];
  return merged;
}

function packagedTestBuild(): string {
  const executable = packagedExecutable('test');
  if (!existsSync(executable)) throw new Error('No packaged test build: run npm run package -- --test-build first.');
  return executable;
}
