import { z } from 'zod';
import { ROUTE_KINDS } from '../names.ts';
import { epochMs, id } from './chat.ts';

/** What dashboards ask: a time, narrowed, in groups. */
export const traceOverviewQuery = z.strictObject({
  since: epochMs,
  until: epochMs,
  /** null = all in one group. */
  by: z.enum(['model', 'route', 'prompt']).nullable(),
  modelId: z.string().optional(),
  route: z.enum(ROUTE_KINDS).optional(),
  promptVersionId: id.optional(),
});
export type TraceOverviewQuery = z.infer<typeof traceOverviewQuery>;

/** null = nothing was measured. Off by at most 1%. */
const quantiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable() });

/** Sums over some traces that have ended. */
export const traceTotals = z.object({
  requests: z.number().int(),
  failed: z.number().int(),
  stopped: z.number().int(),
  degraded: z.number().int(),
  tokensIn: z.number().int(),
  tokensCached: z.number().int(),
  tokensOut: z.number().int(),
  costUsd: z.number(),
  faults: z.array(z.object({ code: z.string(), origin: z.string(), count: z.number().int() })),
  firstTokenMs: quantiles,
  /** Of answers that came to their end. */
  totalMs: quantiles,
  tokensPerSecond: quantiles,
});
export type TraceTotals = z.infer<typeof traceTotals>;

/** Groups by number of requests, most first; `*` = all that are not shown apart. A step without requests has no point. */
export const traceOverview = z.object({
  since: epochMs,
  stepMs: z.number().int(),
  total: traceTotals,
  groups: z.array(
    z.object({ name: z.string(), total: traceTotals, points: z.array(traceTotals.extend({ at: epochMs })) }),
  ),
});
export type TraceOverview = z.infer<typeof traceOverview>;

/** What answers cost and what was saved, in steps of time. `stepMs` as a `traceOverview` of the same time answers it. */
export const savingsQuery = z.strictObject({
  since: epochMs,
  until: epochMs,
  stepMs: z.number().int().min(60_000),
});
export type SavingsQuery = z.infer<typeof savingsQuery>;

/** USD by the ledger. Saved = what the answers would have cost without cache, draft or local model, where that is known. */
export const savings = z.object({
  costUsd: z.number(),
  savedUsd: z.number(),
  /** In order; a step without entries has no point. */
  points: z.array(z.object({ at: epochMs, costUsd: z.number(), savedUsd: z.number() })),
});
export type Savings = z.infer<typeof savings>;
