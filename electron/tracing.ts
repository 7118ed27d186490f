import type { Clock } from './base/clock.ts';
import type { createDisposeStack } from './base/dispose.ts';
import type { Log } from './base/log.ts';
import type { Timers } from './base/timers.ts';
import type { Egress } from './model/index.ts';
import type { Announce } from './orchestration/announce.ts';
import { createLiveExport } from './orchestration/export/live-export.ts';
import type { LiveExport } from './orchestration/export/live-export.ts';
import type { Settings } from './orchestration/settings/settings.ts';
import type { NotedTraces } from './orchestration/traces/traces-behind.ts';
import { createTraceReads, readNoted } from './storage/index.ts';
import type { EndedTrace, Store, TraceReads } from './storage/index.ts';
import { sampled } from './telemetry/sampling.ts';
import { createTraceKeeper } from './telemetry/trace-keeper.ts';

export interface Tracing {
  /** Reads on a thread of their own. */
  readonly reads: TraceReads;
  /** The store's, with what `data.traceSample` leaves out. */
  readonly writer: NotedTraces;
  readonly live: LiveExport;
  /** A trace was stored. */
  stored(): void;
  /** Removes what is too old or too much, from now on. */
  tidy(): void;
}

/** Everything that happens to a trace after it ended. */
export function buildTracing(deps: {
  readonly store: Store;
  readonly settings: Settings;
  readonly egress: Egress;
  readonly announce: Announce;
  readonly version: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly onError: (error: unknown) => void;
  readonly disposables: ReturnType<typeof createDisposeStack>;
}): Tracing {
  const { store, settings, announce, clock, timers, log, onError, disposables } = deps;
  const config = () => settings.config();
  const live = disposables.add(
    createLiveExport({
      exports: store.traceExports,
      isPrivate: store.chat.isPrivate,
      config: () => config().export,
      headers: () =>
        Object.fromEntries(
          Object.entries(config().export.headers).flatMap(([name, { env }]) => {
            const secret = process.env[env];
            return secret === undefined ? [] : [[name, secret]];
          }),
        ),
      fetch: deps.egress.fetchFor({
        providerId: 'otlp',
        modelId: null,
        origin: { traceId: '', conversationId: null, private: false, purpose: 'export' },
        trustedForPrivate: false,
      }),
      version: deps.version,
      clock,
      timers,
      log,
      random: Math.random,
    }),
  );
  disposables.add({ dispose: settings.onChange(() => live.poke()) });
  const writes = store.sideWrites;
  // The store would not wait for it.
  disposables.add(writes);
  /** On the thread while it is there: each transaction would hold every answer up. */
  const roll = (most: number, exporting: 'none' | 'public' | 'all'): number | Promise<number> =>
    writes.roll({ most, exporting }) ?? store.traces.roll(most, exporting);
  const keeper = disposables.add(
    createTraceKeeper({
      traces: { ...store.traces, roll },
      clock,
      timers,
      limits: () => ({ days: config().data.traceDays, megabytes: config().data.traceMegabytes }),
      exporting: () => {
        const { endpoint, includePrivate } = config().export;
        return endpoint === null ? 'none' : includePrivate ? 'all' : 'public';
      },
      onRolled: () => {
        announce.topics(['overview']);
        live.poke();
      },
      onError,
    }),
  );
  const sample = ({ trace, usages }: EndedTrace): EndedTrace => ({
    trace: sampled(trace, config().data.traceSample),
    usages,
  });
  return {
    reads: disposables.add(createTraceReads({ path: store.path, timers, log })),
    writer: {
      begin: (rows) => {
        store.traces.begin(rows);
      },
      note: (all) => store.traces.note(all.map(sample)),
      saveAll: (all) => {
        store.traces.saveAll(all.map(sample));
      },
      saveAside: writes.save,
      readNoted,
      settled: store.traces.settled,
      notedBytes: store.traces.notedBytes,
    },
    live,
    stored: () => {
      keeper.stored();
    },
    tidy: () => {
      keeper.tidy();
      live.poke();
    },
  };
}
