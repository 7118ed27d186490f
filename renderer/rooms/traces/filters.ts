import type { TraceFilter } from '../../../electron/contract/entities/trace.ts';
import {
  FAULT_CODES,
  FAULT_ORIGINS,
  ROUTE_KINDS,
  TRACE_SOURCES,
  TRACE_STATUSES,
} from '../../../electron/contract/names.ts';

/** Spans of time one can pick, as hours back from now. */
export const TIME_RANGES = { hour: 1, day: 24, week: 168, month: 720 } as const;
export type TimeRange = keyof typeof TIME_RANGES;

export const RATINGS = ['up', 'down', 'none'] as const;

/** A turn that took longer than this is called slow, in ms. */
export const SLOW_MS = 5000;

/** A turn that cost more than this is called costly, in USD. */
export const COSTLY_USD = 0.01;

/** What a person narrowed the list by; an absent field means any. Kept in the address, so a link finds the same list. */
export interface TraceQuery {
  readonly text?: string;
  readonly status?: (typeof TRACE_STATUSES)[number];
  readonly model?: string;
  readonly route?: (typeof ROUTE_KINDS)[number];
  readonly source?: (typeof TRACE_SOURCES)[number];
  readonly fault?: (typeof FAULT_CODES)[number];
  readonly origin?: (typeof FAULT_ORIGINS)[number];
  readonly degraded?: boolean;
  readonly rating?: (typeof RATINGS)[number];
  readonly prompt?: string;
  readonly conversation?: string;
  /** Longer than this, in ms. */
  readonly slowerThan?: number;
  /** Costing more than this, in USD. */
  readonly dearerThan?: number;
  readonly time?: TimeRange;
  /** A stretch of time, epoch ms, both inclusive. Takes the place of `time`. */
  readonly between?: { readonly since: number; readonly until: number };
}

const oneOf = <T extends string>(values: readonly T[], value: string | null): T | undefined =>
  values.find((known) => known === value);

const ranges = Object.keys(TIME_RANGES) as TimeRange[];

/** Reads the address; what is not understood is left out, so an old or hand-written link still opens. */
export const parseQuery = (search: string): TraceQuery => {
  const from = new URLSearchParams(search);
  const figure = (name: string): number | undefined => {
    const value = Number(from.get(name) ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const [since, until] = [figure('from'), figure('to')];
  const between =
    since === undefined || until === undefined || until < since
      ? undefined
      : { since: Math.round(since), until: Math.round(until) };
  const found = {
    text: from.get('q') ?? undefined,
    status: oneOf(TRACE_STATUSES, from.get('status')),
    model: from.get('model') ?? undefined,
    route: oneOf(ROUTE_KINDS, from.get('route')),
    source: oneOf(TRACE_SOURCES, from.get('source')),
    fault: oneOf(FAULT_CODES, from.get('fault')),
    origin: oneOf(FAULT_ORIGINS, from.get('origin')),
    degraded: from.get('degraded') === null ? undefined : from.get('degraded') === '1',
    rating: oneOf(RATINGS, from.get('rating')),
    prompt: from.get('prompt') ?? undefined,
    conversation: from.get('conversation') ?? undefined,
    slowerThan: figure('slower'),
    dearerThan: figure('dearer'),
    time: between === undefined ? oneOf(ranges, from.get('time')) : undefined,
    between,
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
  put('source', query.source);
  put('fault', query.fault);
  put('origin', query.origin);
  put('degraded', query.degraded === undefined ? undefined : query.degraded ? '1' : '0');
  put('rating', query.rating);
  put('prompt', query.prompt);
  put('conversation', query.conversation);
  put('slower', query.slowerThan === undefined ? undefined : String(query.slowerThan));
  put('dearer', query.dearerThan === undefined ? undefined : String(query.dearerThan));
  put('time', query.time);
  put('from', query.between === undefined ? undefined : String(query.between.since));
  put('to', query.between === undefined ? undefined : String(query.between.until));
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
  ...(query.source === undefined ? {} : { source: query.source }),
  ...(query.fault === undefined ? {} : { faultCode: query.fault }),
  ...(query.origin === undefined ? {} : { faultOrigin: query.origin }),
  ...(query.degraded === undefined ? {} : { degraded: query.degraded }),
  ...(query.rating === undefined ? {} : { rating: query.rating }),
  ...(query.prompt === undefined ? {} : { promptVersionId: query.prompt }),
  ...(query.conversation === undefined ? {} : { conversationId: query.conversation }),
  ...(query.slowerThan === undefined ? {} : { minDurationMs: query.slowerThan }),
  ...(query.dearerThan === undefined ? {} : { minCostUsd: query.dearerThan }),
  ...(query.between === undefined ? {} : query.between),
  ...(query.time === undefined ? {} : { since: Math.max(0, now - TIME_RANGES[query.time] * 3_600_000) }),
});

/** Saved views: each is a query by itself, so its link and its button lead to the same list. */
export const VIEWS = {
  all: {},
  errors: { status: 'failed' },
  slow: { slowerThan: SLOW_MS },
  degraded: { degraded: true },
  costly: { dearerThan: COSTLY_USD },
  unreviewed: { status: 'ok', source: 'app', rating: 'none' },
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
