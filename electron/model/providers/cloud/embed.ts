import type { Clock } from '../../../base/clock.ts';
import { say } from '../../../contract/sentences/index.ts';
import { FaultError, refuse } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import { providerNameOf, providerTitle } from '../../classify/provider-name.ts';
import type { Classify } from '../../classify/types.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelProvider } from '../../model.ts';
import { answerOf, ownFault } from './answer-of.ts';
import { moreHeadersOf } from '../../keys/keys.ts';
import { loadLibraries } from '../../libraries.ts';
import { usageFrom } from './usage.ts';

type EmbedRequest = Parameters<NonNullable<ModelProvider['embed']>>[0];
type Embedded = Awaited<ReturnType<NonNullable<ModelProvider['embed']>>>;

/** A vector of length 1, so that a dot product is the cosine. */
const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : [...vector];
};

/**
 * Each vector where its `index` puts it: the form of OpenAI numbers them, and a server behind a balancer need not keep their order
 * (https://platform.openai.com/docs/api-reference/embeddings/object). Numbers that are none of these places say nothing.
 */
function inOrder(vectors: readonly number[][], body: unknown): readonly number[][] {
  const data: unknown = Reflect.get(Object(body), 'data');
  if (!Array.isArray(data)) return vectors;
  const placed: number[][] = [];
  for (const [at, vector] of vectors.entries()) {
    const index: unknown = Reflect.get(Object(data[at]), 'index');
    if (typeof index === 'number') placed[index] = vector;
  }
  return Object.keys(placed).length === vectors.length && placed.length === vectors.length ? placed : vectors;
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
    if (embeddings.length !== request.texts.length)
      throw refuse(say('model.vectors_count', { provider: providerTitle(config) }), 'malformed_output');
    const [first] = embeddings;
    if (first?.length === 0 || embeddings.some(({ length }) => length !== first?.length))
      throw refuse(say('model.vectors_mixed', { provider: providerTitle(config) }), 'malformed_output');
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
      ...(fault ?? refuse('The provider gave no vectors.', 'server_error').fault),
      provider: config.id,
    });
  }
}
