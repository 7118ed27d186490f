import { ipcMain, MessageChannelMain } from 'electron';
import type { MessagePortMain, WebFrameMain } from 'electron';
import type { PortEnd } from '../access/port.ts';
import { isOurs } from './lockdown.ts';

const PORT = 'switchyard-port';
const READY = 'switchyard-ready';

/** Only the main frame of one of our own pages is served. */
function isTrusted(frame: WebFrameMain | null, devUrl: string | null): frame is WebFrameMain {
  return frame !== null && frame.parent === null && isOurs(frame.url, devUrl);
}

function portEnd(port: MessagePortMain): PortEnd {
  return {
    postMessage(messages) {
      port.postMessage(messages);
    },
    onMessage(listener) {
      port.on('message', ({ data }: { data: unknown }) => {
        listener(data);
      });
      port.start();
    },
    onClose(listener) {
      port.on('close', listener);
    },
    close() {
      port.close();
    },
  };
}

/** Gives each page that asks, and may, a port of its own. Calls it makes before the core is there wait in the port. */
export function grantPorts(devUrl: string | null, onPort: (port: PortEnd) => void): void {
  ipcMain.on(READY, (event) => {
    if (!isTrusted(event.senderFrame, devUrl)) return;
    const { port1, port2 } = new MessageChannelMain();
    event.senderFrame.postMessage(PORT, null, [port2]);
    onPort(portEnd(port1));
  });
}
