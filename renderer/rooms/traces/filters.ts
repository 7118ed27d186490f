import type { TraceFilter } from '../../../electron/contract/entities/trace.ts';
import { FAULT_CODES, FAULT_ORIGINS, ROUTE_KINDS, TRACE_STATUSES } from '../../../electron/contract/names.ts';

/** Spans of time one can pick, as hours back from now. */
export const TIME_RANGES = { hour: 1, day: 24, week: 168, month: 720 } as const;
export type TimeRange = keyof typeof TIME_RANGES;

export const RATINGS = ['up', 'down', 'none'] as const;

/** A turn that took longer than this is called slow, in ms. */
export const SLOW_MS = 5000;

/** What a person narrowed the list by; an absent field means any. Kept in the address, so a link finds the same list. */
export interface TraceQuery {
  readonly text?: string;
  readonly status?: (typeof TRACE_STATUSES)[number];
  readonly model?: string;
  readonly route?: (typeof ROUTE_KINDS)[number];
  readonly fault?: (typeof FAULT_CODES)[number];
  readonly origin?: (typeof FAULT_ORIGINS)[number];
  readonly degraded?: boolean;
  readonly rating?: (typeof RATINGS)[number];
  readonly prompt?: string;
  readonly conversation?: string;
  /** Longer than this, in ms. */
  readonly slowerThan?: number;
  readonly time?: TimeRange;
}

const oneOf = <T extends string>(values: readonly T[], value: string | null): T | undefined =>
  values.find((known) => known === value);

const ranges = Object.keys(TIME_RANGES) as TimeRange[];

/** Reads the address; what is not understood is left out, so an old or hand-written link still opens. */
export const parseQuery = (search: string): TraceQuery => {
  const from = new URLSearchParams(search);
  const slower = Number(from.get('slower') ?? Number.NaN);
  const found = {
    text: from.get('q') ?? undefined,
    status: oneOf(TRACE_STATUSES, from.get('status')),
    model: from.get('model') ?? undefined,
    route: oneOf(ROUTE_KINDS, from.get('route')),
    fault: oneOf(FAULT_CODES, from.get('fault')),
    origin: oneOf(FAULT_ORIGINS, from.get('origin')),
    degraded: from.get('degraded') === null ? undefined : from.get('degraded') === '1',
    rating: oneOf(RATINGS, from.get('rating')),
    prompt: from.get('prompt') ?? undefined,
    conversation: from.get('conversation') ?? undefined,
    slowerThan: Number.isFinite(slower) && slower >= 0 ? slower : undefined,
    time: oneOf(ranges, from.get('time')),
  };
  return dropAbsent(found);
};

/** The address of a query, without the question mark; empty for "everything". */
export const writeQuery = (query: TraceQuery): string => {
  const to = new URLSearchParams();
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') to.set(name, value);
  };
  put('q', query.text);
  put('status', query.status);
  put('model', query.model);
  put('route', query.route);
  put('fault', query.fault);
  put('origin', query.origin);
  put('degraded', query.degraded === undefined ? undefined : query.degraded ? '1' : '0');
  put('rating', query.rating);
  put('prompt', query.prompt);
  put('conversation', query.conversation);
  put('slower', query.slowerThan === undefined ? undefined : String(query.slowerThan));
  put('time', query.time);
  return to.toString();
};

type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

const dropAbsent = (loose: Loose<TraceQuery>): TraceQuery =>
  Object.fromEntries(Object.entries(loose).filter(([, value]) => value !== undefined && value !== '')) as TraceQuery;

/** The query with one thing changed; `undefined` takes that filter away. */
export const withFilter = (query: TraceQuery, change: Loose<TraceQuery> | Partial<Loose<TraceQuery>>): TraceQuery =>
  dropAbsent({ ...(query as Loose<TraceQuery>), ...change } as Loose<TraceQuery>);

/** What the core is asked. `now` is rounded by the caller, so that the same list keeps the same question. */
export const toFilter = (query: TraceQuery, now: number): TraceFilter => ({
  ...(query.text === undefined ? {} : { text: query.text.slice(0, 500) }),
  ...(query.status === undefined ? {} : { status: query.status }),
  ...(query.model === undefined ? {} : { modelId: query.model }),
  ...(query.route === undefined ? {} : { route: query.route }),
  ...(query.fault === undefined ? {} : { faultCode: query.fault }),
  ...(query.origin === undefined ? {} : { faultOrigin: query.origin }),
  ...(query.degraded === undefined ? {} : { degraded: query.degraded }),
  ...(query.rating === undefined ? {} : { rating: query.rating }),
  ...(query.prompt === undefined ? {} : { promptVersionId: query.prompt }),
  ...(query.conversation === undefined ? {} : { conversationId: query.conversation }),
  ...(query.slowerThan === undefined ? {} : { minDurationMs: query.slowerThan }),
  ...(query.time === undefined ? {} : { since: Math.max(0, now - TIME_RANGES[query.time] * 3_600_000) }),
});

/** Saved views: each is a query by itself, so its link and its button lead to the same list. */
export const VIEWS = {
  all: {},
  errors: { status: 'failed' },
  slow: { slowerThan: SLOW_MS },
  degraded: { degraded: true },
} as const satisfies Record<string, TraceQuery>;
export type ViewName = keyof typeof VIEWS;

/** The view whose query this is exactly; null when a person narrowed further. */
export const viewOf = (query: TraceQuery): ViewName | null => {
  const wanted = writeQuery(query);
  const names = Object.keys(VIEWS) as ViewName[];
  return names.find((name) => writeQuery(VIEWS[name]) === wanted) ?? null;
};

/** How many filters are set besides the text. */
export const filterCount = (query: TraceQuery): number => Object.keys(query).filter((name) => name !== 'text').length;
