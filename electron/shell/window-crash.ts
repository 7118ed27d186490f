import type { BrowserWindow } from 'electron';
import type { Log } from '../base/log.ts';
import { say } from '../contract/sentences/index.ts';

/** A page that dies this often within a minute is not loaded again by itself. */
const MOST_RELOADS = 3;
const WINDOW_MS = 60_000;

/** Loads the page again when its process died. Turns go on meanwhile: the core owns them. */
export function reloadAfterCrash(window: BrowserWindow, log: Log, onReload: (sentence: string) => void): void {
  let deaths: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.write('error', 'window.gone', { reason, exitCode });
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = performance.now();
    deaths = [...deaths.filter((at) => now - at < WINDOW_MS), now];
    if (deaths.length > MOST_RELOADS) return;
    onReload(say('app.window.again'));
    window.webContents.reload();
  });
  window.on('unresponsive', () => {
    log.write('warn', 'window.unresponsive');
  });
}
