/** What the system says about this machine's power and network, for decisions. */
export interface MachineState {
  /** True while it runs on battery; false on mains or where it cannot be told. */
  onBattery(): boolean;
  /** False = the system says that no network is there; null = it does not say. Loopback is never meant. */
  online(): boolean | null;
  /** The proxies that the system names for an address, as a proxy script does (`PROXY a:8080; DIRECT`); absent = it cannot be asked. */
  proxiesFor?(address: string): Promise<string>;
}
