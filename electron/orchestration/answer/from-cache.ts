import { onceFor } from '../../base/once-for.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { ROUTE_LOCAL } from '../../contract/names.ts';
import type { ModelTool, ModelToolCall } from '../../model/model.ts';
import type { CachedAnswer } from '../../router/index.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer, AnswerHooks, LedgerLine } from './types.ts';

const USABLE: ReadonlySet<ModelEntry['state']> = new Set(['ready', 'loading', 'loaded']);

/**
 * Who may answer by a route, each with the place it is at: what a model said is no answer of another one that has its name by now, nor of
 * `auto` when others are to choose from. Prices, health and load change no answer and are not in it. Made once for each list of models.
 */
export function createAskable(
  placeOf: (providerId: string) => string,
): (models: readonly ModelEntry[], route: string) => string {
  const byRoute = onceFor((models: readonly ModelEntry[]) => ({ models, known: new Map<string, string>() }));
  return (list, route) => {
    const { models, known } = byRoute(list);
    const found = known.get(route);
    if (found !== undefined) return found;
    const made = models
      .filter(
        ({ id, kind, state }) =>
          USABLE.has(state) && (route === 'auto' || (route === ROUTE_LOCAL ? kind === 'local' : id === route)),
      )
      .map(({ id, kind, provider, path, sizeBytes, quantization }) =>
        kind === 'local'
          ? `${id} ${path ?? ''} ${String(sizeBytes)} ${quantization ?? ''}`
          : `${id} ${placeOf(provider)}`,
      )
      .join('\n');
    known.set(route, made);
    return made;
  };
}

/** A call of a tool that nobody offered is a mistake, and mistakes are not given again. */
export const callsOnly = (
  calls: readonly Pick<ModelToolCall, 'name'>[],
  tools: readonly Pick<ModelTool, 'name'>[] | undefined,
): boolean => calls.every((call) => tools?.some(({ name }) => name === call.name));

/** Says a kept answer as if it were made now: marked, free and traced. */
export function answerFromCache(
  cached: CachedAnswer,
  kind: 'exact' | 'semantic',
  decision: Answer['decision'],
  recorder: TraceRecorder,
  hooks: AnswerHooks,
  tokenName: string | null,
): Answer {
  const span = recorder.root.child('cache', 'Answer from the cache', {
    cache: kind,
    storedAt: cached.storedAt,
    modelId: cached.modelId,
    savedUsd: cached.costUsd,
  });
  const { modelId, modelName, usage } = cached;
  hooks.onRoute({ modelId, modelName, route: 'cached', degraded: false, degradedReason: null, cache: kind });
  const firstTokenMs = recorder.elapsedMs();
  if (cached.reasoning !== undefined) hooks.onReasoning?.(cached.reasoning);
  const fault = cached.text === '' ? null : hooks.onDelta(cached.text);
  cached.toolCalls.forEach(({ id, name, argumentsText }, index) => {
    hooks.onTool?.({ kind: 'tool', index, id, name, argumentsText });
  });
  span.end(fault);
  return {
    decision: { ...decision, chosen: modelId },
    model: { id: modelId, name: modelName },
    route: 'cached',
    degradedReason: null,
    finish: fault ? 'fault' : cached.finish,
    ...(cached.stopSequence === undefined ? {} : { stopSequence: cached.stopSequence }),
    fault,
    usage,
    timings: null,
    contextTokens: null,
    firstTokenMs,
    costUsd: 0,
    savedUsd: cached.costUsd,
    ledger: cached.costUsd === 0 ? [] : [savedLine(cached, tokenName)],
  };
}

/** Nothing was used: the line only says what was saved. */
const savedLine = ({ modelId, costUsd }: CachedAnswer, tokenName: string | null): LedgerLine => ({
  modelId,
  providerId: modelId.split('/')[0] ?? modelId,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  costUsd: 0,
  tokenName,
  savedUsd: costUsd,
});
