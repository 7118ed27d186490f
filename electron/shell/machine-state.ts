import { net, powerMonitor } from 'electron';
import type { MachineState } from '../base/machine-state.ts';

/** Power and network as Electron knows them. Only after the app is ready. */
export const electronMachine: MachineState = {
  onBattery: () => powerMonitor.isOnBatteryPower(),
  // Chromium's "online" only means that some interface is up; its "offline" is certain.
  online: () => (net.isOnline() ? null : false),
};
