import type { ModelEntry } from '../../electron/contract/entities/model.ts';

const NONE = { tools: false, jsonSchema: false, vision: false, reasoning: false, logprobs: false, embeddings: false };

/** A model of this machine as the contract shows it, with these facts changed. */
export const localEntry = (id: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  id,
  name: id,
  provider: 'local',
  kind: 'local',
  trustedForPrivate: true,
  capabilities: NONE,
  quality: null,
  price: null,
  observed: null,
  maxOutputTokens: null,
  embedded: false,
  state: 'ready',
  problem: null,
  path: `/models/${id}.gguf`,
  sizeBytes: 100 * 2 ** 20,
  architecture: 'llama',
  quantization: 'Q8_0',
  parameters: 100e6,
  contextTokens: 4096,
  licence: null,
  description: null,
  measurement: null,
  addedAt: 1,
  ...more,
});

/** A provider's model: `acme/big` of provider `acme`, with tools, schema and vision, 128,000 tokens of context. */
export const cloudEntry = (id: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  ...localEntry(id),
  provider: id.split('/')[0] ?? id,
  kind: 'cloud',
  trustedForPrivate: false,
  capabilities: { ...NONE, tools: true, jsonSchema: true, vision: true },
  quality: 0.8,
  price: {
    usdPerMTokIn: 2.5,
    usdPerMTokCachedIn: 1.25,
    usdPerMTokCacheWrite: 2.5,
    usdPerMTokOut: 10,
    source: 'config',
    asOf: null,
  },
  path: null,
  sizeBytes: null,
  architecture: null,
  quantization: null,
  parameters: null,
  contextTokens: 128_000,
  ...more,
});
