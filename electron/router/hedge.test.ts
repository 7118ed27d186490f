import { describe, expect, it } from 'vitest';
import { executionKit, failing, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';

const slow = cloudEntry('acme/slow');
const fast = cloudEntry('other/fast');
const local = localEntry('local/m');
const hedging = { hedgeAfterMs: 1000 };
const late = (text: string, ms: number): readonly Act[] => [{ wait: ms }, ...saying(text)];

describe('asking a second model when the first says nothing', () => {
  it('is not done while the first one speaks in time', async () => {
    const kit = executionKit(() => late('in time', 900));
    expect((await kit.run(planOf([slow, fast], hedging))).text).toBe('in time');
    expect(kit.called()).toEqual([slow.id]);
  });

  it('lets the one with the first words answer, and stops and pays for the other', async () => {
    const kit = executionKit((id) => (id === slow.id ? [{ say: ' ' }, ...late('too late', 5000)] : late('first', 200)));
    const { outcome, text, heard } = await kit.run(planOf([slow, fast], hedging));
    expect(text).toBe('first');
    expect(heard).toEqual([
      'model acme/slow',
      ' ',
      'reset',
      'model other/fast: acme/slow was slow to answer, so other/fast was asked as well.',
      'first',
    ]);
    expect(outcome.model?.id).toBe(fast.id);
    expect(outcome.attempts.map(({ role, action }) => [role, action]).toSorted()).toEqual([
      ['answer', 'dropped'],
      ['hedge', 'answered'],
    ]);
    expect(kit.provider.calls[0]).toMatchObject({ aborted: true, over: true });
    expect(kit.money).toMatchObject({ held: 2, settled: 2 });
    expect(outcome.costUsd).toBeCloseTo(kit.money.spentUsd, 12);
  });

  it('hears nothing more of a slow one that goes on although it was stopped', async () => {
    const slowLocal = localEntry('local/slow');
    const kit = executionKit((id) =>
      id === slowLocal.id
        ? [{ stubborn: 'too late', ms: 1300 }, { stubborn: ' and more', ms: 50 }, { end: 'stop' }]
        : [{ wait: 200 }, { say: 'fir' }, { wait: 200 }, { say: 'st' }, { end: 'stop' }],
    );
    expect((await kit.run(planOf([slowLocal, fast], hedging))).text).toBe('first');
  });

  it('keeps to the first one when it speaks first after all, and nothing of the other is heard', async () => {
    const kit = executionKit((id) => (id === slow.id ? late('me', 1500) : late('not me', 5000)));
    const { text, heard } = await kit.run(planOf([slow, fast], hedging));
    expect(text).toBe('me');
    expect(heard).toEqual(['model acme/slow', 'me']);
    expect(kit.called()).toEqual([slow.id, fast.id]);
  });

  it('goes on with the second one when the first one fails meanwhile, without asking a third time', async () => {
    const kit = executionKit((id) => (id === slow.id ? [{ wait: 1100 }, { fault: 'overloaded' }] : late('saved', 900)));
    const { text } = await kit.run(planOf([slow, fast], hedging));
    expect(text).toBe('saved');
    expect(kit.called()).toEqual([slow.id, fast.id]);
  });

  it('waits for the first one when the second one fails, and does not ask that one again', async () => {
    const kit = executionKit((id) =>
      id === slow.id ? [{ wait: 3000 }, { fault: 'auth' }] : id === fast.id ? failing('auth') : saying('local'),
    );
    const { text } = await kit.run(planOf([slow, fast, local], hedging));
    expect(text).toBe('local');
    expect(kit.called()).toEqual([slow.id, fast.id, local.id]);
  });

  it('draws on the budget of retries', async () => {
    const kit = executionKit((id) => (id === slow.id ? [{ wait: 1001 }, { hang: true }] : late('second', 10)));
    for (let turn = 0; turn < 3; turn++) expect((await kit.run(planOf([slow, fast], hedging))).text).toBe('second');
    const before = kit.called().filter((id) => id === fast.id).length;
    const running = kit.start(planOf([slow], { ...hedging, firstTokenMs: 2000, retries: 0 }));
    await kit.time.pass(1500);
    expect(before).toBe(3);
    await kit.time.until(running);
    const more = kit.start(planOf([slow, fast], hedging));
    await kit.time.pass(1500);
    expect(kit.called().filter((id) => id === fast.id)).toHaveLength(3);
    expect((await kit.time.until(more)).spans.flatMap(({ events }) => events).map(({ name }) => name)).toContain(
      'hedge not allowed',
    );
  });

  it('says that the first one failed where it did, not only that it was slow', async () => {
    const kit = executionKit((id) => (id === slow.id ? [{ wait: 1200 }, { fault: 'auth' }] : late('fast', 500)));
    const { outcome } = await kit.run(planOf([slow, fast], hedging));
    expect(outcome.degradedReason).toMatch(/^acme\/slow failed\. The key was refused/);
  });

  it('stops both when told to, and names the first choice: it was not slow, it was stopped', async () => {
    const kit = executionKit(() => [{ hang: true }]);
    const stop = new AbortController();
    const running = kit.start(planOf([slow, fast], hedging), { signal: stop.signal });
    await kit.time.pass(1500);
    stop.abort();
    const { outcome, heard } = await kit.time.until(running);
    expect(kit.provider.calls).toMatchObject([
      { aborted: true, over: true },
      { aborted: true, over: true },
    ]);
    expect(heard).toEqual(['model acme/slow']);
    expect(outcome).toMatchObject({ model: { id: slow.id }, degradedReason: null, end: { finish: 'cancelled' } });
    expect(outcome.costUsd).toBeCloseTo(kit.money.spentUsd, 12);
  });

  it('replaces the second one too when it breaks off before the end of what is held back', async () => {
    const acts: Record<string, readonly Act[]> = {
      [slow.id]: [{ hang: true }],
      [fast.id]: [{ say: 'half' }, { fault: 'auth' }],
    };
    const kit = executionKit((id) => acts[id] ?? saying('whole'));
    const { text, outcome } = await kit.run(planOf([slow, fast, local], hedging), { hold: true });
    expect(text).toBe('whole');
    expect(outcome.end.fault).toBeNull();
  });

  it('passes on the whole of what is held back once, whoever was faster', async () => {
    const kit = executionKit((id) => (id === slow.id ? [{ hang: true }] : saying('whole')));
    const { heard } = await kit.run(planOf([slow, fast], hedging), { hold: true });
    expect(heard.filter((part) => part === 'whole')).toEqual(['whole']);
  });

  it('waits for no place at the second one: the answer of the first one would wait with it', async () => {
    const kit = executionKit((id) => (id === fast.id ? [{ hang: true }] : late('slow', 1100)), {
      concurrencyOf: (id) => (id === fast.provider ? 1 : 0),
    });
    const stop = new AbortController();
    const busy = kit.start(planOf([fast]), { signal: stop.signal });
    const begun = kit.time.clock.monotonicMs();
    const { text } = await kit.run(planOf([slow, fast], hedging));
    expect(text).toBe('slow');
    expect(kit.time.clock.monotonicMs() - begun).toBe(1100);
    stop.abort();
    await kit.time.until(busy);
  });
});
