import { describe, expect, it } from 'vitest';
import { executionKit, failing, planOf } from '../../test/support/execution-kit.ts';
import { cloudEntry, localEntry } from '../../test/support/model-entry.ts';
import { saying } from '../../test/support/scripted-provider.ts';
import type { Act } from '../../test/support/scripted-provider.ts';
import { agreementOf, normalised } from './draft.ts';

const strong = cloudEntry('acme/strong');
const cheap = cloudEntry('other/cheap');
const local = localEntry('local/m');
const declining = saying('I’m sorry, but I can’t help with that.');
const sure = (text: string, meanProbability: number): readonly Act[] => [
  { say: text },
  { end: 'stop', attributes: { meanProbability } },
];

describe('a draft', () => {
  it('is held back until it is checked, then shown, with what it saved', async () => {
    const kit = executionKit(() => sure('Paris', 0.9));
    const { outcome, text, spans } = await kit.run(planOf([local, strong], {}, {}));
    expect(text).toBe('Paris');
    expect(kit.called()).toEqual([local.id]);
    expect(kit.provider.calls[0]?.request.logprobs).toBe(true);
    expect(outcome).toMatchObject({ degradedReason: null, costUsd: 0 });
    expect(outcome.savedUsd).toBeCloseTo((10 * 2.5 + 10) / 1e6, 12);
    expect(spans.find(({ kind }) => kind === 'check')?.attributes).toMatchObject({ passed: true, confidence: 0.9 });
  });

  it('of an unsure model is never seen: the stronger one answers, which is no degradation', async () => {
    const kit = executionKit((id) => (id === local.id ? sure('Maybe Lyon', 0.3) : saying('Paris')));
    const { outcome, heard, spans } = await kit.run(planOf([local, strong], {}, {}));
    expect(heard.join('|')).not.toContain('Lyon');
    expect(outcome).toMatchObject({ degradedReason: null, savedUsd: 0, end: { fault: null } });
    expect(outcome.attempts).toMatchObject([
      { role: 'draft', action: 'escalated', fault: { code: 'unverified' } },
      { role: 'answer', action: 'answered' },
    ]);
    expect(spans.find(({ kind }) => kind === 'check')?.attributes['reason']).toMatch(/mean probability of 0\.30/);
  });

  it('that declines escalates', async () => {
    const kit = executionKit((id) => saying(id === local.id ? 'I’m sorry, but I can’t help with that.' : 'Of course.'));
    expect((await kit.run(planOf([local, strong], {}, {}))).text).toBe('Of course.');
  });

  it('that breaks the asked form escalates after one more try', async () => {
    const kit = executionKit((id) => saying(id === local.id ? 'no idea' : '{"a":1}'));
    const { text } = await kit.run(planOf([local, strong], {}, {}), { format: { type: 'json' } });
    expect(text).toBe('{"a":1}');
    expect(kit.called()).toEqual([local.id, local.id, strong.id]);
  });

  it('is asked again when it is short, and must agree with itself', async () => {
    const answers = ['42', '17', '99'];
    const unsteady = executionKit((id, nth) => saying(id === local.id ? (answers[nth] ?? '') : '42, surely'));
    const escalated = await unsteady.run(planOf([local, strong], {}, { selfConsistencyTokens: 20 }));
    expect(escalated.text).toBe('42, surely');
    expect(unsteady.called()).toEqual([local.id, local.id, local.id, strong.id]);
    expect(unsteady.provider.calls[1]?.request.sampling.temperature).toBeGreaterThanOrEqual(0.7);

    const steady = executionKit((_id, nth) => saying(['42', 'The answer is 42.', '42!'][nth] ?? ''));
    expect((await steady.run(planOf([local, strong], {}, { selfConsistencyTokens: 20 }))).text).toBe('42');
  });

  it('leaves a call for the stronger model', async () => {
    const kit = executionKit((id, nth) => saying(id === local.id ? String(nth) : 'sure'));
    const plan = planOf([local, strong], { attempts: 3 }, { selfConsistencyTokens: 20, samples: 5 });
    expect((await kit.run(plan)).text).toBe('sure');
    expect(kit.called()).toEqual([local.id, local.id, strong.id]);
  });

  it('that was only doubtful is shown, marked, when nobody better can answer', async () => {
    const kit = executionKit((id) => (id === local.id ? sure('Perhaps Paris', 0.4) : failing('auth')));
    const { outcome, text } = await kit.run(planOf([local, strong], {}, {}));
    expect(text).toBe('Perhaps Paris');
    expect(outcome.model?.id).toBe(local.id);
    expect(outcome.degradedReason).toMatch(/^acme\/strong failed\. The key was refused.*unchecked draft.*unsure/);
    expect(outcome.end.fault).toBeNull();
  });

  it('is not shown to somebody who stopped it before it was checked', async () => {
    const kit = executionKit(() => [{ say: 'half a draft' }, { hang: true }]);
    const stop = new AbortController();
    const running = kit.start(planOf([local, strong], {}, {}), { signal: stop.signal });
    await kit.time.pass(10);
    stop.abort();
    const { text, outcome } = await kit.time.until(running);
    expect(text).toBe('');
    expect(outcome.end.finish).toBe('cancelled');
  });

  it('says why the better model could not even be asked', async () => {
    const kit = executionKit((id) => (id === local.id ? sure('Perhaps Paris', 0.4) : saying('Paris')), {
      refuseUsdAbove: 0.001,
    });
    const { outcome } = await kit.run(planOf([local, strong], {}, {}));
    expect(outcome.degradedReason).toMatch(/^acme\/strong could not be asked\. The budget.*unchecked draft.*unsure/);
  });

  it('that declined is refused with both reasons when the better model may not be asked: never an empty answer', async () => {
    const kit = executionKit((id) => (id === local.id ? declining : saying('Of course.')), { refuseUsdAbove: 0.001 });
    const { outcome, text } = await kit.run(planOf([local, strong], {}, {}));
    expect(text).toBe('');
    expect(outcome.end).toMatchObject({ finish: 'fault', fault: { code: 'budget', origin: 'user' } });
    expect(outcome.end.fault?.detail).toMatch(
      /^The draft of local\/m is not shown\. It declined.*budget is used up; raise/,
    );
  });

  it('that never came is named beside why the better model may not be asked', async () => {
    const kit = executionKit((id) => (id === cheap.id ? failing('auth') : saying('Of course.')));
    const plan = planOf([cheap, { model: strong, mostUsd: 1 }], {}, {});
    const { outcome } = await kit.run(plan, { isPrivate: () => kit.called().length > 0 });
    expect(outcome.end.fault?.code).toBe('private_only');
    expect(outcome.end.fault?.detail).toMatch(
      /^other\/cheap failed\. The key was refused.*This conversation is private/,
    );
  });

  it.each<[string, readonly Act[]]>([
    ['breaks', failing('server_error', { recoverable: false })],
    ['says nothing', [{ end: 'stop' }]],
    ['declines by a word of its provider', [{ end: 'refused' }]],
    ['calls a tool with broken arguments', [{ name: 'f', tool: '{"a":' }, { end: 'tool_calls' }]],
  ])('whose model %s leaves the best answer to the better one, which is no degradation', async (_, acts) => {
    const kit = executionKit((id) => (id === local.id ? acts : saying('Paris')));
    const { outcome, text } = await kit.run(planOf([local, strong], {}, {}));
    expect(text).toBe('Paris');
    expect(outcome).toMatchObject({ degradedReason: null, savedUsd: 0, end: { fault: null } });
  });

  it('that calls a tool nobody gave it, or none where one was asked for, escalates', async () => {
    const tools = [{ name: 'weather', parameters: {} }];
    const call = (name: string): readonly Act[] => [{ name, tool: '{}' }, { end: 'tool_calls' }];
    const ask = async (acts: readonly Act[], toolChoice: 'auto' | 'required') => {
      const kit = executionKit((id) => (id === local.id ? acts : call('weather')));
      const { spans } = await kit.run(planOf([local, strong], {}, {}), { tools, toolChoice });
      return [kit.called().length, spans.find(({ kind }) => kind === 'check')?.attributes['reason'] ?? null];
    };
    expect(await ask(call('weather'), 'required')).toEqual([1, null]);
    expect(await ask(saying('It rains.'), 'auto')).toEqual([1, null]);
    expect(await ask(call('whether'), 'auto')).toEqual([2, expect.stringMatching(/called “whether”/)]);
    expect(await ask(saying('It rains.'), 'required')).toEqual([2, expect.stringMatching(/called no tool/)]);
  });

  it('that nobody had the money for is no degradation of the better answer', async () => {
    const kit = executionKit(() => saying('Paris'), { refuseUsdAbove: 0.005 });
    const steps = [
      { model: cheap, mostUsd: 0.006 },
      { model: strong, mostUsd: 0.001 },
    ];
    expect((await kit.run(planOf(steps, {}, {}))).outcome.degradedReason).toBeNull();
  });

  it('is not shown to somebody who stopped it while it was asked again', async () => {
    const kit = executionKit((_id, nth) => [saying('42'), saying('17')][nth] ?? [{ hang: true }]);
    const stop = new AbortController();
    const plan = planOf([local, strong], {}, { selfConsistencyTokens: 20, samples: 4 });
    const running = kit.start(plan, { signal: stop.signal });
    await kit.time.pass(10);
    stop.abort();
    const { text, outcome } = await kit.time.until(running);
    expect(text).toBe('');
    expect(outcome).toMatchObject({ savedUsd: 0, end: { finish: 'cancelled', fault: null } });
    expect(outcome.attempts.map(({ action }) => action)).toEqual(['dropped', 'dropped', 'dropped']);
  });

  it('is not mended with the last call that is left: that one is the better model’s', async () => {
    const kit = executionKit((id) => saying(id === local.id ? 'no idea' : '{"a":1}'));
    const { text } = await kit.run(planOf([local, strong], { attempts: 2 }, {}), { format: { type: 'json' } });
    expect(text).toBe('{"a":1}');
    expect(kit.called()).toEqual([local.id, strong.id]);
  });

  it('is no draft when no call is left for a better model', async () => {
    const kit = executionKit(() => declining);
    const { text, outcome } = await kit.run(planOf([local, strong], { attempts: 1 }, {}));
    expect(text).toMatch(/I can’t help/);
    expect(outcome.attempts).toMatchObject([{ role: 'answer', action: 'answered' }]);
  });

  it('is no draft when nobody stronger stands behind it', async () => {
    const kit = executionKit(() => sure('Maybe', 0.1));
    expect((await kit.run(planOf([local], {}, {}))).text).toBe('Maybe');
  });
});

describe('comparing short answers', () => {
  it('looks past case, punctuation and filling words', () => {
    expect(agreementOf(['Paris', 'It is Paris.', 'PARIS!', 'Lyon'])).toBe(0.75);
  });

  it('keeps numbers apart', () => {
    expect(normalised('3.5')).not.toBe(normalised('35'));
    expect(normalised('-4')).not.toBe(normalised('4'));
  });
});
