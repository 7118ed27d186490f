import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider';
import { providerTitle } from '../../classify/provider-name.ts';
import { say } from '../../../contract/sentences/index.ts';
import { refuse } from '../../../contract/faults.ts';
import type { ProviderConfig } from '../../../contract/providers.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What the libraries ask for where a server needs no key: many of a team's own do not. */
const NO_KEY = 'none';

/** The provider's model behind the AI SDK's interface; cheap to make, so one is made a request with that request's `fetch`. */
export function languageModel(
  config: ProviderConfig,
  model: string,
  key: string | null,
  fetch: Fetch,
): LanguageModelV4 {
  const base = config.baseUrl === undefined ? {} : { baseURL: config.baseUrl.replace(/\/+$/u, '') };
  const apiKey = key ?? NO_KEY;
  switch (config.kind) {
    case 'openai':
      return createOpenAI({ ...base, apiKey, fetch }).chat(model);
    case 'anthropic':
      return createAnthropic({ ...base, apiKey, fetch })(model);
    case 'google':
      return createGoogle({ ...base, apiKey, fetch })(model);
    case 'openai-compatible':
    case 'local':
      return createOpenAICompatible({
        name: config.id,
        baseURL: base.baseURL ?? '',
        ...(key === null ? {} : { apiKey: key }),
        includeUsage: true,
        supportsStructuredOutputs: true,
        fetch,
      }).chatModel(model);
  }
}

/** The provider's model for vectors. Throws a FaultError where it has none. */
export function embeddingModel(
  config: ProviderConfig,
  model: string,
  key: string | null,
  fetch: Fetch,
): EmbeddingModelV4 {
  const base = config.baseUrl === undefined ? {} : { baseURL: config.baseUrl.replace(/\/+$/u, '') };
  switch (config.kind) {
    case 'openai':
      return createOpenAI({ ...base, apiKey: key ?? 'none', fetch }).textEmbeddingModel(model);
    case 'google':
      return createGoogle({ ...base, apiKey: key ?? 'none', fetch }).textEmbeddingModel(model);
    case 'openai-compatible':
      return createOpenAICompatible({
        name: config.id,
        baseURL: base.baseURL ?? '',
        ...(key === null ? {} : { apiKey: key }),
        fetch,
      }).textEmbeddingModel(model);
    case 'anthropic':
    case 'local':
      throw refuse(say('app.provider.no_embeddings', { name: providerTitle(config) }));
  }
}
