import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { samplingFor } from './sampling-for.ts';

const CAN = { tools: true, jsonSchema: true, vision: false, reasoning: false, logprobs: false, embeddings: false };
const model = (more: Partial<Pick<ModelEntry, 'kind' | 'capabilities'>> = {}) => ({
  id: 'acme/big',
  kind: 'cloud' as const,
  capabilities: CAN,
  ...more,
});
const THINKS = { capabilities: { ...CAN, reasoning: true } };
const sampling = { temperature: 0.5, reasoningEffort: 'high' as const };
const asked = (source: 'app' | 'api', route: string) => ({ sampling, source, route });

describe('how hard to think', () => {
  it.each([
    ['a model that reasons', asked('app', 'auto'), model(THINKS), true],
    ['a model that is not known to reason', asked('app', 'auto'), model(), false],
    ['such a model though a person chose it in the window', asked('app', 'acme/big'), model(), false],
    ['such a model when a client of the API names it', asked('api', 'acme/big'), model(), true],
    ['what a client did not name', asked('api', 'auto'), model(), false],
    ['a model of this machine', asked('api', 'acme/big'), model({ kind: 'local', ...THINKS }), false],
  ])('is told or not: %s', (_what, request, entry, isTold) => {
    expect(samplingFor(request, entry)).toEqual(isTold ? sampling : { temperature: 0.5 });
  });

  it('leaves everything else as it is, with a tighter limit where there is one', () => {
    expect(samplingFor(asked('app', 'auto'), model(), 50)).toEqual({ temperature: 0.5, maxTokens: 50 });
    expect(samplingFor({ sampling: {}, source: 'app', route: 'auto' }, model(THINKS))).toEqual({});
  });
});
