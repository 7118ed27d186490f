import { describe, expect, it } from 'vitest';
import { FAULT_FACTS, makeFault } from '../../electron/contract/fault-facts.ts';
import { againHelps } from './again.ts';

describe('whether the same request helps when it is sent again', () => {
  it('does not once a prompt is too long: only a shorter one, or a larger model, helps', () => {
    expect(againHelps(makeFault('context_length'))).toBe('after-change');
  });

  it('does not after an answer met its limit, and does after its connection broke', () => {
    expect(againHelps(makeFault('truncated'))).toBe('after-change');
    expect(againHelps({ ...makeFault('truncated'), origin: 'infrastructure' })).toBe('as-it-is');
  });

  it('never does for what cannot be recovered, whatever the code', () => {
    for (const [code, facts] of Object.entries(FAULT_FACTS))
      if (!facts.recoverable) expect(againHelps({ code: code as keyof typeof FAULT_FACTS, ...facts })).toBe('never');
    expect(againHelps({ ...makeFault('context_length'), recoverable: false })).toBe('never');
  });

  it('does for what passes by itself', () => {
    for (const code of ['overloaded', 'timeout', 'network', 'local_crash'] as const)
      expect(againHelps(makeFault(code))).toBe('as-it-is');
  });
});
