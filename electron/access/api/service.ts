import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter } from '../../base/emitter.ts';
import { onceFor } from '../../base/once-for.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../contract/config.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import { refuse } from '../../contract/faults.ts';
import type { ApiState } from '../../contract/providers.ts';
import { compileSoon } from '../../orchestration/app/compile-soon.ts';
import type { Announce } from '../../orchestration/announce.ts';
import type { Complete } from '../../orchestration/complete/complete.ts';
import type { Api } from './api.ts';
import type { BreakerState } from './metrics.ts';
import { apiModelOf } from './models.ts';
import type { ApiTokenRecords } from '../../storage/store.ts';
import { createTokens } from './tokens.ts';
import type { Tokens } from './tokens.ts';

export interface ApiServiceDeps {
  readonly complete: Complete;
  readonly models: () => readonly ModelEntry[];
  readonly settings: { config(): Config; onChange(listener: () => void): () => void };
  /** Tokens made in the app. */
  readonly records: ApiTokenRecords;
  readonly announce: Announce;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether it starts and ends as the settings say; false = only `serve` starts it. */
  readonly followsSettings: boolean;
  readonly breakers?: () => readonly BreakerState[];
  /** How long answers under way get when it ends. */
  readonly closeGraceMs?: number;
}

/** The local API as the rest of the app sees it. */
export interface ApiService {
  state(): ApiState;
  readonly tokens: Tokens;
  onChange(listener: (state: ApiState) => void): () => void;
  /** Somebody has asked for an answer. */
  wasCalled(): boolean;
  /** Runs at this port from now on, whatever the settings say. Throws a FaultError with a sentence when it cannot. */
  serveAt(port: number): Promise<{ url: string }>;
  /** Resolves when what the settings said last is done. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

interface Running {
  readonly api: Api;
  readonly wanted: number;
  readonly url: string;
}

/** The same list as long as that of the models is the same. */
const shown = onceFor((models: readonly ModelEntry[]) => models.map(apiModelOf));

const OFF: ApiState = { running: false, url: null, problem: null };

const sentenceOf = (error: unknown, port: number, where: string): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return say('app.api.port_taken', { port, place: where });
  if (code === 'EACCES') return say('app.api.port_rights', { port });
  return say('app.api.failed', { why: error instanceof Error ? error.message : String(error) });
};

/** Starts and ends the local API as the settings say, without a restart of the app. */
export function createApiService(deps: ApiServiceDeps): ApiService {
  const { settings, log } = deps;
  const apiConfig = () => settings.config().api;
  const changed = createEmitter<ApiState>((error) => {
    log.write('error', 'api.listener', { error: String(error) });
  });
  const tokens = createTokens({
    records: deps.records,
    config: () => apiConfig().tokens,
    now: () => deps.clock.now(),
    onChange: () => {
      deps.announce.topics(['api']);
    },
  });
  let state: ApiState = OFF;
  let running: Running | null = null;
  let fixedPort: number | null = null;
  let ended = false;
  let called = false;
  let work = Promise.resolve();
  const ending = new Set<Promise<void>>();

  const become = (next: ApiState): void => {
    if (next.running === state.running && next.url === state.url && next.problem === state.problem) return;
    state = next;
    changed.emit(state);
    deps.announce.signal('api', state);
    deps.announce.topics(['api']);
  };

  const begin = async (port: number): Promise<Running> => {
    compileSoon();
    // Loaded when it is first wanted: most people never switch it on, and the window opens sooner without it.
    const { createApi } = await import('./api.ts');
    const api = createApi({
      complete: {
        ...deps.complete,
        start(request, signal) {
          called = true;
          return deps.complete.start(request, signal);
        },
      },
      models: () => shown(deps.models()),
      verifyToken: (token) => tokens.verify(token),
      openMetrics: () => apiConfig().openMetrics,
      version: deps.version,
      clock: deps.clock,
      log,
      ...(deps.breakers === undefined ? {} : { breakers: deps.breakers }),
      ...(deps.closeGraceMs === undefined ? {} : { closeGraceMs: deps.closeGraceMs }),
    });
    const { url } = await api.listen(port);
    return { api, wanted: port, url };
  };

  /** Answers under way finish in the background; whoever ends the app waits for them. */
  const end = (old: Running | null): void => {
    if (!old) return;
    const closing = old.api.close().finally(() => ending.delete(closing));
    ending.add(closing);
  };

  const wantedPort = (): number | null => {
    if (ended) return null;
    if (fixedPort !== null) return fixedPort;
    return deps.followsSettings && apiConfig().enabled ? apiConfig().port : null;
  };

  const apply = async (): Promise<void> => {
    const wanted = wantedPort();
    if (wanted === null) {
      end(running);
      running = null;
      become(OFF);
      return;
    }
    if (running?.wanted === wanted) {
      become({ running: true, url: running.url, problem: null });
      return;
    }
    try {
      // The new one first: a port that is taken must not cost the one that works.
      const next = await begin(wanted);
      end(running);
      running = next;
      become({ running: true, url: next.url, problem: null });
    } catch (error) {
      log.write('warn', 'api.not_started', { error: String(error) });
      become({
        running: running !== null,
        url: running?.url ?? null,
        problem: sentenceOf(error, wanted, fixedPort === null ? 'in Settings' : 'with --port'),
      });
    }
  };

  const applyNext = (): Promise<void> => (work = work.then(apply));
  const stopWatching = settings.onChange(() => void applyNext());
  void applyNext();

  return {
    state: () => state,
    tokens,
    onChange: (listener) => changed.on(listener),
    wasCalled: () => called,
    async serveAt(port) {
      fixedPort = port;
      await applyNext();
      if (state.url === null || state.problem !== null) throw refuse(state.problem ?? say('app.api.ending'));
      return { url: state.url };
    },
    settled: () => work,
    async dispose() {
      ended = true;
      stopWatching();
      await applyNext();
      await Promise.all(ending);
    },
  };
}
