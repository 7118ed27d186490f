import { describe, expect, it } from 'vitest';
import { executionKit, failing, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';
import { LOOK_AGAIN_MS } from './offline.ts';

const acme = cloudEntry('acme/big');
const other = cloudEntry('other/fast');
const near = cloudEntry('near/server');
const local = localEntry('local/m');
const noHost = failing('network', { networkCode: 'ENOTFOUND' });

function make(cloud: () => readonly Act[], systemOnline: () => boolean | null = () => null) {
  const kit = executionKit((id) => (id === local.id ? saying('local') : cloud()), {
    systemOnline,
    reachableOffline: (id) => id === 'near',
  });
  const said: boolean[] = [];
  kit.execution.offline.onChange(({ online }) => said.push(online));
  return { ...kit, said };
}

describe('a machine without a network', () => {
  it('is noticed when every provider is unreachable, is said once, and then costs no attempt', async () => {
    const kit = make(() => noHost);
    const first = await kit.run(planOf([acme, other, local]));
    expect(first.text).toBe('local');
    expect(first.outcome.attempts.map(({ fault }) => fault?.code)).toEqual(['network', 'offline', undefined]);
    expect(kit.said).toEqual([false]);
    expect(kit.execution.offline.online()).toBe(false);
    expect(kit.execution.healthOf('acme').state).toBe('offline');
    const second = await kit.run(planOf([acme, other, local]));
    expect(second.outcome.attempts).toHaveLength(1);
    expect(second.outcome.degradedReason).toMatch(/could not be asked. No provider can be reached/);
  });

  it('is noticed from connections that never stand as well, which then cost no more waiting', async () => {
    const kit = make(() => [{ hang: true }]);
    const begun = kit.time.clock.monotonicMs();
    const first = await kit.run(planOf([acme, other, local], { connectMs: 5000 }));
    expect(first.text).toBe('local');
    expect(kit.time.clock.monotonicMs() - begun).toBe(10_000);
    expect(kit.said).toEqual([false]);
    const second = await kit.run(planOf([acme, other, local], { connectMs: 5000 }));
    expect(second.outcome.attempts).toHaveLength(1);
    expect(kit.time.clock.monotonicMs() - begun).toBe(10_000);
  });

  it('comes back by itself: one attempt looks again, and all may be asked when it gets through', async () => {
    let up = false;
    const kit = make(() => (up ? saying('cloud') : noHost));
    await kit.run(planOf([acme, other, local]));
    await kit.time.pass(LOOK_AGAIN_MS);
    expect(kit.execution.offline.online()).toBe(true);
    expect((await kit.run(planOf([acme, other, local]))).text).toBe('local');
    expect(kit.execution.offline.online()).toBe(false);
    up = true;
    await kit.time.pass(2 * LOOK_AGAIN_MS);
    expect((await kit.run(planOf([acme, local]))).text).toBe('cloud');
    expect(kit.said).toEqual([false, true]);
  });

  it('is over when the system no longer says so, though it never vouches for a network', async () => {
    let system: boolean | null = false;
    const kit = make(
      () => saying('cloud'),
      () => system,
    );
    expect((await kit.run(planOf([acme, local]))).text).toBe('local');
    system = null;
    expect((await kit.run(planOf([acme, local]))).text).toBe('cloud');
    expect(kit.said).toEqual([false, true]);
  });

  it('is believed when the system says so, and taken back when the system does', async () => {
    let system: boolean | null = false;
    const kit = make(
      () => saying('cloud'),
      () => system,
    );
    expect((await kit.run(planOf([acme, local]))).text).toBe('local');
    expect(kit.provider.calls).toHaveLength(1);
    system = true;
    await kit.time.pass(LOOK_AGAIN_MS);
    expect(kit.said).toEqual([false, true]);
    expect((await kit.run(planOf([acme, local]))).text).toBe('cloud');
  });

  it('still reaches a server on this machine', async () => {
    const kit = make(
      () => saying('near'),
      () => false,
    );
    expect((await kit.run(planOf([acme, near]))).text).toBe('near');
  });

  it('is not concluded from a refused port, nor from one name that does not exist', async () => {
    const refused = make(() => failing('network', { networkCode: 'ECONNREFUSED' }));
    for (let i = 0; i < 4; i++) await refused.run(planOf([acme, other, local]));
    expect(refused.said).toEqual([]);
    const mistyped = make(
      () => noHost,
      () => true,
    );
    for (let i = 0; i < 4; i++) await mistyped.run(planOf([acme, local]));
    expect(mistyped.said).toEqual([]);
    const silent = make(() => [{ event: { kind: 'reached' } }, { hang: true }]);
    for (let i = 0; i < 4; i++) await silent.run(planOf([acme, other, local], { retries: 0, firstTokenMs: 100 }));
    expect(silent.said).toEqual([]);
  });
});
