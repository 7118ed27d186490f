import type { Fault } from '../../contract/faults.ts';
import type { End } from './dialect.ts';
import { createRegistry } from './prometheus.ts';

/** State of one model's breaker, where somebody knows it. */
export interface BreakerState {
  readonly modelId: string;
  readonly state: 'closed' | 'open' | 'half-open';
}

export interface Metrics {
  readonly requests: (labels: { path: string; dialect: string; status: number }) => void;
  inFlight(by: 1 | -1): void;
  firstToken(route: string, ms: number): void;
  total(dialect: string, ms: number): void;
  route(labels: { model: string; kind: string; degraded: boolean; cache: string | null }): void;
  end(model: string, end: End): void;
  fault(fault: Fault): void;
  text(breakers: readonly BreakerState[]): string;
}

/** Bounds in seconds: a cached answer takes one millisecond, a long one minutes. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const STATE_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What `make` made of a name, made once. Names here are models and dialects: few, as every label. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = make(name);
    made.set(name, fresh);
    return fresh;
  };
}

/** What the local API counts. No label ever holds a token, a person's words or anything else without bounds. */
export function createMetrics(version: string, startedAt: number): Metrics {
  const registry = createRegistry();
  const requests = registry.counter('switchyard_requests_total', 'Requests answered, by path, dialect and status.');
  const inFlight = registry.gauge('switchyard_requests_in_flight', 'Requests being answered now.');
  const first = registry.histogram(
    'switchyard_first_token_seconds',
    'From a request to the first thing said.',
    SECONDS,
  );
  const total = registry.histogram('switchyard_request_seconds', 'From a request to the end of its answer.', SECONDS);
  const answers = registry.counter('switchyard_answers_total', 'Answers begun, by model and route.');
  const tokens = registry.counter('switchyard_tokens_total', 'Tokens read and written, by model.');
  const cost = registry.counter('switchyard_cost_usd_total', 'What answers cost in USD, by model.');
  const hits = registry.counter('switchyard_cache_hits_total', 'Answers that came from the cache.');
  const degraded = registry.counter('switchyard_degraded_total', 'Answers that were not the first choice.');
  const faults = registry.counter('switchyard_faults_total', 'Requests that failed, by fault code and origin.');
  const breaker = registry.gauge('switchyard_breaker_state', '0 = closed, 1 = half-open, 2 = open; by model.');
  const memory = registry.gauge('process_resident_memory_bytes', 'Resident memory in bytes.');
  registry
    .gauge('process_start_time_seconds', 'Start of this process, seconds since the epoch.')
    .set({}, startedAt / 1000);
  registry.gauge('switchyard_build_info', 'Always 1; the version is in its label.').set({ version }, 1);
  let now = 0;
  // Labels are written out once for each model: a call counts in ten series.
  const byDialect = remembered((dialect: string) => total.of({ dialect }));
  const firstBy = remembered((model: string) => first.of({ model }));
  const endsBy = remembered((model: string) => {
    const [in_, cached, out, reasoning] = ['in', 'cached', 'out', 'reasoning'].map((kind) =>
      tokens.of({ model, kind }),
    );
    const spent = cost.of({ model });
    return ({ tokensIn, tokensCached, tokensOut, tokensReasoning = 0, costUsd }: End): void => {
      in_?.(tokensIn);
      cached?.(tokensCached);
      out?.(tokensOut);
      reasoning?.(tokensReasoning);
      spent(costUsd);
    };
  });

  const requestsBy = remembered((dialect: string) =>
    remembered((path: string) => remembered((status: string) => requests.of({ path, dialect, status }))),
  );
  const answersBy = remembered((kind: string) => remembered((model: string) => answers.of({ model, route: kind })));

  return {
    requests: ({ path, dialect, status }) => {
      requestsBy(dialect)(path)(String(status))(1);
    },
    inFlight(by) {
      now += by;
    },
    firstToken: (model, ms) => {
      firstBy(model)(ms / 1000);
    },
    total: (dialect, ms) => {
      byDialect(dialect)(ms / 1000);
    },
    route({ model, kind, degraded: stepped, cache }) {
      answersBy(kind)(model)(1);
      if (stepped) degraded.add({ model }, 1);
      if (cache !== null) hits.add({ kind: cache }, 1);
    },
    end(model, end) {
      endsBy(model)(end);
    },
    fault: ({ code, origin }) => {
      faults.add({ code, origin }, 1);
    },
    text(breakers) {
      inFlight.set({}, now);
      memory.set({}, process.memoryUsage.rss());
      breaker.setAll(breakers.map(({ modelId, state }) => ({ labels: { model: modelId }, value: STATE_VALUE[state] })));
      return registry.text();
    },
  };
}
