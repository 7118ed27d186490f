import { randomUUID } from 'node:crypto';
import { say } from '../../contract/sentences/index.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { Fault, FaultCode } from '../../contract/faults.ts';
import type { LlamaClient, LlamaEvent, ModelSpec } from '../../../native/llama/client.ts';
import type { FileProblem } from '../gguf/file.ts';
import type { ModelEvent, ModelFormat, ModelProvider, ModelRequest, ModelTool } from '../model.ts';
import { callable, createCallReader, engineMessages } from './tool-text.ts';

export interface LocalProviderDeps {
  readonly client: LlamaClient;
  /** The model as the engine needs it, looked at just now, or why it can't be used. */
  readonly prepare: (modelId: string) => Promise<{ spec: ModelSpec } | { problem: FileProblem }>;
  /** Whether it makes vectors of texts instead of replies. */
  readonly embeds: (modelId: string) => boolean;
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

/** The engine takes so many texts to stop at. */
const MOST_STOPS = 16;

const formOf = (format: ModelFormat) =>
  format.type === 'json' ? { type: 'json' as const } : { type: 'json_schema' as const, schema: { ...format.schema } };

const MOST_CALLS = 8;
const mostCalls = ({ toolChoice, oneCall }: ModelRequest): number =>
  oneCall === true || typeof toolChoice === 'object' ? 1 : MOST_CALLS;

/** Calls of tools as a form of the reply. Who may answer in words as well does. */
const toolsOf = (tools: readonly ModelTool[], request: ModelRequest) => ({
  type: 'tools' as const,
  tools: tools.map(({ name, parameters }) => ({ name, parameters: { ...parameters } })),
  text: (request.toolChoice ?? 'auto') === 'auto',
  most: mostCalls(request),
});

const mintCallId = (): string => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;

/** What the engine says as a reader of tools hears it. */
async function* readingCalls(
  events: AsyncIterable<LlamaEvent>,
  tools: readonly ModelTool[],
  most: number,
): AsyncGenerator<LlamaEvent | ModelEvent> {
  const reader = createCallReader({ mintId: mintCallId, names: new Set(tools.map(({ name }) => name)), most });
  for await (const event of events) {
    if (event.kind === 'delta') yield* reader.push(event.text, event.tokens);
    else if (event.kind === 'end') {
      yield* reader.finish();
      yield { ...event, finish: event.finish === 'stop' && reader.calls() > 0 ? 'tool_calls' : event.finish };
    } else yield event;
  }
}

const NO_USAGE = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** Local models as the router sees them. */
export function createLocalProvider({
  client,
  prepare,
  embeds,
  onRefused,
  onStart,
  onEnd,
  onAnswered,
}: LocalProviderDeps): ModelProvider {
  return {
    async *generate(asked: ModelRequest, signal): AsyncGenerator<ModelEvent, void, undefined> {
      const { modelId, sampling, stateKey, format, stop, logprobs, origin } = asked;
      const prepared = await prepare(modelId);
      if ('problem' in prepared) {
        yield { kind: 'fault', fault: fileFault(modelId, prepared.problem), usage: NO_USAGE };
        return;
      }
      const tools = callable(asked.tools, asked.toolChoice);
      const messages = engineMessages(asked.messages, tools, asked.toolChoice);
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
          ...(tools.length > 0
            ? { format: toolsOf(tools, asked) }
            : format === undefined
              ? {}
              : { format: formOf(format) }),
          ...(stop === undefined ? {} : { stop: stop.slice(0, MOST_STOPS) }),
          ...(logprobs === true ? { probability: true } : {}),
        };
        const events = client.generate(request, signal);
        for await (const event of tools.length > 0 ? readingCalls(events, tools, mostCalls(asked)) : events) {
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
    async embed({ modelId, texts }, signal) {
      const prepared = await prepare(modelId);
      if ('problem' in prepared) throw new FaultError(fileFault(modelId, prepared.problem));
      if (!embeds(modelId)) throw refuse(say('model.no_vectors', { model: modelId }), 'invalid_request');
      const { vectors, tokensIn } = await client.embed(prepared.spec, texts, signal);
      return { vectors, usage: { ...NO_USAGE, tokensIn } };
    },
    async countTokens({ modelId, messages: all }) {
      const messages = engineMessages(all);
      if (!messages) return null;
      if (client.status().loadedModelId !== modelId) return null;
      const prepared = await prepare(modelId);
      if ('problem' in prepared) return null;
      // A crash while counting is met again, and told, by the turn itself.
      return client.count(prepared.spec, messages).catch(() => null);
    },
  };
}
