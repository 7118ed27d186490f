import { BlockList, isIP } from 'node:net';
import { isOfDomain } from './address.ts';

const bare = (host: string): string => host.replace(/^\[|\]$/gu, '').replace(/\.$/u, '');
const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/** Whether an IP address is this one or in this network (RFC 4632, 3.1), such as 10.0.0.0/8. */
function isWithin(host: string, ip: string, bits: string | undefined): boolean {
  if (isIP(host) === 0 || isIP(ip) === 0) return false;
  const list = new BlockList();
  const most = isIP(ip) === 6 ? 128 : 32;
  if (bits !== undefined && Number(bits) > most) return false;
  list.addSubnet(ip, Number(bits ?? most), familyOf(ip));
  return list.check(host, familyOf(host));
}

function names(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, network = '', bits] = /^([^/]+)\/(\d{1,3})$/u.exec(entry) ?? [];
  if (network !== '') return isWithin(host, bare(network), bits);
  if (isIP(bare(entry)) !== 0) return isWithin(host, bare(entry), undefined);
  const [, name = '', only] = /^(.+?)(?::(\d{1,5}))?$/u.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  if (isIP(bare(name)) !== 0) return isWithin(host, bare(name), undefined);
  const domain = bare(name).replace(/^\*?\./u, '');
  return domain !== '' && isOfDomain(host, domain);
}

/**
 * Whether a list as NO_PROXY holds it names an address: `*`, names with all that is under them (with or without a dot or `*.` before them), IP
 * addresses and networks, each but a network with a port of its own if it likes (curl(1), "NO_PROXY"; golang.org/x/net/http/httpproxy).
 */
export function isExempt(address: string, list: string): boolean {
  const { hostname, port, protocol } = new URL(address);
  const host = bare(hostname.toLowerCase());
  const at = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return list
    .toLowerCase()
    .split(/[\s,]+/u)
    .some((entry) => entry !== '' && names(entry, host, at));
}
