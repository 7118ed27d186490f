import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagedExecutable, packagedFolder } from '../../scripts/package/places.ts';
import { chatPage } from './support/chat-page.ts';
import { launchApp, type LaunchedApp } from './support/launch.ts';

const PACKAGE_MS = 300_000;

/** Command lines of the running processes of one executable. */
function processesOf(executable: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/exe`) !== executable) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    });
}

describe.runIf(process.platform === 'linux')('the packaged app', () => {
  const executable = packagedExecutable('test');
  let launched: LaunchedApp;

  beforeAll(async () => {
    const root = resolve(import.meta.dirname, '..', '..');
    execFileSync(process.execPath, ['scripts/package.ts', '--test-build', '--if-changed'], {
      cwd: root,
      stdio: 'pipe',
    });
    launched = await launchApp({ packaged: true });
  }, PACKAGE_MS);
  afterAll(() => launched.close());

  it('answers with the model it brought along', async () => {
    expect(await launched.app.evaluate(({ app }) => app.isPackaged)).toBe(true);
    expect(await chatPage(launched.page).ask('What is the capital of France?')).toContain('Paris');
  });

  it('is one app: nothing it starts for the engine is a second one', () => {
    const commands = processesOf(executable);
    expect(commands.filter((command) => !command.includes('--type='))).toHaveLength(1);
    expect(commands.filter((command) => command.includes('node.mojom.NodeService'))).toHaveLength(1);
  });

  it('keeps the doors shut that a shipped app does not need', async () => {
    const fuses = await getCurrentFuseWire(executable);
    expect(fuses[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE);
    expect(fuses[FuseV1Options.EnableCookieEncryption]).toBe(FuseState.ENABLE);
    expect(fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(FuseState.DISABLE);
    expect(fuses[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE);
    expect(fuses[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(FuseState.DISABLE);
  });

  it('holds neither sources nor the loader of the development runtime', () => {
    const resources = readdirSync(join(packagedFolder('test'), 'resources'));
    expect(resources).not.toContain('app');
    expect(readdirSync(join(packagedFolder('test'), 'resources', 'starter-model')).sort()).toEqual([
      'README.md',
      'starter-q8_0.gguf',
    ]);
  });
});
