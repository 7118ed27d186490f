import type { Services } from './access/services.ts';
import type { ApiService } from './access/api/service.ts';
import type { createDisposeStack } from './base/dispose.ts';
import type { Config } from './contract/config.ts';
import type { Announce } from './orchestration/announce.ts';
import type { Dialogs } from './orchestration/data/data.ts';
import { createLedger } from './orchestration/spending/ledger.ts';
import type { Complete } from './orchestration/complete/complete.ts';
import type { Models } from './orchestration/models-door.ts';
import type { Policies } from './orchestration/policies/policies.ts';
import { createCopying } from './orchestration/traces/copying.ts';
import { createDiagnosing } from './orchestration/traces/diagnosing.ts';
import { createTraceViews } from './orchestration/traces/views.ts';
import { createReplays } from './orchestration/traces/replays.ts';
import { createTraceWords } from './orchestration/traces/words.ts';
import type { buildRouting } from './routing.ts';
import type { Store } from './storage/index.ts';
import type { TraceReader } from './storage/store.ts';
import type { Tracing } from './tracing.ts';

/** What a person does with traces: read their words, take them elsewhere, ask them again, see what they cost. */
export function buildTraceTools(deps: {
  readonly store: Store;
  readonly tracing: Pick<Tracing, 'reads' | 'live'>;
  readonly traces: TraceReader;
  readonly routing: Pick<ReturnType<typeof buildRouting>, 'plan'>;
  readonly complete: Complete;
  readonly models: Models;
  readonly policies: Policies;
  readonly api: ApiService;
  readonly config: () => Config;
  readonly announce: Announce;
  readonly dialogs: Dialogs | null;
  readonly version: string;
  readonly disposables: ReturnType<typeof createDisposeStack>;
}): Pick<Services, 'diagnosing' | 'copying' | 'replays' | 'traceViews' | 'exportState' | 'ledger'> {
  const { store, tracing, traces, routing, complete, models, policies, api, config, version, disposables } = deps;
  const { reads } = tracing;
  const words = createTraceWords({ store, keepsText: () => config().data.traceText !== 'none' });
  return {
    diagnosing: createDiagnosing(reads),
    traceViews: createTraceViews(deps),
    exportState: tracing.live.state,
    ledger: createLedger({ reads, dialogs: deps.dialogs }),
    copying: createCopying({
      reads,
      words,
      written: (request, key) => models.providers.written(request, key),
      config,
      apiState: () => api.state(),
      version,
    }),
    replays: disposables.add(
      createReplays({
        reads,
        traces,
        words,
        complete,
        plan: (request) => routing.plan(request),
        models: () => models.list(),
        isPrivate: (conversationId) => store.chat.isPrivate(conversationId),
        prompts: store.prompts,
        checkPolicy: (name) => {
          policies.get(name);
        },
      }),
    ),
  };
}
