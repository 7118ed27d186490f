import type { CachedAnswer } from '../../router/index.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer, AnswerHooks, LedgerLine } from './types.ts';

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
