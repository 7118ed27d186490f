/** Servers that are reached without any network (RFC 6761, 6.3). */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/**
 * Addresses that nobody outside this machine's own networks has: private (RFC 1918), link-local (RFC 3927), of carriers and overlay networks
 * (RFC 6598), unique local and link-local IPv6 (RFC 4193, RFC 4291), names without a dot and those kept for local use (RFC 6762, RFC 8375); and
 * the unspecified address (RFC 1122, 3.2.1.3), by which most systems mean themselves.
 */
const NEAR =
  /^(?:0\.0\.0\.0|\[::\]|10(?:\.\d{1,3}){3}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|192\.168(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\.\d{1,3}){2}|\[f[cd][0-9a-f]{2}:.*\]|\[fe[89ab][0-9a-f]:.*\]|[^.[\]:]+|.+\.(?:local|lan|internal|home\.arpa))$/u;

/** An IPv4 address within IPv6 (RFC 4291, 2.5.5.2) as what it is, and a name without the dot at its end (RFC 1034, 3.1). */
function plainForm(host: string): string {
  const [, high, low] = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/u.exec(host) ?? [];
  if (high === undefined || low === undefined) return host.replace(/\.$/u, '');
  return [high, low]
    .map((half) => parseInt(half, 16))
    .flatMap((half) => [half >> 8, half & 0xff])
    .join('.');
}

function hostOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  try {
    return plainForm(new URL(url).hostname.toLowerCase());
  } catch {
    return null;
  }
}

/** Whether a host is this domain or under it; both in small letters and without a dot at their end. */
export const isOfDomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** Whether a URL leads to one of these domains or to a name under one. */
export function isUnder(url: string | undefined, ...domains: readonly string[]): boolean {
  const host = hostOf(url);
  return host !== null && domains.some((domain) => isOfDomain(host, domain));
}

/** Whether a URL leads to this machine. */
export function isLoopback(url: string | undefined): boolean {
  const host = hostOf(url);
  return host !== null && LOOPBACK.test(host);
}

/** Whether a URL leads to this machine or into a network of its own, where no stranger sends a bill. */
export function isNear(url: string | undefined): boolean {
  const host = hostOf(url);
  return host !== null && (LOOPBACK.test(host) || NEAR.test(host));
}
