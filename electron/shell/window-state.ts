import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { nativeTheme, screen } from 'electron';
import type { BrowserWindow, Rectangle } from 'electron';

/** Where the window was and what it looked like; so small that it is read before anything else. */
export interface WindowState {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
  readonly theme: 'system' | 'light' | 'dark';
}

export const MIN_WIDTH = 800;
export const MIN_HEIGHT = 600;
const FIRST: WindowState = { width: 1280, height: 800, maximized: false, theme: 'system' };
/** A window being dragged is written down once it rests, in ms. */
const REST_MS = 500;

// Read by hand: a schema library would have to be loaded before the window opens.
function parseWindowState(value: unknown): WindowState {
  if (typeof value !== 'object' || value === null) return FIRST;
  const number = (key: string): number | undefined => {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'number' && Number.isInteger(found) ? found : undefined;
  };
  const x = number('x');
  const y = number('y');
  const theme: unknown = Reflect.get(value, 'theme');
  return {
    ...(x === undefined || y === undefined ? {} : { x, y }),
    width: number('width') ?? FIRST.width,
    height: number('height') ?? FIRST.height,
    maximized: Reflect.get(value, 'maximized') === true,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  };
}

export function readWindowState(path: string): WindowState {
  try {
    return onScreen(parseWindowState(JSON.parse(readFileSync(path, 'utf8'))));
  } catch {
    return FIRST;
  }
}

/** A remembered place on a screen that is gone now is forgotten. */
function onScreen(state: WindowState): WindowState {
  const { x, y, width, height, ...rest } = state;
  const size = { width: Math.max(MIN_WIDTH, width), height: Math.max(MIN_HEIGHT, height) };
  if (x === undefined || y === undefined) return { ...rest, ...size };
  const area: Rectangle = screen.getDisplayMatching({ x, y, width, height }).workArea;
  const visible =
    x < area.x + area.width - 80 && x + width > area.x + 80 && y >= area.y - 20 && y < area.y + area.height - 80;
  return visible ? { ...rest, ...size, x, y } : { ...rest, ...size };
}

/** The page's background before it is there, from the tokens of renderer/kit. */
export const backgroundOf = (theme: WindowState['theme']): string =>
  theme === 'dark' || (theme === 'system' && nativeTheme.shouldUseDarkColors) ? '#161b1a' : '#fcfdfc';

/** Writes the window's place whenever it came to rest. */
export function keepWindowState(window: BrowserWindow, path: string, state: WindowState) {
  let timer: NodeJS.Timeout | undefined;
  let { theme } = state;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    if (window.isDestroyed()) return;
    const now: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized(), theme };
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(now));
    } catch {
      // A read-only folder: the window simply opens in its first place again.
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(write, REST_MS);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('close', write);
  return {
    setTheme(next: WindowState['theme']) {
      if (next === theme) return;
      theme = next;
      later();
    },
    /** Writes at once: the app is about to end. */
    write,
  };
}
