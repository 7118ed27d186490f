import type { Clock } from '../../base/clock.ts';
import type { Timers } from '../../base/timers.ts';
import type { Sampling, TurnPhase } from '../../contract/entities/chat.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Decision } from '../../contract/entities/trace.ts';
import type { Fault } from '../../contract/faults.ts';
import type { ModelFinish, ModelMessage, ModelRequest, ModelTimings, ModelUsage } from '../../model/model.ts';
import { createExecution, decide, extractFeatures } from '../../router/index.ts';
import type { LoadedPolicy } from '../../router/index.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { Models } from '../models-door.ts';
import { mergeSameRole } from './fit.ts';
import { createFitter } from './fitter.ts';

/** What is to be answered, by whom it may be. */
export interface AnswerRequest {
  /** Oldest first; at most one `system`, in front; the last one is `user`. */
  readonly messages: readonly ModelMessage[];
  /** Older messages that were not even read because no context could hold them. */
  readonly omitted?: number;
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly private: boolean;
  readonly sampling: Sampling;
  /** Requests with one key share engine state; null = none kept. */
  readonly stateKey: string | null;
}

export interface AnswerRoute {
  readonly modelId: string;
  readonly modelName: string;
  readonly degraded: boolean;
  readonly degradedReason: string | null;
}

/** What the asker hears while the answer is made. */
export interface AnswerHooks {
  onPhase(phase: TurnPhase, detail: string | null): void;
  /** Comes before the first delta, and again when another model takes over. */
  onRoute(route: AnswerRoute): void;
  /** A fault given back stops the model: the text so far failed a check. */
  onDelta(text: string): Fault | null;
  onReset(): void;
}

export interface Answer {
  readonly decision: Decision;
  readonly model: ModelEntry | null;
  readonly degradedReason: string | null;
  readonly finish: ModelFinish | 'fault';
  readonly fault: Fault | null;
  readonly usage: ModelUsage;
  readonly timings: ModelTimings | null;
  readonly contextTokens: number | null;
  /** From the trace's start to the first visible text; null when there was none. */
  readonly firstTokenMs: number | null;
}

export interface AnswerDeps {
  readonly models: Models;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Memory that could be used now, in bytes; null = unknown. */
  readonly freeBytes: () => number | null;
  /** The policy in force. */
  readonly policy: () => LoadedPolicy;
}

/** Routes one request and has it answered. Never throws for what a model or the machine can do. */
export function createAnswerer(deps: AnswerDeps) {
  const { models, clock } = deps;
  const execution = createExecution({
    provider: models.provider,
    clock,
    timers: deps.timers,
    random: Math.random,
    budget: { reserve: () => ({ ok: true, hold: { settle: () => undefined, release: () => undefined } }) },
    costUsd: () => 0,
    onError: () => undefined,
  });
  const fitter = createFitter((request) => models.provider.countTokens(request));

  return async function answer(
    request: AnswerRequest,
    recorder: TraceRecorder,
    hooks: AnswerHooks,
    signal: AbortSignal,
  ): Promise<Answer> {
    const messages = mergeSameRole(request.messages);
    hooks.onPhase('routing', null);
    const routeSpan = recorder.root.child('route', 'Choose a model');
    const now = clock.now();
    const plan = decide(
      extractFeatures({
        messages,
        route: request.route,
        private: request.private,
        source: 'app',
        maxTokens: request.sampling.maxTokens,
      }),
      models.list(),
      {
        now,
        freeBytes: deps.freeBytes(),
        loadedModelId: models.engine().loadedModelId,
        onBattery: false,
        memoryPressure: false,
        online: true,
        breakerOf: (modelId) => execution.breakers.breakerOf(modelId),
        paceUntil: (modelId) => execution.pace.until(modelId),
        budgetLeftUsd: () => Infinity,
        budgetWords: () => '',
      },
      deps.policy(),
    );
    const { decision } = plan;
    routeSpan.set({ policy: decision.policy, chosen: decision.chosen, reasons: decision.reasons });
    routeSpan.end();

    let firstTokenMs: number | null = null;
    let trimmed: string | null = null;
    let routed: AnswerRoute | null = null;
    const sayRoute = (model: ModelEntry, stepReason: string | null) => {
      const degradedReason = [stepReason, trimmed].filter((part) => part !== null).join(' ') || null;
      const next = { modelId: model.id, modelName: model.name, degraded: degradedReason !== null, degradedReason };
      if (routed?.modelId === next.modelId && routed.degradedReason === degradedReason) return;
      routed = next;
      hooks.onRoute(next);
    };
    let asked: ModelRequest | null = null;
    let reply = '';

    const fit = async (model: ModelEntry, trims: number): Promise<ModelRequest | null> => {
      const { sampling, stateKey } = request;
      const fitted = await fitter.fit(
        { model, messages, omitted: request.omitted ?? 0, maxTokens: sampling.maxTokens, stateKey, trims },
        recorder.root,
      );
      if (!fitted) return null;
      const { dropped } = fitted;
      trimmed =
        dropped === 0
          ? null
          : `The oldest ${dropped === 1 ? 'message was' : `${String(dropped)} messages were`} left out: they do not fit the context.`;
      asked = { modelId: model.id, messages: fitted.messages, sampling, stateKey };
      return asked;
    };

    const outcome = await execution.execute(
      { plan, span: recorder.root, signal, private: request.private, traceId: recorder.traceId },
      {
        request: fit,
        onModel(model, reason) {
          sayRoute(model, reason);
        },
        onEvent(model, event) {
          switch (event.kind) {
            case 'queued':
              hooks.onPhase('queued', null);
              return null;
            case 'loading':
              hooks.onPhase(
                'loading',
                event.fraction === null ? null : `${String(Math.round(event.fraction * 100))} %`,
              );
              return null;
            case 'loaded':
              fitter.onLoaded(model.id, event.contextTokens);
              return null;
            case 'prefill':
              hooks.onPhase('prefill', null);
              return null;
            case 'delta':
              if (firstTokenMs === null) {
                firstTokenMs = recorder.elapsedMs();
                hooks.onPhase('decoding', null);
              }
              reply += event.text;
              return hooks.onDelta(event.text);
            case 'reached':
            case 'connected':
            case 'reasoning':
            case 'tool':
            case 'end':
            case 'fault':
              return null;
          }
        },
        onReset() {
          firstTokenMs = null;
          reply = '';
          hooks.onReset();
        },
      },
    );
    const { model, end } = outcome;
    fitter.remember(asked, end.usage, reply);
    return {
      decision: { ...decision, chosen: model?.id ?? decision.chosen },
      model,
      degradedReason: [outcome.degradedReason, trimmed].filter((part) => part !== null).join(' ') || null,
      finish: end.finish,
      fault: end.fault,
      usage: end.usage,
      timings: end.timings,
      contextTokens: model ? fitter.contextOf(model) : null,
      firstTokenMs,
    };
  };
}

export type Answerer = ReturnType<typeof createAnswerer>;
