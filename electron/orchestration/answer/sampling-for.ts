import type { Sampling } from '../../contract/entities/chat.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { AnswerRequest } from './types.ts';

/**
 * What this model is told of how to say its answer. How hard to think is told to models that are known to reason, since others refuse the
 * whole request for it; a client of the local API that names its model is believed to know it. `maxTokens` = a tighter limit; absent = none.
 */
export function samplingFor(
  { sampling, source, route }: Pick<AnswerRequest, 'sampling' | 'source' | 'route'>,
  { id, kind, capabilities }: Pick<ModelEntry, 'id' | 'kind' | 'capabilities'>,
  maxTokens?: number,
): Sampling {
  const { reasoningEffort, ...rest } = sampling;
  const isTold = kind === 'cloud' && (capabilities.reasoning || (source === 'api' && route === id));
  const told = reasoningEffort === undefined || isTold ? sampling : rest;
  return maxTokens === undefined ? told : { ...told, maxTokens };
}
