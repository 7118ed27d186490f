import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import { makeFault } from '../../../../electron/contract/fault-facts.ts';
import { traceOf } from '../../../../test/support/made-trace.ts';
import { routeTellsReason } from '../diagnosis/use-diagnosis.ts';
import { RouteHead } from './route-head.tsx';

const REASON = 'Big failed. The provider is overloaded; try again in a minute.';
const made = traceOf([]);
const degraded = {
  ...made,
  spans: made.spans.map((span) => ({ ...span, attributes: { degradedReason: REASON } })),
};
const told: Diagnosis = {
  about: 'detour',
  origin: 'infrastructure',
  confident: true,
  sentence: 'It was the infrastructure.',
  evidence: [],
  tries: [],
};
const state = (diagnosis: Diagnosis | undefined, failed = false) => ({
  diagnosis,
  fault: failed ? makeFault('internal') : null,
  refetch: () => undefined,
});

describe('why a reply is degraded', () => {
  it('stands at the route where the diagnosis does not tell it, and the mark stays in any case', () => {
    const html = (tellsReason: boolean) =>
      renderToStaticMarkup(<RouteHead trace={degraded} tellsReason={tellsReason} />);
    expect(html(true)).toContain(REASON);
    expect(html(false)).not.toContain(REASON);
    expect(html(false)).toContain('Degraded');
  });

  it('is left to a diagnosis that tells the whole of it, and to one that is being made', () => {
    expect(routeTellsReason(degraded, state({ ...told, tellsReason: true }))).toBe(false);
    expect(routeTellsReason(degraded, state(undefined))).toBe(false);
    expect(routeTellsReason(degraded, state(told))).toBe(true);
  });

  it('stands at the route while there is no diagnosis: it could not be made, or the trace still runs', () => {
    expect(routeTellsReason(degraded, state(undefined, true))).toBe(true);
    expect(routeTellsReason({ status: 'running' }, state(undefined))).toBe(true);
  });
});
