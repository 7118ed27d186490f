import { say } from '../../contract/sentences/index.ts';
import type { Fault, FaultCode } from '../../contract/faults.ts';
import type { LlamaClient, ModelSpec } from '../../../native/llama/client.ts';
import type { FileProblem } from '../gguf/file.ts';
import type { ModelEvent, ModelFormat, ModelMessage, ModelProvider } from '../model.ts';

type EngineMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly text: string };

export interface LocalProviderDeps {
  readonly client: LlamaClient;
  /** The model as the engine needs it, looked at just now, or why it can't be used. */
  readonly prepare: (modelId: string) => Promise<{ spec: ModelSpec } | { problem: FileProblem }>;
  /** The engine could not read the file after all. */
  readonly onRefused: (modelId: string, detail: string) => Promise<void>;
  readonly onStart: (modelId: string) => void;
  readonly onEnd: (modelId: string) => void;
  /** A reply was written to its end. */
  readonly onAnswered: () => void;
}

const CODES: Record<FileProblem['state'], FaultCode> = {
  missing: 'not_found',
  corrupt: 'model_file_corrupt',
  unsupported: 'model_file_corrupt',
};

/** A file that can't be used, as a fault. */
export const fileFault = (modelId: string, { state, problem }: FileProblem): Fault => ({
  code: CODES[state],
  origin: 'user',
  recoverable: false,
  provider: modelId,
  detail: problem,
});

/** Messages as the engine takes them: text of three roles. null = there is something else among them. */
function plain(messages: readonly ModelMessage[]): EngineMessage[] | null {
  const taken: EngineMessage[] = [];
  for (const { role, text, images, toolCalls } of messages) {
    if (role === 'tool' || (images?.length ?? 0) > 0 || (toolCalls?.length ?? 0) > 0) return null;
    taken.push({ role, text });
  }
  return taken;
}

/** The engine takes so many texts to stop at. */
const MOST_STOPS = 16;

const formOf = (format: ModelFormat) =>
  format.type === 'json' ? { type: 'json' as const } : { type: 'json_schema' as const, schema: { ...format.schema } };

const NO_USAGE = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** Local models as the router sees them. */
export function createLocalProvider({
  client,
  prepare,
  onRefused,
  onStart,
  onEnd,
  onAnswered,
}: LocalProviderDeps): ModelProvider {
  return {
    async *generate(
      { modelId, messages: all, sampling, stateKey, format, stop, logprobs, origin },
      signal,
    ): AsyncGenerator<ModelEvent, void, undefined> {
      const prepared = await prepare(modelId);
      if ('problem' in prepared) {
        yield { kind: 'fault', fault: fileFault(modelId, prepared.problem), usage: NO_USAGE };
        return;
      }
      const messages = plain(all);
      if (!messages) {
        const detail = say('said.engine.text_only');
        const fault: Fault = { code: 'invalid_request', origin: 'user', recoverable: false, provider: modelId, detail };
        yield { kind: 'fault', fault, usage: NO_USAGE };
        return;
      }
      onStart(modelId);
      try {
        const request = {
          model: prepared.spec,
          messages,
          sampling,
          stateKey,
          // Only what is surely of no private conversation is ever written down.
          ...(stateKey !== null && origin?.private === false ? { mayKeep: true } : {}),
          ...(format === undefined ? {} : { format: formOf(format) }),
          ...(stop === undefined ? {} : { stop: stop.slice(0, MOST_STOPS) }),
          ...(logprobs === true ? { probability: true } : {}),
        };
        for await (const event of client.generate(request, signal)) {
          if (event.kind !== 'fault') {
            if (event.kind === 'end' && event.usage.tokensOut > 0) onAnswered();
            yield event;
            continue;
          }
          if (event.fault.code === 'model_file_corrupt') await onRefused(modelId, event.fault.detail);
          yield { ...event, fault: { ...event.fault, provider: modelId } };
        }
      } finally {
        onEnd(modelId);
      }
    },
    async countTokens({ modelId, messages: all }) {
      const messages = plain(all);
      if (!messages) return null;
      if (client.status().loadedModelId !== modelId) return null;
      const prepared = await prepare(modelId);
      if ('problem' in prepared) return null;
      // A crash while counting is met again, and told, by the turn itself.
      return client.count(prepared.spec, messages).catch(() => null);
    },
  };
}
