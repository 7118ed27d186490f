import { describe, expect, it } from 'vitest';
import { makeFault } from '../contract/fault-facts.ts';
import { observationsOf } from './observe.ts';

const attempt = {
  modelId: 'openai/gpt-x',
  fault: null,
  usage: { tokensIn: 10, tokensCached: 0, tokensOut: 21 },
  firstTokenMs: 200,
  ms: 700,
  action: 'answered',
} as const;

describe('what an attempt tells about its model', () => {
  it('is how soon it began and how fast it wrote', () => {
    expect(observationsOf([attempt])).toEqual([
      { modelId: 'openai/gpt-x', faulted: false, firstTokenMs: 200, tokensPerSecond: 40 },
    ]);
  });

  it('is a fault when the model or its provider failed', () => {
    for (const code of ['overloaded', 'timeout', 'malformed_output'] as const)
      expect(observationsOf([{ ...attempt, fault: makeFault(code) }])).toMatchObject([
        { faulted: true, tokensPerSecond: null },
      ]);
  });

  it('is nothing when somebody else ended it, and no fault when the prompt was at fault', () => {
    for (const code of ['cancelled', 'auth', 'budget', 'storage_full', 'offline'] as const)
      expect(observationsOf([{ ...attempt, fault: makeFault(code) }])).toEqual([]);
    expect(observationsOf([{ ...attempt, action: 'dropped' }])).toEqual([]);
    expect(observationsOf([{ ...attempt, fault: makeFault('context_length') }])).toMatchObject([{ faulted: false }]);
  });
});
