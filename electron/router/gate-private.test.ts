import { describe, expect, it } from 'vitest';
import { executionKit, failing, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';

const big = cloudEntry('acme/big');
const local = localEntry('local/m');

describe('a conversation that becomes private while its question waits', () => {
  it('for a place among the requests of its provider stays on this machine, and the place is given back', async () => {
    const acts = (id: string, nth: number): readonly Act[] =>
      id === big.id && nth === 0 ? [{ wait: 500 }, ...saying('first')] : saying(id);
    const kit = executionKit(acts, { concurrencyOf: () => 1 });
    let locked = false;
    const first = kit.start(planOf([big]));
    const second = kit.start(planOf([big, local]), { isPrivate: () => locked });
    await kit.time.pass(100);
    locked = true;
    const { text, outcome } = await kit.time.until(second);
    expect(text).toBe(local.id);
    expect(outcome.degradedReason).toMatch(/\.$/u);
    await kit.time.until(first);
    expect(kit.called()).toEqual([big.id, local.id]);
    expect((await kit.run(planOf([big]))).text).toBe(big.id);
    expect(kit.money).toMatchObject({ held: 2, settled: 2, twice: 0 });
  });

  it('is refused where nobody else may answer, and told what would allow it', async () => {
    const kit = executionKit((id, nth) => (nth === 0 ? failing('rate_limit', { retryAfterMs: 60_000 }) : saying(id)));
    await kit.run(planOf([big]));
    const told = async (plan: ReturnType<typeof planOf>, isPrivate: () => boolean) =>
      (await kit.run(plan, { isPrivate })).outcome.end.fault;
    expect(await told(planOf([big]), () => true)).toMatchObject({
      code: 'private_only',
      detail: expect.stringMatching(
        /only local models may answer\. Get a local model that can, trust a provider/u,
      ) as string,
    });
    expect(await told(planOf([big]), () => false)).toMatchObject({
      code: 'rate_limit',
      detail: expect.stringMatching(/wait \d+ s more\. Wait that long and send it again\.$/u) as string,
    });
    expect(kit.called()).toEqual([big.id]);
  });

  it('for the end of a rate limit stays on this machine', async () => {
    const kit = executionKit((id, nth) =>
      id === big.id && nth === 0 ? failing('rate_limit', { retryAfterMs: 60_000 }) : saying(id),
    );
    await kit.run(planOf([big]));
    let locked = false;
    const waiting = kit.start(planOf([big, local], { maxWaitMs: 90_000 }), { isPrivate: () => locked });
    await kit.time.pass(1000);
    locked = true;
    expect((await kit.time.until(waiting)).text).toBe(local.id);
    expect(kit.called()).toEqual([big.id, local.id]);
  });
});
