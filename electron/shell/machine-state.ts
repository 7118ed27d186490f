import { net, powerMonitor, session } from 'electron';
import type { Session } from 'electron';
import type { MachineState } from '../base/machine-state.ts';

/** Loads nothing: it knows the system's proxies, which the session of the window is kept from. */
let proxies: Promise<Session> | null = null;
async function proxySession(): Promise<Session> {
  try {
    const made = session.fromPartition('system-proxies', { cache: false });
    await made.setProxy({ mode: 'system' });
    return made;
  } catch (error) {
    // The next request tries again.
    proxies = null;
    throw error;
  }
}

/** Power and network as Electron knows them. Only after the app is ready. */
export const electronMachine: MachineState = {
  onBattery: () => powerMonitor.isOnBatteryPower(),
  // Chromium's "online" only means that some interface is up; its "offline" is certain.
  online: () => (net.isOnline() ? null : false),
  async proxiesFor(address) {
    proxies ??= proxySession();
    return (await proxies).resolveProxy(address);
  },
};
