const ADDRESS = /^(?:https?|socks(?:4a?|5h?)?):\/\/(?:\[[\dA-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/u;
const MOST_PORT = 65_535;

/** Whether this is the address of an HTTP or SOCKS proxy, and nothing more: no user name, no password, no path. */
export function isProxyAddress(text: string): boolean {
  const found = ADDRESS.exec(text);
  return found !== null && Number(found[1] ?? 0) <= MOST_PORT;
}
