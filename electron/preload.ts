import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** The little of the page's world that is used here; the rest of this folder is checked without DOM types. */
interface PageWindow {
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
  addEventListener(type: 'message', listener: (event: { source: unknown; data: unknown }) => void): void;
}
declare const window: PageWindow;

/** Words both sides say; the page's end is renderer/link. */
const PORT = 'switchyard-port';
const READY = 'switchyard-ready';

let held: unknown;
let pageReady = false;

const deliver = (): void => {
  if (held === undefined) return;
  window.postMessage(PORT, '*', [held]);
  held = undefined;
};

ipcRenderer.on(PORT, (event) => {
  held = event.ports[0];
  if (pageReady) deliver();
});
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== READY) return;
  pageReady = true;
  deliver();
});
// Where a dropped file lies: only files a person dropped have a place, so the page learns of no other.
contextBridge.exposeInMainWorld('switchyardFiles', {
  pathOf: (file: unknown): string => {
    try {
      return webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
    } catch {
      return '';
    }
  },
});
ipcRenderer.send(READY);
