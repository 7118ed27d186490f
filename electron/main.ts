import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import type { PortEnd } from './access/port.ts';
import { systemClock } from './base/clock.ts';
import type { Core } from './core.ts';
import { createFileLog } from './orchestration/app/file-log.ts';
import { quietHeap } from './orchestration/app/quiet-heap.ts';
import { createDialogs } from './shell/dialogs.ts';
import { chooseProfile, namedDataDir } from './shell/folders.ts';
import { grantPorts } from './shell/grant-port.ts';
import { createKeyVault } from './shell/key-vault.ts';
import { lockSession, quietChromium } from './shell/lockdown.ts';
import { electronMachine } from './shell/machine-state.ts';
import { mark, takePicture } from './shell/marks.ts';
import { APP_PAGE, declareScheme, servePages, TROUBLE_PAGE } from './shell/pages.ts';
import { createElectronSpawn } from './shell/spawn-engine.ts';
import { renderTroublePage, TROUBLE_ORDERS } from './shell/trouble-page.ts';
import { openWindow } from './shell/window.ts';
import { reloadAfterCrash } from './shell/window-crash.ts';

quietHeap();
const here = import.meta.dirname;
const devUrl = app.isPackaged ? null : (process.env['SWITCHYARD_DEV_URL'] ?? null);
const dataDir = namedDataDir(process.argv) ?? app.getPath('userData');
const log = createFileLog(join(dataDir, 'logs'), systemClock);
const pagesFolder = resolve(here, '..', 'renderer');
const resourcesDir = app.isPackaged ? process.resourcesPath : resolve(here, '..', '..', 'resources');

let opened: ReturnType<typeof openWindow> | null = null;
let core: Core | null = null;
let trouble = '';
let ending = false;
/** A sentence for the person, kept until the page can show it. */
let pendingNotice: string | null = null;
const waitingPorts: PortEnd[] = [];
const dialogs = createDialogs(() => opened?.window ?? null);

process.on('uncaughtException', (error) => {
  log.write('error', 'main.uncaught', { error: error.stack ?? error.message });
});
process.on('unhandledRejection', (error) => {
  log.write('error', 'main.unhandled', {
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
});

chooseProfile(dataDir);
if (!app.requestSingleInstanceLock()) app.exit(0);
else start();

function start(): void {
  quietChromium(devUrl);
  declareScheme();
  grantPorts(devUrl, onPort);
  app.on('second-instance', () => {
    focus(opened?.window ?? null);
  });
  app.on('activate', () => {
    if (!opened && core) openMain();
  });
  app.on('window-all-closed', () => {
    opened = null;
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', onBeforeQuit);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      app.quit();
    });
  void app.whenReady().then(async () => {
    servePages(pagesFolder, () => renderTroublePage(trouble, dataDir));
    lockSession(devUrl);
    openMain();
    mark('window');
    await buildCore();
  });
}

function openMain(): void {
  opened = openWindow({
    statePath: join(dataDir, 'window.json'),
    preloadPath: join(here, 'preload.cjs'),
    devUrl,
    onOrder,
  });
  const { window } = opened;
  window.on('closed', () => {
    opened = null;
  });
  reloadAfterCrash(window, log, (sentence) => {
    pendingNotice = sentence;
  });
  void window.loadURL(devUrl ?? APP_PAGE);
}

/** The rest of the app comes in while the page loads: its modules, the database, the list of models. */
async function buildCore(): Promise<void> {
  try {
    const { createCore } = await import('./core.ts');
    mark('modules');
    const made = createCore({
      dataDir,
      resourcesDir,
      clock: systemClock,
      log,
      source: 'app',
      what: 'the app',
      watch: true,
      api: true,
      // Quitting has four seconds in all.
      apiGraceMs: 2000,
      dialogs,
      machine: electronMachine,
      vault: createKeyVault(join(dataDir, 'keys.json'), log),
      spawnHost: createElectronSpawn({
        hostPath: join(here, 'llama-host.mjs'),
        onStderr: (text) => {
          log.write('warn', 'engine.stderr', { text: text.slice(0, 2000) });
        },
      }),
    });
    core = made;
    mark('core');
    const followTheme = () => opened?.state.setTheme(made.settings.config().appearance.theme);
    followTheme();
    made.settings.onChange(followTheme);
    made.onPageReady(onPageReady);
    for (const port of waitingPorts.splice(0)) onPort(port);
  } catch (error) {
    log.write('error', 'main.no_core', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    trouble = sentenceOf(error);
    await opened?.window.loadURL(TROUBLE_PAGE).catch(() => undefined);
    mark('trouble');
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Error && 'fault' in error) return error.message;
  const detail = error instanceof Error ? error.message : String(error);
  return `Something failed while starting (${detail}): look at the log in the data folder, then try again.`;
}

function onPort(port: PortEnd): void {
  if (core) core.attachPort(port);
  else waitingPorts.push(port);
}

let readyOnce = false;
function onPageReady(): void {
  mark('typing-ready');
  if (pendingNotice !== null) core?.announce.notice('warning', pendingNotice);
  pendingNotice = null;
  if (readyOnce) return;
  readyOnce = true;
  void import('./shell/menu.ts').then(({ setMenu }) => {
    setMenu({
      isDevelopment: !app.isPackaged,
      onCommand: (name) => core?.announce.signal('command', { name }),
      onOpenDataFolder: () => void shell.openPath(dataDir),
    });
  });
  const picture = process.env['SWITCHYARD_SCREENSHOT'];
  if (picture !== undefined && opened) {
    takePicture(opened.window, resolve(picture)).catch((error: unknown) => {
      log.write('error', 'main.no_picture', { error: String(error) });
    });
  }
}

function onOrder(path: string): void {
  if (trouble === '') return;
  if (path === TROUBLE_ORDERS.quit) app.quit();
  else if (path === TROUBLE_ORDERS.openFolder)
    void shell.openPath(existsSync(dataDir) ? dataDir : resolve(dataDir, '..'));
  else if (path === TROUBLE_ORDERS.retry) {
    trouble = '';
    for (const port of waitingPorts.splice(0)) port.close();
    void opened?.window.loadURL(devUrl ?? APP_PAGE);
    void buildCore();
  }
}

function focus(window: BrowserWindow | null): void {
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function onBeforeQuit(event: Electron.Event): void {
  opened?.state.write();
  if (ending || !core) return;
  event.preventDefault();
  ending = true;
  const limit = setTimeout(() => {
    app.exit(0);
  }, 4000);
  void core.dispose().finally(() => {
    clearTimeout(limit);
    app.exit(0);
  });
}
