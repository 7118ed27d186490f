import { say } from '../../contract/sentences/index.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { SpokenMessage } from '../../contract/entities/trace-content.ts';
import type { CallOutput, CallParsed } from '../../contract/calls.ts';
import { refuse } from '../../contract/faults.ts';
import type { Config } from '../../contract/config.ts';
import type { ApiState } from '../../contract/providers.ts';
import type { TraceReads } from '../../storage/index.ts';
import { otlpRequest } from '../../telemetry/otel/otlp.ts';
import { traceJson } from '../../telemetry/trace-json.ts';
import type { Models } from '../models-door.ts';
import { asModelMessages, asModelTools, missingSentence } from './words.ts';
import type { TraceWords, WordsOf } from './words.ts';

export interface CopyingDeps {
  readonly reads: Pick<TraceReads, 'get'>;
  readonly words: WordsOf;
  readonly written: Models['providers']['written'];
  readonly config: () => Pick<Config, 'api' | 'providers'>;
  readonly apiState: () => ApiState;
  readonly version: string;
}

/** Traces as a person takes them elsewhere. No key stands in any of it. */
export interface Copying {
  messages(traceId: string): Promise<CallOutput<'trace.messages'>>;
  raw(traceId: string): Promise<CallOutput<'trace.raw'>>;
  copy(input: CallParsed<'trace.copy'>): Promise<CallOutput<'trace.copy'>>;
}

/** Stands in a request where the key would be; a letter that needs no escaping anywhere. */
const KEY_MARK = 'SWITCHYARD_KEY_MARK';
const API_TOKEN = 'SWITCHYARD_TOKEN';
/** Written by the library for itself: it says nothing about the request. */
const OWN_HEADERS = new Set(['user-agent']);

/** For a POSIX shell; a key's mark becomes its variable. */
function quoted(text: string, variable: string): string {
  const plain = `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return plain.replaceAll(KEY_MARK, `'"$${variable}"'`);
}

const curl = (url: string, headers: Readonly<Record<string, string>>, body: unknown, variable: string): string =>
  [
    `curl ${quoted(url, variable)}`,
    ...Object.entries(headers)
      .filter(([name]) => !OWN_HEADERS.has(name))
      .map(([name, value]) => `  -H ${quoted(`${name}: ${value}`, variable)}`),
    `  -d ${quoted(JSON.stringify(body, null, 2), variable)}`,
  ].join(' \\\n');

/** A message as OpenAI's form of chat completions has it. */
const openAiMessage = ({ role, text, toolCalls, toolCallId }: SpokenMessage) => ({
  role,
  content: text,
  ...(toolCalls
    ? {
        tool_calls: toolCalls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: call.argumentsText },
        })),
      }
    : {}),
  ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
});

function openAiBody(model: string, { messages, sampling, stop, tools }: TraceWords) {
  return {
    model,
    messages: messages.map(openAiMessage),
    ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === undefined ? {} : { top_p: sampling.topP }),
    ...(sampling.presencePenalty === undefined ? {} : { presence_penalty: sampling.presencePenalty }),
    ...(sampling.frequencyPenalty === undefined ? {} : { frequency_penalty: sampling.frequencyPenalty }),
    ...(sampling.maxTokens === undefined ? {} : { max_tokens: sampling.maxTokens }),
    ...(sampling.seed === undefined ? {} : { seed: sampling.seed }),
    ...(sampling.frequencyPenalty === undefined ? {} : { frequency_penalty: sampling.frequencyPenalty }),
    ...(sampling.presencePenalty === undefined ? {} : { presence_penalty: sampling.presencePenalty }),
    ...(sampling.reasoningEffort === undefined ? {} : { reasoning_effort: sampling.reasoningEffort }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(tools ? { tools: tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
  };
}

/** What each attempt heard, without the words themselves. */
const heard = (trace: Trace, answer: string | null) => ({
  ...(answer === null ? {} : { text: answer }),
  attempts: trace.spans
    .filter(({ kind }) => kind === 'attempt')
    .map(({ attributes, fault }) => ({
      ...Object.fromEntries(
        [
          'modelId',
          'status',
          'requestId',
          'finish',
          'tokensIn',
          'tokensCached',
          'tokensOut',
          'tokensReasoning',
          'redactedBody',
        ].flatMap((name) => (attributes[name] === undefined ? [] : [[name, attributes[name]]])),
      ),
      ...(fault === null ? {} : { fault }),
    })),
});

export function createCopying(deps: CopyingDeps): Copying {
  const find = async (traceId: string): Promise<Trace> => {
    const trace = (await deps.reads.get(traceId)).read();
    if (!trace) throw refuse(say('app.trace.gone'), 'not_found');
    return trace;
  };
  const spoken = (trace: Trace): TraceWords => {
    const words = deps.words(trace);
    if (words.messages.length === 0) throw refuse(missingSentence(words.missing));
    return words;
  };
  const written = (modelId: string, words: TraceWords) => {
    const tools = asModelTools(words);
    return deps.written(
      {
        modelId,
        messages: asModelMessages(words),
        sampling: words.sampling,
        stateKey: null,
        ...(tools ? { tools } : {}),
        ...(words.stop.length > 0 ? { stop: words.stop } : {}),
      },
      KEY_MARK,
    );
  };
  const variableOf = (modelId: string): string => {
    const providerId = modelId.split('/')[0] ?? '';
    const key = deps.config().providers.find(({ id }) => id === providerId)?.apiKey;
    return key && 'env' in key ? key.env : `${providerId.replaceAll(/[^a-z0-9]/giu, '_').toUpperCase()}_API_KEY`;
  };
  const modelOf = (trace: Trace): string | null => trace.modelId ?? trace.decision?.chosen ?? null;

  async function provider(trace: Trace): Promise<string> {
    const modelId = modelOf(trace);
    const words = spoken(trace);
    const made = modelId === null ? null : await written(modelId, words);
    if (modelId === null || made === null)
      throw refuse(
        modelId === null || modelId.startsWith('local/')
          ? say('app.trace.no_provider')
          : say('app.trace.provider_gone', { model: modelId }),
        'not_found',
      );
    return curl(made.url, made.headers, JSON.parse(made.body), variableOf(modelId));
  }

  return {
    async messages(traceId) {
      const { messages, omitted, answer, from, missing } = deps.words(await find(traceId));
      return { messages, omitted, answer, from, missing };
    },
    async raw(traceId) {
      const trace = await find(traceId);
      const words = deps.words(trace);
      const answer = JSON.stringify(heard(trace, words.answer), null, 2);
      if (words.messages.length === 0) return { request: null, answer, missing: words.missing };
      const modelId = modelOf(trace);
      const made = modelId === null ? null : await written(modelId, words);
      if (modelId === null || made === null)
        return {
          request: JSON.stringify(openAiBody(modelId ?? 'switchyard/auto', words), null, 2),
          answer,
          missing: null,
        };
      const head = Object.entries(made.headers).filter(([name]) => !OWN_HEADERS.has(name));
      return {
        request: [
          `POST ${made.url}`,
          ...head.map(([name, value]) => `${name}: ${value.replaceAll(KEY_MARK, `$${variableOf(modelId)}`)}`),
          '',
          JSON.stringify(JSON.parse(made.body), null, 2),
        ].join('\n'),
        answer,
        missing: null,
      };
    },
    async copy({ traceId, as }) {
      const trace = await find(traceId);
      switch (as) {
        case 'json':
          return { text: JSON.stringify(traceJson(trace), null, 2) };
        case 'otlp':
          return { text: JSON.stringify(otlpRequest([trace], deps.version), null, 2) };
        case 'curl-provider':
          return { text: await provider(trace) };
        case 'curl-api': {
          const { url } = deps.apiState();
          const address = url ?? `http://127.0.0.1:${String(deps.config().api.port)}`;
          const headers = { authorization: `Bearer ${KEY_MARK}`, 'content-type': 'application/json' };
          const body = openAiBody(modelOf(trace) ?? 'switchyard/auto', spoken(trace));
          return { text: curl(`${address}/v1/chat/completions`, headers, body, API_TOKEN) };
        }
      }
    },
  };
}
