import type { Measurement, ModelCapabilities, ModelEntry } from '../contract/entities/model.ts';
import type { CatalogItem } from './catalog.ts';
import { STARTER } from './starter.ts';

/** What the engine of this app gives besides text, whatever the file: a grammar holds calls of tools and JSON in their form. */
const LOCAL_CAPABILITIES: ModelCapabilities = {
  tools: true,
  jsonSchema: true,
  vision: false,
  reasoning: false,
  logprobs: true,
  embeddings: false,
};

const EMBEDDER_CAPABILITIES: ModelCapabilities = {
  tools: false,
  jsonSchema: false,
  vision: false,
  reasoning: false,
  logprobs: false,
  embeddings: true,
};

/** A model file as the contract shows it. `running` counts only while nothing is wrong with the file. */
export function modelEntryOf(
  item: CatalogItem,
  running: 'ready' | 'loading' | 'loaded',
  measurement: Measurement | null,
  ownFile = false,
): ModelEntry {
  const header = item.file?.header;
  const embedded = item.source === 'embedded';
  return {
    id: item.id,
    name: item.name,
    provider: 'local',
    kind: 'local',
    trustedForPrivate: true,
    capabilities: header?.makes === 'vectors' ? EMBEDDER_CAPABILITIES : LOCAL_CAPABILITIES,
    quality: null,
    price: null,
    observed: null,
    maxOutputTokens: null,
    embedded,
    ...(ownFile ? { ownFile } : {}),
    ...(item.adoptedFrom === undefined ? {} : { adoptedFrom: item.adoptedFrom }),
    state: item.problem?.state ?? running,
    problem: item.problem?.problem ?? null,
    path: item.path,
    sizeBytes: item.file?.sizeBytes ?? (embedded ? STARTER.sizeBytes : null),
    architecture: header?.architecture ?? null,
    quantization: header?.quantization ?? null,
    parameters: header?.parameters ?? null,
    contextTokens: header?.contextTokens ?? (embedded ? STARTER.contextTokens : 0),
    licence: header?.licence ?? null,
    description: embedded ? STARTER.description : null,
    measurement,
    addedAt: item.addedAt,
  };
}
