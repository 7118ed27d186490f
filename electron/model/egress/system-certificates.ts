import * as tls from 'node:tls';

/** What TLS says of a certificate whose issuer is not among those that come with the runtime (nodejs.org/api/tls.html, X509 certificate error codes). */
const UNKNOWN_ISSUER: ReadonlySet<unknown> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

export const isUnknownIssuer = (error: Error): boolean =>
  UNKNOWN_ISSUER.has(Reflect.get(error, 'code')) ||
  (error.cause instanceof Error && UNKNOWN_ISSUER.has(Reflect.get(error.cause, 'code')));

/** Whether anything was learned; null = it was not asked yet. */
let learned: boolean | null = null;

/** Whether the system's certificates count already: a request that began before may be worth asking again. */
export const isSystemTrusted = (): boolean => learned === true;

/**
 * From now on this process trusts whom the operating system trusts as well: networks that look into TLS, and companies with servers of their
 * own, put their certificates there. Read when one is first missed, since reading them takes 50 ms. False = there is nothing more to
 * learn, or the runtime cannot read them (Node before 24.5).
 */
export function trustSystem(): boolean {
  learned ??= learn();
  return learned;
}

function learn(): boolean {
  const { getCACertificates: read, setDefaultCACertificates: trust } = tls as Partial<typeof tls>;
  if (read === undefined || trust === undefined) return false;
  try {
    const known = read('default');
    const all = new Set([...known, ...read('system')]);
    if (all.size === new Set(known).size) return false;
    trust([...all]);
    return true;
  } catch {
    return false;
  }
}
