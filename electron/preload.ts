import { ipcRenderer } from 'electron';

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
ipcRenderer.send(READY);
