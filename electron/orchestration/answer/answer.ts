import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { ModelEvent, ModelMessage, ModelOrigin, ModelRequest, ModelToolCall } from '../../model/model.ts';
import { estimateForms } from '../../model/request-tokens.ts';
import { exactKey, mayCache } from '../../router/index.ts';
import type { AnswerCache, CachedAnswer, CacheMode, CacheQuestion, Execution, Outcome } from '../../router/index.ts';
import type { ActiveSpan, TraceRecorder } from '../../telemetry/recorder.ts';
import type { Models } from '../models-door.ts';
import { guessMessages, mergedSizes, mergeSameRole } from './fit.ts';
import { createFitter } from './fitter.ts';
import { answerFromCache, callsOnly, createAskable } from './from-cache.ts';
import { ledgerOf } from './ledger.ts';
import { planFor, planRequest } from './plan-request.ts';
import type { PlanDeps } from './plan-request.ts';
import { replyRoom, shorterReply } from './reply-room.ts';
import { samplingFor } from './sampling-for.ts';
import type { SemanticDoor } from './semantic.ts';
import { createShortener } from './shorten.ts';
import type { Shortened } from './shorten.ts';
import { summarisers } from './summarise.ts';
import type { Answer, AnswerHooks, AnswerRequest, AnswerRoute } from './types.ts';

export type { Answer, AnswerHooks, AnswerRequest, AnswerRoute } from './types.ts';

export interface AnswerDeps extends PlanDeps {
  readonly models: Pick<Models, 'list' | 'engine'> & { readonly provider: Pick<Models['provider'], 'countTokens'> };
  readonly clock: Clock;
  readonly execution: Execution;
  readonly cache: AnswerCache;
  readonly cacheMode: () => CacheMode;
  readonly semantic: SemanticDoor;
  /** Where a provider of a cloud model is, in a form of its own; another place = another provider, whatever its id. Absent = nobody moves. */
  readonly placeOf?: (providerId: string) => string;
  /** Whether any budget bears on a call to this provider, one turn's and a token's among them: answers are then kept as short as their estimate. */
  readonly isBudgeted: (providerId: string, token: AnswerRequest['token'] | null) => boolean;
  /** Attempts are over: what was seen of their models. */
  readonly onAttempts?: (attempts: Outcome['attempts']) => void;
}

const join = (...parts: readonly (string | null)[]): string | null =>
  parts.filter((part) => part !== null).join(' ') || null;

const sumOf = (attempts: Outcome['attempts']): number => attempts.reduce((sum, { costUsd }) => sum + costUsd, 0);

/** What a person is told about a conversation that was too long; null = it went out whole. */
function noteOnLength({ dropped, summarised }: Shortened): string | null {
  const short =
    summarised === 0
      ? null
      : say(summarised === 1 ? 'said.note.summary_one' : 'said.note.summary', { count: summarised });
  const left =
    dropped === 0 ? null : say(dropped === 1 ? 'said.note.left_out_one' : 'said.note.left_out', { count: dropped });
  return join(short, left);
}

/** A graphics card that is gone makes answers slow: that is said with each. */
const noteOnEngine = ({ lostBackend }: ReturnType<Models['engine']>): string | null =>
  lostBackend ? say('said.note.no_gpu', { backend: lostBackend }) : null;

const noteOnMoney = (tokens: number): string => say('said.note.money', { tokens });

const UNFILTERED = say('said.note.unfiltered');

const phases: Partial<Record<ModelEvent['kind'], 'queued' | 'loading' | 'prefill'>> = {
  queued: 'queued',
  loading: 'loading',
  reached: 'prefill',
  connected: 'prefill',
  prefill: 'prefill',
};

/** The last request made for one model. */
interface Sent {
  readonly request: ModelRequest;
  /** What a person is told about its length; null = it went out whole. */
  readonly note: string | null;
  /** How often it was cut because the model found it too long. */
  readonly trims: number;
  /** About what it takes, and what the one took that was too long; Infinity = none was. */
  readonly tokens: number;
  readonly refusedTokens: number;
  /** Longest answer that is asked for; undefined = none was named. */
  readonly longest: number | undefined;
}

/** Routes one request and has it answered. Never throws for what a model, a provider or the machine can do. */
export function createAnswerer(deps: AnswerDeps) {
  const { models, clock } = deps;
  const askable = createAskable(deps.placeOf ?? (() => ''));
  const fitter = createFitter((request) => models.provider.countTokens(request));
  const shorten = createShortener(fitter);

  return async function answer(
    request: AnswerRequest,
    recorder: TraceRecorder,
    hooks: AnswerHooks,
    signal: AbortSignal,
  ): Promise<Answer> {
    const messages = mergeSameRole(request.messages);
    hooks.onPhase('routing', null);
    const { plan, policy } = planRequest(deps, request, messages, recorder.root);
    const { decision } = plan;
    const sizes = request.summaries ? mergedSizes(request.messages) : [];

    const question: CacheQuestion = {
      route: request.route,
      policy: policy.name,
      policyVersion: policy.version,
      private: request.isPrivate(),
      ...(request.cache === false ? {} : { models: askable(models.list(), request.route) }),
      messages,
      sampling: request.sampling,
      ...(policy.policy.rules.some(({ when }) => when.source !== undefined) ? { source: request.source } : {}),
      ...(request.tools ? { tools: request.tools } : {}),
      ...(request.toolChoice ? { toolChoice: request.toolChoice } : {}),
      ...(request.oneCall ? { oneCall: true } : {}),
      ...(request.format ? { format: request.format } : {}),
      ...(request.stop && request.stop.length > 0 ? { stop: request.stop } : {}),
    };
    const mayAnswer = (): readonly ModelEntry[] => {
      const allowed = new Set(
        decision.candidates.filter(({ rejected }) => rejected === null).map(({ modelId }) => modelId),
      );
      return models.list().filter(({ id }) => allowed.has(id));
    };
    /** For a vector, words go to nobody outside who may not answer them as well. */
    const mayEmbed = ({ kind, provider }: ModelEntry): boolean =>
      kind === 'local' || mayAnswer().some((model) => model.provider === provider);

    const cacheKey =
      request.cache !== false && !request.omitted && mayCache(question, deps.cacheMode()) ? exactKey(question) : null;
    const cached = cacheKey === null || request.anew ? null : deps.cache.get(cacheKey);
    if (cached) return answerFromCache(cached, 'exact', decision, recorder, hooks, request.token?.name ?? null);
    const alike =
      request.cache === false || request.anew || request.omitted || request.tools
        ? null
        : await deps.semantic.find(question, mayEmbed, signal);
    // A hit that is to be checked is asked anew; what comes back is evidence for the next.
    if (alike && !alike.recheck)
      return answerFromCache(alike.answer, 'semantic', decision, recorder, hooks, request.token?.name ?? null);

    let firstTokenMs: number | null = null;
    let reply = '';
    let thought = '';
    const calls: { id: string; name: string; argumentsText: string }[] = [];
    /** The last request of each model; some are made on the side and never heard. */
    const asked = new Map<string, Sent>();
    const noteOf = (model: ModelEntry | null): string | null =>
      model && join(asked.get(model.id)?.note ?? null, model.kind === 'local' ? noteOnEngine(models.engine()) : null);
    let routed: AnswerRoute | null = null;
    const sayRoute = (model: ModelEntry, stepReason: string | null) => {
      const reason = join(stepReason, noteOf(model));
      if (routed?.modelId === model.id && routed.degradedReason === reason) return;
      const { id: modelId, name: modelName, kind: route } = model;
      routed = { modelId, modelName, route, degraded: reason !== null, degradedReason: reason };
      hooks.onRoute(routed);
    };

    const originOf = (purpose: ModelOrigin['purpose']): ModelOrigin => ({
      traceId: recorder.traceId,
      conversationId: request.conversationId,
      tokenName: request.token?.name ?? null,
      private: request.isPrivate(),
      purpose,
    });
    const formsTokens = estimateForms(request);
    const fit = async (model: ModelEntry, trims: number): Promise<ModelRequest | null> => {
      const { stateKey } = request;
      const step = plan.steps.find((each) => each.model === model);
      const most =
        step?.shortened || deps.isBudgeted(model.provider, request.token ?? null) ? step?.maxTokens : undefined;
      const before = asked.get(model.id);
      // What is asked again after another fault was not too long.
      const refused = before !== undefined && before.trims < trims;
      const shorter = refused ? shorterReply(model, before.request.sampling.maxTokens, before.tokens) : null;
      const longest = shorter ?? before?.longest ?? most ?? request.sampling.maxTokens;
      const refusedTokens = refused && shorter === null ? before.tokens : (before?.refusedTokens ?? Infinity);
      const fitted = await shorten(
        {
          model,
          messages,
          omitted: request.omitted ?? 0,
          maxTokens: longest,
          formsTokens,
          stateKey,
          trims,
          refusedTokens,
          hinted: true,
          plan: policy.policy.context,
          door: request.summaries ?? null,
          sizes,
          writer: () => summarisers(policy.policy.context, model, mayAnswer(), request.isPrivate())[0] ?? null,
          write: summarise,
          onSummarise: () => {
            hooks.onPhase('shortening', null);
          },
        },
        recorder.root,
      );
      // What was refused is never sent again as it was.
      if (!fitted) return null;
      const tokens = guessMessages(fitted.messages);
      if (tokens >= refusedTokens) return null;
      const { maxTokens, roomTokens } = replyRoom({
        model,
        contextTokens: fitter.contextOf(model),
        promptTokens: tokens + formsTokens,
        asked: longest,
      });
      const sampling = samplingFor(request, model, maxTokens);
      const note = join(noteOnLength(fitted), step?.shortened ? noteOnMoney(step.maxTokens ?? 0) : null);
      const made: ModelRequest = {
        modelId: model.id,
        messages: fitted.messages,
        sampling,
        stateKey,
        origin: originOf('chat'),
        ...(roomTokens === undefined ? {} : { roomTokens }),
        ...(request.tools ? { tools: request.tools } : {}),
        ...(request.toolChoice ? { toolChoice: request.toolChoice } : {}),
        ...(request.oneCall ? { oneCall: true } : {}),
        ...(request.format ? { format: request.format } : {}),
        ...(request.stop && request.stop.length > 0 ? { stop: request.stop } : {}),
        ...(plan.draft ? { logprobs: true } : {}),
      };
      asked.set(model.id, { request: made, note, trims, tokens, refusedTokens, longest });
      return made;
    };

    /** Calls made for summaries: they cost like every other. */
    const aside: Outcome['attempts'][number][] = [];
    const summarise = async (
      writer: ModelEntry,
      asked: readonly ModelMessage[],
      maxTokens: number,
      span: ActiveSpan,
    ): Promise<string | null> => {
      const planned = planFor(deps, writer, policy, request, asked, maxTokens);
      let text = '';
      const made = await deps.execution.execute(
        {
          plan: planned,
          span,
          signal,
          isPrivate: request.isPrivate,
          traceId: recorder.traceId,
          token: request.token ?? null,
          hold: true,
        },
        {
          request: () =>
            Promise.resolve({
              modelId: writer.id,
              messages: asked,
              sampling: { maxTokens, temperature: 0 },
              stateKey: null,
              origin: originOf('chat'),
            }),
          onModel: () => undefined,
          onEvent(_, event) {
            if (event.kind === 'loaded') fitter.onLoaded(writer.id, event.contextTokens);
            if (event.kind === 'delta') text += event.text;
            return null;
          },
          onReset() {
            text = '';
          },
        },
      );
      aside.push(...made.attempts);
      const { tokensIn, tokensOut } = made.end.usage;
      span.set({ tokensIn, tokensOut, costUsd: sumOf(aside) });
      const { fault, finish } = made.end;
      if (fault) span.event('not summarised', { code: fault.code, detail: fault.detail });
      return fault === null && (finish === 'stop' || finish === 'length') && /\S/u.test(text) ? text.trim() : null;
    };

    const visible = () => {
      if (firstTokenMs !== null) return;
      firstTokenMs = recorder.elapsedMs();
      hooks.onPhase('decoding', null);
    };
    const outcome = await deps.execution.execute(
      {
        plan,
        span: recorder.root,
        signal,
        isPrivate: request.isPrivate,
        traceId: recorder.traceId,
        token: request.token ?? null,
        // Who gets the answer in one piece can be given another one until the last word. An engine that knows no stop sequences
        // has to be heard while it writes, to be stopped.
        reasoningIsVisible: request.reasoningIsVisible ?? false,
        hold: request.streaming === false && (request.format !== undefined || !request.stop?.length),
      },
      {
        request: fit,
        onModel: sayRoute,
        onEvent(model, event) {
          const phase = phases[event.kind];
          if (phase) {
            const loaded = event.kind === 'loading' && event.fraction !== null ? event.fraction : null;
            hooks.onPhase(phase, loaded === null ? null : `${String(Math.round(loaded * 100))} %`);
          } else if (event.kind === 'loaded') fitter.onLoaded(model.id, event.contextTokens);
          else if (event.kind === 'reasoning') {
            visible();
            thought += event.text;
            hooks.onReasoning?.(event.text);
          } else if (event.kind === 'tool') {
            visible();
            const call = (calls[event.index] ??= { id: event.id ?? '', name: event.name ?? '', argumentsText: '' });
            call.argumentsText += event.argumentsText;
            hooks.onTool?.(event);
          } else if (event.kind === 'delta' && event.text !== '') {
            visible();
            reply += event.text;
            return hooks.onDelta(event.text);
          }
          return null;
        },
        onReset() {
          firstTokenMs = null;
          reply = '';
          thought = '';
          calls.length = 0;
          hooks.onReset();
        },
      },
    );
    const { model, end, savedUsd } = outcome;
    const costUsd = outcome.costUsd + sumOf(aside);
    const note = join(noteOf(model), end.attributes['unfiltered'] === true ? UNFILTERED : null);
    fitter.remember((model && asked.get(model.id)?.request) ?? null, end.usage, reply);
    deps.onAttempts?.([...aside, ...outcome.attempts]);
    const { stopSequence } = end.attributes;
    const whole = end.fault === null && (end.finish === 'stop' || end.finish === 'tool_calls');
    // A model whose draft was good enough drafts again: staying with it would let it answer unchecked.
    const drafted = plan.draft !== null && model === plan.steps[0]?.model;
    // A degraded answer is not what would be answered tomorrow, and a conversation does not stay with a second choice.
    if (whole && model && !drafted && outcome.degradedReason === null)
      deps.sticky.replied(request.conversationId, model.id, policy);
    if (
      whole &&
      model &&
      outcome.degradedReason === null &&
      note === null &&
      request.cache !== false &&
      callsOnly(calls, request.tools)
    ) {
      const made: CachedAnswer = {
        text: reply,
        toolCalls: calls.filter((call): call is ModelToolCall => call.id !== ''),
        finish: end.finish === 'tool_calls' ? 'tool_calls' : 'stop',
        ...(thought === '' ? {} : { reasoning: thought }),
        ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
        modelId: model.id,
        modelName: model.name,
        usage: end.usage,
        costUsd,
        storedAt: clock.now(),
      };
      if (cacheKey !== null && mayCache(question, deps.cacheMode()))
        deps.cache.put(cacheKey, made, request.conversationId);
      // The cache may have been switched off and the lock set while the answer was written.
      if (!request.omitted && !request.tools && !request.isPrivate())
        deps.semantic.put(question, made, request.conversationId, mayEmbed);
    }
    return {
      decision: { ...decision, chosen: model?.id ?? decision.chosen },
      model,
      route: model?.kind ?? null,
      degradedReason: join(outcome.degradedReason, note),
      finish: end.finish,
      ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
      fault: end.fault,
      usage: end.usage,
      timings: end.timings,
      contextTokens: model ? fitter.contextOf(model) : null,
      firstTokenMs,
      costUsd,
      savedUsd,
      ledger: ledgerOf({ ...outcome, attempts: [...aside, ...outcome.attempts] }, request),
    };
  };
}

export type Answerer = ReturnType<typeof createAnswerer>;
