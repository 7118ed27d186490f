import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { DryRunRow } from '../../contract/policy.ts';
import type { CallInput, CallOutput } from '../../contract/calls.ts';
import { costUsd } from '../../model/index.ts';
import { decide, featuresFromAttributes, healthyMachine } from '../../router/index.ts';
import type { LoadedPolicy } from '../../router/index.ts';
import type { TraceReader } from '../../storage/store.ts';

export interface DryRunDeps {
  readonly traces: Pick<TraceReader, 'list' | 'get'>;
  readonly models: () => readonly ModelEntry[];
  /** Text of the question a trace answered; null = no longer known: its preview stands for it. */
  readonly questionOf: (trace: Trace) => string | null;
}

/** Which recorded turns are decided again. `since` epoch ms; absent = from the first, of any source. */
export type DryRunAsk = Omit<CallInput<'policy.dryRun'>, 'text'>;

const PAGE = 100;

/** What the tokens a turn really took would cost with this model; null = no price known. */
function costWith(model: ModelEntry | undefined, { tokensIn, tokensCached, tokensOut }: Trace): number | null {
  if (!model) return null;
  if (model.kind === 'local') return 0;
  if (!model.price) return null;
  return costUsd({ tokensIn, tokensCached, tokensOut }, model.price);
}

/** Decides one recorded turn again, with today's models, as if all of them were well. null = it was never decided. */
function decideAgain(trace: Trace, policy: LoadedPolicy, models: readonly ModelEntry[], question: string | null) {
  if (!trace.decision) return null;
  const recorded = trace.decision.features;
  const known = featuresFromAttributes(recorded, question ?? trace.preview);
  const features = {
    ...known,
    // A conversation stays with what its policy chose: under another one it would be with another model.
    sticky: trace.decision.policy === policy.name ? known.sticky : null,
    private: trace.private,
    source: trace.source,
  };
  const freeBytes = recorded['freeBytes'];
  return decide(
    features,
    models,
    {
      ...healthyMachine(trace.startedAt),
      freeBytes: typeof freeBytes === 'number' ? freeBytes : null,
      onBattery: recorded['onBattery'] === true,
    },
    policy,
  );
}

/** What a policy would have decided for recorded turns, newest first. Asks no model. */
export function dryRun(
  deps: DryRunDeps,
  policy: LoadedPolicy,
  { since, source, limit }: DryRunAsk,
): CallOutput<'policy.dryRun'> {
  const models = deps.models();
  const rows: DryRunRow[] = [];
  const filter = { ...(since === undefined ? {} : { since }), ...(source === undefined ? {} : { source }) };
  for (let before: string | null = null; rows.length < limit;) {
    const page = deps.traces.list(filter, before, PAGE);
    for (const { id } of page.rows) {
      const trace = deps.traces.get(id);
      const plan = trace ? decideAgain(trace, policy, models, deps.questionOf(trace)) : null;
      if (!trace || !plan || rows.length >= limit) continue;
      const chosen = models.find((model) => model.id === plan.decision.chosen);
      rows.push({
        traceId: trace.id,
        source: trace.source,
        preview: trace.preview,
        startedAt: trace.startedAt,
        was: trace.modelId,
        wasName: trace.modelName,
        wouldBe: chosen?.id ?? null,
        wouldBeName: chosen?.name ?? null,
        reason: plan.refusal?.detail ?? plan.decision.reasons[0] ?? '',
        wasCostUsd: trace.costUsd,
        wouldCostUsd: costWith(chosen, trace),
      });
    }
    if (page.next === null) break;
    before = page.next;
  }
  return {
    rows,
    changed: rows.filter(({ was, wouldBe }) => was !== wouldBe).length,
    wasUsd: rows.reduce((sum, { wasCostUsd }) => sum + wasCostUsd, 0),
    wouldUsd: rows.reduce((sum, { wouldCostUsd }) => sum + (wouldCostUsd ?? 0), 0),
    unpriced: rows.filter(({ wouldBe, wouldCostUsd }) => wouldBe !== null && wouldCostUsd === null).length,
  };
}
