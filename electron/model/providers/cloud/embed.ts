import { say } from '../../../contract/sentences/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { makeFault } from '../../../contract/fault-facts.ts';
import { FaultError, refuse } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import { providerNameOf, providerTitle } from '../../classify/provider-name.ts';
import type { Classify } from '../../classify/types.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelProvider } from '../../model.ts';
import { answerOf, ownFault } from './answer-of.ts';
import { moreHeadersOf } from '../../keys/keys.ts';
import { loadLibraries } from '../../libraries.ts';
import { field, list } from './json.ts';

import { usageFrom } from './usage.ts';

type EmbedRequest = Parameters<NonNullable<ModelProvider['embed']>>[0];
type Embedded = Awaited<ReturnType<NonNullable<ModelProvider['embed']>>>;

/** A vector of length 1, so that a dot product is the cosine. */
const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : [...vector];
};

/** As many vectors as texts, in the order of the texts: a server may send them in another and says so by numbers, which the library passes over. */
function inOrder<T>(vectors: readonly T[], body: unknown): readonly T[] {
  const places = list(field(body, 'data')).map((entry) => field(entry, 'index'));
  const ordered = vectors.map((_, at) => vectors[places.indexOf(at)]);
  const isWhole = ordered.every((vector) => vector !== undefined);
  return isWhole ? ordered : vectors;
}

/** Vectors of texts, asked of one provider in one request. Throws a FaultError. */
export async function embedTexts(
  deps: {
    readonly egress: Egress;
    readonly keyOf: (config: ProviderConfig) => string | null;
    readonly classify: Classify;
    readonly clock: Clock;
  },
  request: EmbedRequest,
  found: { readonly config: ProviderConfig; readonly model: ProviderModel } | null,
  signal: AbortSignal,
): Promise<Embedded> {
  if (!found) throw refuse(`${request.modelId} is not set up any more: choose another model.`, 'not_found');
  const { config, model } = found;
  try {
    const fetch = deps.egress.fetchFor({
      providerId: config.id,
      modelId: request.modelId,
      origin: request.origin,
      trustedForPrivate: config.trustedForPrivate,
      headers: moreHeadersOf(config),
    });
    const { embeddings, usage, response } = await (
      await loadLibraries()
    )
      .embeddingModel(config, model.id, deps.keyOf(config), fetch)
      .doEmbed({
        values: [...request.texts],
        abortSignal: signal,
      });
    const size = embeddings[0]?.length ?? 0;
    const fits = embeddings.length === request.texts.length && embeddings.every(({ length }) => length === size);
    if (!fits || size === 0)
      throw new FaultError(
        makeFault('malformed_output', say('said.provider.vectors', { name: providerTitle(config) }), config.id),
      );
    return { vectors: inOrder(embeddings, response?.body).map(unit), usage: usageFrom({ tokensIn: usage?.tokens }) };
  } catch (error) {
    const own = ownFault(error);
    if (own) throw new FaultError(own);
    if (signal.aborted) throw refuse('Stopped.', 'cancelled');
    const fault = deps.classify(
      { ...answerOf(error, providerNameOf(config), 'pre', null), label: config.name },
      deps.clock.now(),
    );
    throw new FaultError({
      ...(fault ?? makeFault('server_error')),
      provider: config.id,
    });
  }
}
