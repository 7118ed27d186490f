import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { Fault } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import type { AnswerPhase, Classify } from '../../classify/types.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelEvent, ModelFinish, ModelOrigin, ModelRequest, ModelTimings, ModelUsage } from '../../model.ts';
import { answerOf, networkCodeOf, ownFault } from './answer-of.ts';
import { languageModel } from './language-model.ts';
import { callOptions } from './prompt.ts';
import { guessTokens, NO_USAGE, usageOf } from './usage.ts';

/** A request of the app itself, without an origin, is private: nothing leaves the machine for it. */
const OF_THE_APP: ModelOrigin = { traceId: '', conversationId: null, private: true, purpose: 'chat' };
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'x-goog-request-id', 'cf-ray'];

export interface StreamInput {
  readonly request: ModelRequest;
  readonly config: ProviderConfig;
  readonly model: ProviderModel;
  readonly key: string | null;
}

function finishOf(reason: LanguageModelV4FinishReason, calledTools: boolean): ModelFinish {
  if (reason.raw === 'refusal') return 'refused';
  switch (reason.unified) {
    case 'length':
      return 'length';
    case 'content-filter':
      return 'filtered';
    case 'tool-calls':
      return 'tool_calls';
    default:
      return calledTools ? 'tool_calls' : 'stop';
  }
}

/** Mean probability of the tokens written, where the provider gave log probabilities; null = it did not. */
export function meanProbability(metadata: unknown): number | null {
  const logprobs: unknown = Reflect.get(Object(Reflect.get(Object(metadata), 'openai')), 'logprobs');
  if (!Array.isArray(logprobs)) return null;
  const values = logprobs
    .map((entry: unknown): unknown => Reflect.get(Object(entry), 'logprob'))
    .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (values.length === 0) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.min(0, value), 0) / values.length);
}

/** Asks one provider once and says what comes back, as it comes. Ends with `end` or `fault`, whatever happens. */
export async function* streamAnswer(
  deps: { readonly egress: Egress; readonly classify: Classify; readonly clock: Clock },
  { request, config, model, key }: StreamInput,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  const { clock } = deps;
  const startedMs = clock.monotonicMs();
  let firstMs: number | null = null;
  let connected: { status: number; headers: Record<string, string> } | null = null;
  let text = '';
  let reported: ModelUsage | null = null;
  let tokens = 0;
  /** A high surrogate whose other half is still to come. */
  let half = '';
  const tools = new Map<string, { readonly index: number; parts: number }>();

  const usage = (): ModelUsage => {
    if (reported && (reported.tokensIn > 0 || reported.tokensOut > 0)) return reported;
    if (!connected) return NO_USAGE;
    // Nobody said what it took (cut off, stopped, or a server that never says): a fair guess, so that budgets hold.
    const asked = request.messages.reduce((sum, message) => sum + guessTokens(message.text) + 4, 0);
    return { tokensIn: asked, tokensCached: 0, tokensOut: guessTokens(text) };
  };
  const timings = (): ModelTimings => {
    const now = clock.monotonicMs();
    const decodeMs = firstMs === null ? 0 : now - firstMs;
    const written = reported?.tokensOut ?? tokens;
    return {
      queueMs: 0,
      loadMs: 0,
      prefillMs: (firstMs ?? now) - startedMs,
      decodeMs,
      tokensPerSecond: written > 1 && decodeMs > 0 ? Math.round(((written - 1) / decodeMs) * 1e5) / 100 : null,
    };
  };
  const cancelled = (): ModelEvent => ({
    kind: 'end',
    finish: 'cancelled',
    usage: usage(),
    timings: timings(),
    attributes: {},
  });
  const faultOf = (error: unknown, phase: AnswerPhase): Fault | null => {
    const own = ownFault(error);
    if (own) return own;
    const fault = deps.classify(answerOf(error, providerName(config), phase, connected), clock.now());
    const networkCode = networkCodeOf(error);
    return fault && { ...fault, provider: request.modelId, ...(networkCode === null ? {} : { networkCode }) };
  };

  try {
    const fetch = deps.egress.fetchFor({
      providerId: config.id,
      modelId: request.modelId,
      origin: request.origin ?? OF_THE_APP,
      trustedForPrivate: config.trustedForPrivate,
    });
    const { stream, response } = await languageModel(config, model.id, key, fetch).doStream({
      ...callOptions(request, config.kind),
      abortSignal: signal,
    });
    connected = { status: 200, headers: response?.headers ?? {} };
    const headers = connected.headers;
    const requestId = REQUEST_ID_HEADERS.map((name) => headers[name]).find((value) => value !== undefined) ?? null;
    yield { kind: 'connected', status: 200, requestId };

    const state: { finish: LanguageModelV4FinishReason | null; metadata: unknown } = { finish: null, metadata: null };
    for await (const part of stream as AsyncIterable<LanguageModelV4StreamPart>) {
      if (signal.aborted) break;
      switch (part.type) {
        case 'text-delta': {
          let said = half + part.delta;
          half = '';
          const last = said.charCodeAt(said.length - 1);
          if (last >= 0xd800 && last <= 0xdbff) {
            half = said.slice(-1);
            said = said.slice(0, -1);
          }
          if (said === '') break;
          firstMs ??= clock.monotonicMs();
          text += said;
          tokens++;
          yield { kind: 'delta', text: said, tokens: 1 };
          break;
        }
        case 'reasoning-delta':
          firstMs ??= clock.monotonicMs();
          if (part.delta !== '') yield { kind: 'reasoning', text: part.delta };
          break;
        case 'tool-input-start': {
          firstMs ??= clock.monotonicMs();
          const index = tools.size;
          tools.set(part.id, { index, parts: 0 });
          yield { kind: 'tool', index, id: part.id, name: part.toolName, argumentsText: '' };
          break;
        }
        case 'tool-input-delta': {
          const tool = tools.get(part.id);
          if (!tool || part.delta === '') break;
          tool.parts++;
          yield { kind: 'tool', index: tool.index, argumentsText: part.delta };
          break;
        }
        case 'tool-call': {
          const known = tools.get(part.toolCallId);
          // Some providers send a call whole.
          if (known && known.parts > 0) break;
          const index = known?.index ?? tools.size;
          tools.set(part.toolCallId, { index, parts: 1 });
          const first = known ? {} : { id: part.toolCallId, name: part.toolName };
          yield { kind: 'tool', index, ...first, argumentsText: part.input };
          break;
        }
        case 'finish':
          state.finish = part.finishReason;
          state.metadata = part.providerMetadata ?? null;
          reported = usageOf(part.usage);
          break;
        case 'error': {
          const fault = faultOf(part.error, 'stream');
          if (!fault) break;
          yield { kind: 'fault', fault, usage: usage() };
          return;
        }
        default:
      }
    }
    if (signal.aborted) {
      yield cancelled();
      return;
    }
    if (half !== '') yield { kind: 'delta', text: '\ufffd', tokens: 0 };
    const { finish } = state;
    if (!finish || finish.unified === 'error' || finish.unified === 'interrupted') {
      const body = { finish_reason: finish?.raw ?? null };
      const answer = { provider: providerName(config), phase: 'finish' as const, ...connected, body };
      const fault = finish?.raw === undefined ? null : deps.classify(answer, clock.now());
      yield { kind: 'fault', fault: fault ? { ...fault, provider: request.modelId } : cutOff(request), usage: usage() };
      return;
    }
    const probability = meanProbability(state.metadata);
    yield {
      kind: 'end',
      finish: finishOf(finish, tools.size > 0),
      usage: usage(),
      timings: timings(),
      attributes: {
        ...(finish.raw === undefined ? {} : { finishRaw: finish.raw.slice(0, 100) }),
        ...(probability === null ? {} : { meanProbability: Math.round(probability * 1000) / 1000 }),
        ...(reported && reported.tokensIn + reported.tokensOut > 0 ? {} : { usageEstimated: true }),
      },
    };
  } catch (error) {
    if (signal.aborted) {
      yield cancelled();
      return;
    }
    const fault = faultOf(error, connected ? 'stream' : 'pre') ?? cutOff(request);
    yield { kind: 'fault', fault, usage: usage() };
  }
}

/** The name classification goes by: a compatible server is known by its own name where that says more. */
const providerName = (config: ProviderConfig): string =>
  config.kind === 'openai-compatible' ? config.id : config.kind;

const cutOff = ({ modelId }: ModelRequest): Fault => ({
  code: 'truncated',
  origin: 'infrastructure',
  recoverable: true,
  provider: modelId,
  detail: 'The answer ended in the middle; try again.',
});
