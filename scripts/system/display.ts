import { spawn, type ChildProcess } from 'node:child_process';
import { ensureSystem } from './ensure-system.ts';

export interface Display {
  /** Such as ":99", for DISPLAY. */
  name: string;
  stop: () => void;
}

const START_MS = 15_000;

export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/** A hidden X server on a free display number, which it picks itself; `stop` ends this one and nothing else. */
export async function startHiddenDisplay(size = '1280x900'): Promise<Display> {
  await ensureSystem(['display']);
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const number = await displayNumber(server);
  const stop = (): void => {
    server.kill('SIGTERM');
  };
  process.once('exit', stop);
  return { name: `:${number}`, stop };
}

async function displayNumber(server: ChildProcess): Promise<string> {
  const pipe = server.stdio[3];
  if (!pipe || !('setEncoding' in pipe)) throw new Error('Xvfb could not be asked for its display number.');
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      server.kill('SIGKILL');
      reject(new Error('Xvfb did not open a display in time.'));
    }, START_MS);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code} before it opened a display.`)));
    let text = '';
    pipe.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!text.endsWith('\n')) return;
      clearTimeout(late);
      server.unref();
      resolve(text.trim());
    });
  });
}
