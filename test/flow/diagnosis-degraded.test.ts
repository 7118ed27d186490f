import { describe, expect, it } from 'vitest';
import { diagnose } from '../../electron/telemetry/diagnosis/diagnose.ts';
import { broken, diagnosisKit as setUp, hello } from '../support/diagnosis-kit.ts';

describe('the diagnosis of a degraded reply:', () => {
  it('a reply that is degraded though nothing failed says so with its reason, instead of “as usual”', async () => {
    const { core, ask, usual } = await setUp();
    await usual();
    const found = core.traces.neighbourhood(await ask());
    if (!found) throw new Error('The trace is not there.');
    const { trace, neighbours } = found;
    const degradedReason = 'This machine is offline.';
    const spans = trace.spans.map((span) =>
      span.parentId === null ? { ...span, attributes: { ...span.attributes, degradedReason } } : span,
    );
    expect(diagnose({ ...trace, degraded: true, spans }, neighbours)).toMatchObject({
      about: 'nothing',
      origin: null,
      sentence: 'Nothing failed, but the reply is degraded. This machine is offline.',
      tellsReason: true,
    });
    expect(diagnose(trace, neighbours).sentence).toMatch(/as usual/u);
  });

  it('a detour says whether the whole reason of the degraded reply stands in it', async () => {
    const { core, ask, say } = await setUp();
    say(broken);
    const found = core.traces.neighbourhood(await ask({ route: 'auto' }));
    if (!found) throw new Error('The trace is not there.');
    const { trace, neighbours } = found;
    const told = diagnose(trace, neighbours);
    expect(told).toMatchObject({ about: 'detour', tellsReason: true });
    const reason = trace.spans.find(({ parentId }) => parentId === null)?.attributes['degradedReason'];
    const detail = trace.spans.find(({ kind }) => kind === 'attempt')?.fault?.detail ?? 'none';
    expect(String(reason)).toContain(detail);
    expect(told.evidence.map(({ text }) => text).join('\n')).toContain(detail);
    const noted = trace.spans.map((span) =>
      span.parentId === null
        ? {
            ...span,
            attributes: { ...span.attributes, degradedReason: `${String(reason)} The oldest message was left out.` },
          }
        : span,
    );
    expect(diagnose({ ...trace, spans: noted }, neighbours).tellsReason).toBeUndefined();
  });

  it('a model that was not even asked is named with the whole of why', async () => {
    const { core, ask, usual, say } = await setUp(broken, [{ say: 'from here' }]);
    await usual(3);
    say(hello);
    const found = core.traces.neighbourhood(await ask({ route: 'auto' }));
    if (!found) throw new Error('The trace is not there.');
    const told = diagnose(found.trace, found.neighbours);
    const reason = found.trace.spans.find(({ parentId }) => parentId === null)?.attributes['degradedReason'];
    expect(told).toMatchObject({ about: 'detour', tellsReason: true });
    const words = found.trace.decision?.candidates.find(({ modelId }) => modelId === 'far/big')?.rejected ?? 'none';
    expect(String(reason)).toContain(words);
    expect(told.evidence.some(({ text }) => text.endsWith(words))).toBe(true);
  });
});
