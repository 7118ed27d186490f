import { writeFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';

/** Milliseconds since the process began, as the system counts them. */
const sinceStartMs = (): number => {
  const created = process.getCreationTime();
  return created === null ? performance.now() : Date.now() - created;
};

/** With SWITCHYARD_MARKS set, says on standard output when something was reached: one JSON line each. */
export function mark(name: string): void {
  if (process.env['SWITCHYARD_MARKS'] === undefined) return;
  process.stdout.write(`${JSON.stringify({ mark: name, ms: Math.round(sinceStartMs() * 10) / 10 })}\n`);
}

/** How long the page is given to settle (fonts, icons) before its picture is taken, in ms. */
const SETTLE_MS = 700;

/** Writes a picture of the window as PNG. */
export async function takePicture(window: BrowserWindow, path: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (window.isDestroyed()) return;
  const image = await window.webContents.capturePage();
  await writeFile(path, image.toPNG());
}
