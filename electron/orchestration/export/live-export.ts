import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Config } from '../../contract/config.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { say } from '../../contract/sentences/index.ts';
import type { TraceExports } from '../../storage/store.ts';
import { isLocked } from '../traces/locked.ts';
import { encodeOtlp } from '../../telemetry/otel/protobuf.ts';
import { otlpRequest, type OtlpRequest } from '../../telemetry/otel/otlp.ts';

/** Traces a request. */
const AT_ONCE = 64;
/** A collector gets so long to answer, in ms. */
const PATIENCE_MS = 10_000;
/** Between two tries when it fails: from the first, doubled, to the last, in ms. */
const FIRST_WAIT_MS = 1000;
const LAST_WAIT_MS = 300_000;
/** Between two requests when all is well, and between two traces made ready, in ms: turns come first. */
const PAUSE_MS = 50;
const BREATH_MS = 1;
/** Answers after which the same request may be sent again (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const AGAIN = new Set([429, 502, 503, 504]);
/** What is wrong with the request itself: sent again it would be refused again. */
const NEVER = new Set([400, 413, 422]);

export interface LiveExportState {
  readonly waiting: number;
  /** Given up on, because too many waited or the collector called them wrong. */
  readonly lost: number;
  /** One sentence; null = the last request went well, or none was made. */
  readonly problem: string | null;
  /** Epoch ms. */
  readonly lastSentAt: number | null;
}

export interface LiveExport {
  /** Something may wait now, or the settings changed. */
  poke(): void;
  state(): LiveExportState;
  dispose(): void;
}

/** Sends traces that ended to a collector, behind everything else; what cannot be sent waits in the database. */
export function createLiveExport(deps: {
  readonly exports: TraceExports;
  readonly isPrivate: (conversationId: string) => boolean;
  readonly config: () => Config['export'];
  /** Headers with their secrets, read at the moment of use. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** The door out. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly version: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** 0 to below 1. */
  readonly random: () => number;
}): LiveExport {
  const { exports, config, clock, timers, log } = deps;
  let cancel: (() => void) | null = null;
  let busy = false;
  let ended = false;
  let failures = 0;
  let batch = AT_ONCE;
  let problem: string | null = null;
  let lastSentAt: number | null = null;
  const stop = new AbortController();

  const later = (delayMs: number): void => {
    if (ended || busy) return;
    cancel?.();
    cancel = timers.after(delayMs, () => {
      cancel = null;
      void run();
    });
  };
  const breath = (): Promise<void> => new Promise((resolve) => timers.after(BREATH_MS, resolve));

  /** One trace after another, with a breath between them. */
  const encode = async (traces: readonly Trace[]): Promise<Uint8Array | string> => {
    const { protocol } = config();
    const parts: OtlpRequest[] = [];
    const bytes: Uint8Array[] = [];
    for (const trace of traces) {
      const request = otlpRequest([config().includeText ? trace : { ...trace, preview: '' }], deps.version);
      if (protocol === 'json') parts.push(request);
      else bytes.push(encodeOtlp(request));
      await breath();
    }
    // Repeated fields: a message after another is the message of both.
    if (protocol === 'protobuf') return Buffer.concat(bytes);
    return JSON.stringify({ resourceSpans: parts.flatMap(({ resourceSpans }) => resourceSpans) });
  };

  const send = async (endpoint: string): Promise<{ more: boolean; waitMs: number }> => {
    const waiting = exports.next(batch);
    if (waiting.length === 0) return { more: false, waitMs: 0 };
    const gone: number[] = [];
    const traces: Trace[] = [];
    const keys: number[] = [];
    for (const { key, traceId } of waiting) {
      const trace = traceId === null ? null : exports.get(traceId);
      // Marked private since, or removed: neither leaves.
      if (!trace || (!config().includePrivate && isLocked(trace, deps.isPrivate))) gone.push(key);
      else {
        keys.push(key);
        traces.push(trace);
      }
    }
    if (gone.length > 0) exports.done(gone, false);
    if (traces.length === 0) return { more: true, waitMs: 0 };
    const body = await encode(traces);
    const response = await deps.fetch(endpoint, {
      method: 'POST',
      headers: {
        ...deps.headers(),
        'content-type': config().protocol === 'json' ? 'application/json' : 'application/x-protobuf',
      },
      body: typeof body === 'string' ? body : Buffer.from(body),
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    await response.arrayBuffer();
    if (response.ok) {
      exports.done(keys, false);
      failures = 0;
      batch = AT_ONCE;
      problem = null;
      lastSentAt = clock.now();
      return { more: true, waitMs: 0 };
    }
    if (NEVER.has(response.status)) {
      if (keys.length > 1) batch = Math.max(1, Math.floor(keys.length / 2));
      else {
        exports.done(keys, true);
        log.write('warn', 'export.refused', { status: response.status });
      }
      problem = say('app.collector.refuses', { status: response.status });
      return { more: true, waitMs: 0 };
    }
    problem = AGAIN.has(response.status)
      ? say('app.collector.busy', { status: response.status })
      : say('app.collector.wrong', { status: response.status });
    const asked = Number(response.headers.get('retry-after'));
    return { more: true, waitMs: Math.max(backoff(), Number.isFinite(asked) ? asked * 1000 : 0) };
  };

  const backoff = (): number =>
    Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures++, 20)) * (0.75 + deps.random() / 2);

  const run = async (): Promise<void> => {
    const { endpoint } = config();
    if (endpoint === null || ended) return;
    busy = true;
    let next: { more: boolean; waitMs: number };
    try {
      next = await send(endpoint);
    } catch (error) {
      problem = say('app.collector.unreachable');
      log.write('info', 'export.unreachable', { reason: error instanceof Error ? error.message : String(error) });
      next = { more: true, waitMs: backoff() };
    }
    busy = false;
    if (next.more) later(Math.max(PAUSE_MS, next.waitMs));
  };

  return {
    poke() {
      // A failed try waits its time; new traces do not make it shorter.
      if (cancel === null) later(PAUSE_MS);
    },
    state: () => ({ ...exports.state(), problem, lastSentAt }),
    dispose() {
      ended = true;
      cancel?.();
      stop.abort();
    },
  };
}
