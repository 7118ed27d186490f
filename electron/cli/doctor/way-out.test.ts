import { describe, expect, it, vi } from 'vitest';
import { withoutProxies } from '../../../test/support/providers/proxy-hooks.ts';
import { config } from '../../contract/config.ts';
import { checkWayOut } from './routing.ts';

const said = (proxy: string): string => {
  const settings = { config: () => config.parse({ network: { proxy } }) };
  return JSON.stringify(checkWayOut({ settings } as unknown as Parameters<typeof checkWayOut>[0]));
};

withoutProxies();

describe('what the doctor says of the way out', () => {
  it('is that the system decides where nothing else is said', () => {
    expect(said('system')).toContain('As the operating system says while the window is open');
  });

  it('is that there is none where the settings say so', () => {
    expect(said('none')).toContain('None: providers are asked directly.');
  });

  it('names the proxy, and neither user nor password', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://me:canary@proxy:3128');
    expect(said('system')).toContain('http://proxy:3128');
    expect(said('system')).not.toMatch(/canary|me:/);
  });

  it('is what to correct where the variable holds no address, without repeating it', () => {
    vi.stubEnv('HTTPS_PROXY', 'http://me:can#ary@proxy:3128');
    expect(said('system')).toContain('Correct network.proxy');
    expect(said('system')).not.toMatch(/can#ary/);
  });
});
