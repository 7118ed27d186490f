import type { Clock } from '../base/clock.ts';
import type { MintId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { systemTimers } from '../base/timers.ts';
import type { Timers } from '../base/timers.ts';
import { createCacheRecords } from './answer-cache.ts';
import { createApiTokenRecords } from './api-tokens.ts';
import { backupTo } from './backup.ts';
import { createConversationWriter } from './chat-conversations.ts';
import { importConversation } from './chat-import.ts';
import { createChatReader } from './chat-reader.ts';
import { createTurnWriter } from './chat-turns.ts';
import { createDownloadRecords } from './downloads.ts';
import { createExportReader } from './dump.ts';
import { createEgressRecords } from './egress.ts';
import { createFeedback } from './feedback.ts';
import { checkDatabase } from './health.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { createBenchRecords } from './bench.ts';
import { createModelRecords } from './models.ts';
import { createObservations } from './observations.ts';
import { openFile } from './open-file.ts';
import { createPendingCosts } from './pending-costs.ts';
import { createPolicyRecords } from './policies.ts';
import { createPrepare } from './prepare-trace.ts';
import { createPrompts } from './prompts.ts';
import { rehearseTurns } from './rehearse.ts';
import type { ConversationDump, Store } from './store.ts';
import { createTraceExports } from './trace-exports.ts';
import { createTraceViews } from './trace-views.ts';
import { createTraceReader, createTraces } from './traces.ts';
import { createUsageReader } from './usage-sums.ts';
import { keepWalShort } from './wal/keep-wal-short.ts';
import { createSideWrites } from './writes/side-writes.ts';
import type { SideWrites } from './writes/side-writes.ts';

/** What the store is built from. */
export interface OpenStoreOptions {
  /** The database file; made when missing. */
  readonly path: string;
  /** Where copies go before a migration or a restore. */
  readonly snapshotDir: string;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly log: Log;
  /** Whether traces keep any words. Absent = they do; keys are hidden in them either way. */
  readonly keepsPreview?: () => boolean;
  /** Whether turns leave a trace. Absent = each does; the bench says no, to see what that costs. */
  readonly keepsTraces?: () => boolean;
  /** When the writing thread rests. Absent = the system's. */
  readonly timers?: Timers;
  /** Another way to write aside, in tests. */
  readonly sideWrites?: SideWrites;
}

/** Opens the database, brought up to date and checked. Throws a FaultError a person can act on when that cannot be done. */
export function openStore(options: OpenStoreOptions): Store {
  const { path, snapshotDir, clock, mintId, log, keepsPreview, keepsTraces, timers = systemTimers } = options;
  const startedMs = clock.monotonicMs();
  const opened = openFile({ path, snapshotDir, now: clock.now() });
  const sideWrites = options.sideWrites ?? createSideWrites({ path, timers, log });
  const { db, count, stop } = keepWalShort(opened.db, clock, sideWrites.checkpoint);
  for (const problem of opened.problems) log.write('warn', 'storage.problem', { problem });
  log.write('info', 'storage.open', { openMs: clock.monotonicMs() - startedMs, schemaVersion: SCHEMA_VERSION });
  const onEgressError = (error: unknown): void => {
    log.write('warn', 'storage.egress', { reason: error instanceof Error ? error.message : String(error) });
  };
  const egress = createEgressRecords(db, onEgressError, count);
  egress.records.writeAside(sideWrites.saveEgress);
  const prepare = createPrepare(() => keepsPreview?.() !== false);
  const traces = createTraces(db, prepare, (error) => {
    log.write('warn', 'storage.traces', { reason: error instanceof Error ? error.message : String(error) });
  });
  const pendingCosts = createPendingCosts(db, mintId, (error) => {
    log.write('warn', 'storage.spending', { reason: error instanceof Error ? error.message : String(error) });
  });
  const chat = {
    ...createChatReader(db),
    ...createConversationWriter(db),
    ...createTurnWriter(db, prepare, keepsTraces),
    importConversation: (dump: ConversationDump) => importConversation(db, dump, mintId),
  };
  let open = true;
  return {
    chat,
    rehearse() {
      if (open) rehearseTurns(db, { chat }, clock, mintId);
    },
    traces: traces.traces,
    traceExports: createTraceExports(db, createTraceReader(db).get),
    traceViews: createTraceViews(db),
    prompts: createPrompts(db),
    feedback: createFeedback(db),
    models: createModelRecords(db),
    bench: createBenchRecords(db),
    usage: createUsageReader(db),
    pendingCosts: pendingCosts.records,
    egress: egress.records,
    policies: createPolicyRecords(db),
    cache: createCacheRecords(db),
    observations: createObservations(db),
    apiTokens: createApiTokenRecords(db),
    downloads: createDownloadRecords(db),
    dump: createExportReader(db),
    sideWrites,
    path,
    schemaVersion: SCHEMA_VERSION,
    problems: opened.problems,
    backup: (toPath) => {
      egress.flush();
      return backupTo(db, toPath);
    },
    check: (full) => checkDatabase(db, full),
    dispose: () => {
      if (!open) return;
      open = false;
      stop();
      void sideWrites.dispose();
      egress.dispose();
      traces.dispose();
      pendingCosts.dispose();
      try {
        if (!db.readOnly) db.pragma('optimize');
      } catch (error) {
        // Statistics only: a full disk must not keep the file from being closed properly.
        log.write('warn', 'storage.optimize', { reason: error instanceof Error ? error.message : String(error) });
      }
      db.close();
    },
  };
}
