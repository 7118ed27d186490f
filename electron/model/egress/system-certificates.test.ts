import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { farServer, httpProxy } from '../../../test/support/providers/proxies.ts';
import { isUnknownIssuer } from './system-certificates.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What a process says that asks a server whose certificate signed itself; `SSL_CERT_FILE` = whom its system trusts (OpenSSL). */
async function asking(environment: Record<string, string>): Promise<string[]> {
  const server = await farServer((_, response) => response.end('hello'));
  onTestFinished(() => server.close());
  const proxy = await httpProxy({ to: server.port });
  onTestFinished(() => proxy.close());
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'test/support/providers/ask-far.ts'), `http://127.0.0.1:${String(proxy.port)}`],
    { env: { ...process.env, ...environment } },
  );
  return stdout.trim().split('\n');
}

describe('certificates of the operating system', () => {
  it('are trusted when an issuer is missed, and the request goes out again', async () => {
    const said = await asking({ SSL_CERT_FILE: join(root, 'test/fixtures/tls/far.test.crt') });
    expect(said).toEqual(['hello', 'hello', 'hello', expect.stringMatching(/^null null 200 200 200$/u)]);
  });

  it('change nothing for whom the system does not trust either', async () => {
    const no = 'DEPTH_ZERO_SELF_SIGNED_CERT';
    expect((await asking({})).slice(0, 3)).toEqual([no, no, no]);
  });

  it('are not asked about a wrong name or date', () => {
    const named = (code: string, cause?: Error) => Object.assign(new Error(code, { cause }), { code });
    expect(isUnknownIssuer(named('CERT_HAS_EXPIRED'))).toBe(false);
    expect(isUnknownIssuer(named('ERR_TLS_CERT_ALTNAME_INVALID'))).toBe(false);
    expect(isUnknownIssuer(named('ERR_PROXY', named('SELF_SIGNED_CERT_IN_CHAIN')))).toBe(true);
  });
});
