import { createMintId } from '../../electron/base/ids.ts';
import type { ModelEntry } from '../../electron/contract/entities/model.ts';
import type { Span } from '../../electron/contract/entities/trace.ts';
import type { FaultCode } from '../../electron/contract/faults.ts';
import { draftPlan, limits as limitsSchema } from '../../electron/contract/policy.ts';
import type { DraftPlan, Limits } from '../../electron/contract/policy.ts';
import type { ModelFormat, ModelRequest, ModelTool, ModelToolChoice } from '../../electron/model/model.ts';
import type { BudgetAsk } from '../../electron/router/budget.ts';
import type { ExecuteInput, Outcome } from '../../electron/router/execute.ts';
import { createExecution } from '../../electron/router/execution.ts';
import type { ExecutionDeps } from '../../electron/router/execution.ts';
import { makeFault } from '../../electron/router/fault-table.ts';
import type { PlanStep, RoutePlan } from '../../electron/router/plan.ts';
import { createTraceRecorder } from '../../electron/telemetry/recorder.ts';
import { createScriptedProvider } from './scripted-provider.ts';
import type { Act } from './scripted-provider.ts';
import { createVirtualTime } from './virtual-time.ts';

type StepLike = ModelEntry | (Partial<PlanStep> & { readonly model: ModelEntry });

/** A plan over these models, in order; `after` absent = any fault. */
export function planOf(
  steps: readonly StepLike[],
  limits: Partial<Limits> = {},
  draft: Partial<DraftPlan> | null = null,
): RoutePlan {
  return {
    decision: { policy: 'test', chosen: null, reasons: [], candidates: [], features: {} },
    steps: steps.map((step) => ({ after: null, mostUsd: 0.01, ...('model' in step ? step : { model: step }) })),
    degradedReason: null,
    refusal: null,
    draft: draft === null ? null : draftPlan.parse({ enabled: true, ...draft }),
    limits: { ...limitsSchema.parse({}), ...limits },
  };
}

/** One executed plan and everything that was seen of it. */
export interface Ran {
  readonly outcome: Outcome;
  /** What a person sees in the end. */
  readonly text: string;
  /** `reset`, `model …`, then what was passed on. */
  readonly heard: readonly string[];
  readonly spans: readonly Span[];
}

export interface AskOptions extends Partial<Omit<ExecuteInput, 'plan' | 'span'>> {
  readonly format?: ModelFormat;
  readonly tools?: readonly ModelTool[];
  readonly toolChoice?: ModelToolChoice;
  /** Most trims the history can give; absent = any number. */
  readonly mostTrims?: number;
}

/** Execution over scripted models and time that passes only when asked to; money is counted. */
export function executionKit(
  script: (modelId: string, nth: number, request: ModelRequest) => readonly Act[],
  options: Partial<ExecutionDeps> & { readonly refuseUsdAbove?: number } = {},
) {
  const time = createVirtualTime();
  const provider = createScriptedProvider({ timers: time.timers, script });
  const money = { held: 0, settled: 0, released: 0, twice: 0, spentUsd: 0, asks: [] as BudgetAsk[] };
  const execution = createExecution({
    provider,
    clock: time.clock,
    timers: time.timers,
    random: () => 0.5,
    costUsd: (usage, price) =>
      price === null ? 0 : (usage.tokensIn * price.usdPerMTokIn + usage.tokensOut * price.usdPerMTokOut) / 1e6,
    budget: {
      leftUsd: () => options.refuseUsdAbove ?? Infinity,
      reserve(ask) {
        money.asks.push(ask);
        if (ask.mostUsd > (options.refuseUsdAbove ?? Infinity)) return { ok: false, fault: makeFault('budget') };
        money.held++;
        let over = false;
        const end = () => {
          if (over) money.twice++;
          over = true;
        };
        return {
          ok: true,
          hold: {
            settle(usd) {
              end();
              money.settled++;
              money.spentUsd += usd;
            },
            release() {
              end();
              money.released++;
            },
          },
        };
      },
    },
    onError(error) {
      throw error;
    },
    ...options,
  });
  let traces = 0;
  const mintId = createMintId(time.clock, (bytes) => bytes.fill(traces++ % 256));

  const start = (plan: RoutePlan, more: AskOptions = {}) => {
    const { format, tools, toolChoice, mostTrims = Infinity, ...input } = more;
    const recorder = createTraceRecorder({ clock: time.clock, mintId }, 'trace', 'Turn');
    const heard: string[] = [];
    let text = '';
    const running = execution.execute(
      {
        signal: new AbortController().signal,
        isPrivate: () => false,
        traceId: 'trace',
        ...input,
        plan,
        span: recorder.root,
      },
      {
        request: (model, trims) =>
          Promise.resolve(
            trims > mostTrims
              ? null
              : {
                  modelId: model.id,
                  messages: [{ role: 'user', text: `Hi ${String(trims)}` }],
                  sampling: {},
                  stateKey: null,
                  ...(format ? { format } : {}),
                  ...(tools ? { tools } : {}),
                  ...(toolChoice ? { toolChoice } : {}),
                },
          ),
        onModel: (model, reason) => void heard.push(`model ${model.id}${reason === null ? '' : `: ${reason}`}`),
        onEvent(_model, event) {
          if (event.kind === 'delta') {
            text += event.text;
            heard.push(event.text);
          } else if (event.kind === 'tool') {
            text += event.argumentsText;
            heard.push(`tool ${event.argumentsText}`);
          }
          return null;
        },
        onReset() {
          text = '';
          heard.push('reset');
        },
      },
    );
    return running.then((outcome): Ran => ({ outcome, text, heard, spans: recorder.finish() }));
  };
  return {
    time,
    provider,
    money,
    execution,
    start,
    /** Runs a plan to its end, however long that takes. */
    run: (plan: RoutePlan, more: AskOptions = {}) => time.until(start(plan, more)),
    /** Ids of the models called, in order. */
    called: () => provider.calls.map(({ modelId }) => modelId),
  };
}

/** A model that always fails this way. */
export const failing = (fault: FaultCode, more: Extract<Act, { fault: FaultCode }>['more'] = {}): readonly Act[] => [
  { fault, more },
];
