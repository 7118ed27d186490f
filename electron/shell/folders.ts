import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { app } from 'electron';

/** The folder after `--data`, as an absolute path; null = none was named. */
export function namedDataDir(argv: readonly string[]): string | null {
  for (const [index, argument] of argv.entries()) {
    const value = argument === '--data' ? argv[index + 1] : /^--data=(.+)$/.exec(argument)?.[1];
    if (value !== undefined && value !== '' && !value.startsWith('--')) return resolve(value);
  }
  return null;
}

/** Chromium's own files live inside the data folder, so that one folder is one app. */
export function chooseProfile(dataDir: string): void {
  const own = join(dataDir, 'browser');
  try {
    mkdirSync(own, { recursive: true });
    accessSync(own, constants.W_OK);
    app.setPath('userData', own);
  } catch {
    // Chromium does not start on a folder it cannot write; what it keeps is not worth more than a temporary one.
    app.setPath('userData', mkdtempSync(join(tmpdir(), 'switchyard-browser-')));
  }
}
