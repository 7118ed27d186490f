import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { alikeOf, roundedDown, usualOf } from './likeness.ts';

const trace = (patch: Partial<Trace>): Trace =>
  ({ faultCode: null, degraded: false, durationMs: null, costUsd: 0, modelId: null, ...patch }) as Trace;

describe('traces like this one', () => {
  it('have its fault, or are about as slow or as dear', () => {
    expect(alikeOf(trace({ faultCode: 'timeout' }), 'fault')?.query).toEqual({ fault: 'timeout' });
    expect(alikeOf(trace({ durationMs: 7324 }), 'slow')?.query).toEqual({ slowerThan: 7000 });
    expect(alikeOf(trace({ durationMs: 7324 }), 'loading')?.query).toEqual({ slowerThan: 7000 });
    expect(alikeOf(trace({ costUsd: 0.0342 }), 'costly')?.query).toEqual({ dearerThan: 0.03 });
  });

  it('are not offered where there is nothing to look for', () => {
    for (const about of ['fault', 'detour', 'slow', 'loading', 'costly', 'stopped', 'nothing'] as const)
      expect(alikeOf(trace({}), about)).toBeNull();
  });

  it('include the trace itself, whatever its figure', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e7, noNaN: true }), (value) => {
        expect(roundedDown(value)).toBeLessThanOrEqual(value * (1 + 1e-8));
        expect(roundedDown(value)).toBeGreaterThan(value / 2 - 1e-12);
      }),
    );
  });

  it('are compared with turns of the same model that went well', () => {
    expect(usualOf(trace({ modelId: 'acme/big' }))).toEqual({ status: 'ok', model: 'acme/big', time: 'month' });
    expect(usualOf(trace({}))).toEqual({ status: 'ok', time: 'month' });
  });
});
