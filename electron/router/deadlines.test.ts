import { describe, expect, it } from 'vitest';
import { executionKit, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';

const big = cloudEntry('acme/big');
const other = cloudEntry('other/fast');
const local = localEntry('local/m');

describe('a deadline that is over', () => {
  it('is not waited for twice where no connection stands, while somebody else may answer', async () => {
    const kit = executionKit((id) => (id === big.id ? [{ hang: true }] : saying('here')));
    const begun = kit.time.clock.monotonicMs();
    expect((await kit.run(planOf([big, local], { connectMs: 700 }))).text).toBe('here');
    expect(kit.called()).toEqual([big.id, local.id]);
    expect(kit.time.clock.monotonicMs() - begun).toBe(700);
  });

  it('is told as the time of the whole reply, not as what earlier calls left of it', async () => {
    const kit = executionKit((id) => (id === big.id ? [{ wait: 1234.5678 }, { fault: 'auth' }] : [{ hang: true }]));
    const { outcome } = await kit.run(planOf([big, other], { totalMs: 2000, connectMs: 60_000 }));
    expect(outcome.end.fault?.detail).toMatch(/^The reply took longer than 2 s;/);
  });
});
