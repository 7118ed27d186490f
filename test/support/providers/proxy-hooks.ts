import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

interface Closed {
  close(): unknown;
}

/** Closes what a test opens when it is over, the last first. */
export function closing(): <T extends Closed>(one: T) => T {
  const open: Closed[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
  });
  return (one) => {
    open.push(one);
    return one;
  };
}

/** These certificates are trusted while the tests of a file run. */
export function trusting(...certificates: readonly string[]): void {
  const before = getCACertificates('default');
  beforeAll(() => {
    setDefaultCACertificates([...before, ...certificates]);
  });
  afterAll(() => {
    setDefaultCACertificates(before);
  });
}

/** The environment of each test names no proxy until the test does. */
export function withoutProxies(): void {
  beforeEach(() => {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
      vi.stubEnv(name, undefined);
      vi.stubEnv(name.toLowerCase(), undefined);
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}
