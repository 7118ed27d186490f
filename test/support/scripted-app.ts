import { copyFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { appConfig } from '../../vite.app.config.ts';
import { openApp, type LaunchedApp, type LaunchOptions } from './electron-app.ts';
import type { Step } from './scripted-engine.ts';
import type { Stage } from './stage.ts';

const root = resolve(import.meta.dirname, '..', '..');

const hostFolder = join(root, '.cache', 'scripted-host');
const scriptedHost = join(hostFolder, 'llama-host.mjs');

/** Builds the engine process that follows a script: once for all windows of a run. */
export async function buildScriptedHost(): Promise<void> {
  const entry = { name: 'llama-host.mjs', source: 'test/support/scripted-host.ts', format: 'es' as const };
  await build(appConfig(entry, hostFolder));
}

/** Message text -> what the engine does when it is sent. */
export type Script = Readonly<Record<string, readonly Step[]>>;

/** The built app, unchanged but for its engine process, which follows the script. */
export async function openScriptedApp(stage: Stage, script: Script, options: LaunchOptions = {}): Promise<LaunchedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-scripted-'));
  mkdirSync(join(folder, 'dist'));
  cpSync(join(root, 'dist', 'app'), join(folder, 'dist', 'app'), { recursive: true });
  for (const name of ['resources', 'node_modules', 'dist/renderer', 'package.json']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  copyFileSync(scriptedHost, join(folder, 'dist', 'app', 'llama-host.mjs'));
  const scriptFile = join(folder, 'script.json');
  writeFileSync(scriptFile, JSON.stringify(script));
  return openApp(stage, { ...options, appFolder: folder, env: { ...options.env, SCRIPT_FILE: scriptFile } });
}
