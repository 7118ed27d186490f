import { systemClock } from '../../../electron/base/clock.ts';
import { providerConfig } from '../../../electron/contract/providers.ts';
import type { EgressEntry, ProviderConfig } from '../../../electron/contract/providers.ts';
import { classify } from '../../../electron/model/classify/classify.ts';
import { createEgress } from '../../../electron/model/egress/egress.ts';
import type { Egress } from '../../../electron/model/egress/egress.ts';
import type { WayOut } from '../../../electron/model/egress/way-out.ts';
import type { ModelEvent, ModelOrigin, ModelProvider, ModelRequest } from '../../../electron/model/model.ts';
import { createCloudProvider } from '../../../electron/model/providers/cloud/index.ts';

export type CloudKind = Exclude<ProviderConfig['kind'], 'local'>;

export const openOrigin: ModelOrigin = { traceId: 't1', conversationId: 'c1', private: false, purpose: 'chat' };

/** The door to the outside with a log that a test can read. */
export function loggedEgress(
  wayOut?: WayOut,
  isPrivate?: (conversationId: string) => boolean,
): { egress: Egress; entries: EgressEntry[] } {
  const entries: EgressEntry[] = [];
  let number = 0;
  const egress = createEgress({
    log: {
      begin: (entry) => entries.push(entry),
      end: (id, end) => {
        const at = entries.findLastIndex((entry) => entry.id === id);
        const entry = entries[at];
        if (entry) entries[at] = { ...entry, ...end };
      },
    },
    clock: systemClock,
    mintId: () => `e${String(number++)}`,
    ...(wayOut ? { wayOut } : {}),
    ...(isPrivate ? { isPrivate } : {}),
  });
  return { egress, entries };
}

export const cloudConfig = (kind: CloudKind, url: string, more: object = {}): ProviderConfig =>
  providerConfig.parse({
    id: 'acme',
    kind,
    baseUrl: url,
    apiKey: { env: 'ACME_KEY' },
    models: [{ id: 'big' }],
    ...more,
  });

/** One provider at this address, with the key `secret-key`. */
export function cloudAt(kind: CloudKind, url: string, egress: Egress, more: object = {}): ModelProvider {
  const config = cloudConfig(kind, url, more);
  return createCloudProvider({
    egress,
    keyOf: () => 'secret-key',
    find: (modelId) => {
      const model = config.models.find(({ id }) => `acme/${id}` === modelId);
      return model ? { config, model } : null;
    },
    classify,
    clock: systemClock,
  });
}

export const question = (more: Partial<ModelRequest> = {}): ModelRequest => ({
  modelId: 'acme/big',
  messages: [{ role: 'user', text: 'What is the answer?' }],
  sampling: {},
  stateKey: null,
  origin: openOrigin,
  ...more,
});

/** All that was said, put together. */
export interface Heard {
  readonly events: readonly ModelEvent[];
  readonly text: string;
  readonly reasoning: string;
  readonly tools: readonly { id: string; name: string; argumentsText: string }[];
  readonly last: ModelEvent & { kind: 'end' | 'fault' };
}

/** Reads an answer to its last word. Throws when the stream breaks the rules of ModelProvider. */
export async function listen(
  events: AsyncIterable<ModelEvent>,
  onEvent: (event: ModelEvent) => void = () => undefined,
) {
  const all: ModelEvent[] = [];
  const tools: { id: string; name: string; argumentsText: string }[] = [];
  let text = '';
  let reasoning = '';
  let last: Heard['last'] | null = null;
  for await (const event of events) {
    if (last) throw new Error('Something was said after the last word.');
    all.push(event);
    if (event.kind === 'delta') text += event.text;
    else if (event.kind === 'reasoning') reasoning += event.text;
    else if (event.kind === 'tool') {
      const known = tools[event.index];
      if (known) known.argumentsText += event.argumentsText;
      else if (event.id === undefined || event.name === undefined || event.index !== tools.length)
        throw new Error('A call began without its id, its name or in its place.');
      else tools.push({ id: event.id, name: event.name, argumentsText: event.argumentsText });
    } else if (event.kind === 'end' || event.kind === 'fault') last = event;
    onEvent(event);
  }
  if (!last) throw new Error('The stream ended without a last word.');
  return { events: all, text, reasoning, tools, last } satisfies Heard;
}
