import { say } from '../contract/sentences/index.ts';
import type { SentenceCode } from '../contract/sentences/index.ts';
import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { Limits } from '../contract/policy.ts';
import type { ModelEvent, ModelFinish, ModelProvider, ModelRequest, ModelTimings, ModelUsage } from '../model/model.ts';
import { makeFault } from './fault-table.ts';
import { NEVER_STOOD } from './offline.ts';

/** How long each part of an attempt may take, in ms. */
export interface Deadlines {
  /** Cloud: until the connection stands. Local: until the model is loaded. */
  readonly connectMs: number;
  /** From there to the first delta. */
  readonly firstTokenMs: number;
  /** Longest silence between two deltas. */
  readonly idleMs: number;
  readonly totalMs: number;
  /** The time of the whole turn, which people are told when what was left of it is over. Absent = `totalMs`. */
  readonly turnMs?: number;
  /** How long a model may take to obey a stop before the turn goes on without it. */
  readonly graceMs: number;
}

/** Local models are slow, not lost: a long prompt on a slow processor takes minutes. */
export const LOCAL_DEADLINES: Deadlines = {
  connectMs: 10 * 60_000,
  firstTokenMs: 15 * 60_000,
  idleMs: 2 * 60_000,
  totalMs: 2 * 60 * 60_000,
  graceMs: 3000,
};
/** A socket that is closed has nothing left to say: what it used is counted, and no more is waited for. */
const CLOUD_GRACE_MS = 250;

/** The deadlines of one attempt; `elapsedMs` of the turn's time are gone already. */
export function deadlinesFor(model: Pick<ModelEntry, 'kind'>, limits: Limits, elapsedMs: number): Deadlines {
  if (model.kind === 'local') return LOCAL_DEADLINES;
  const { connectMs, firstTokenMs, idleMs, totalMs } = limits;
  const leftMs = Math.max(1, totalMs - elapsedMs);
  return { connectMs, firstTokenMs, idleMs, totalMs: leftMs, turnMs: totalMs, graceMs: CLOUD_GRACE_MS };
}

/** A deadline as people read it. */
export const showTime = (ms: number): string => (ms < 1000 ? `${String(ms)} ms` : `${String(Math.round(ms / 1000))} s`);

/** Which deadline ended an attempt. */
export type DeadlineStage = 'connect' | 'first-token' | 'idle' | 'total';

/** How one attempt ended. */
export interface AttemptEnd {
  readonly finish: ModelFinish | 'fault';
  readonly fault: Fault | null;
  readonly usage: ModelUsage;
  readonly timings: ModelTimings | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Absent = no deadline did. */
  readonly overdue?: DeadlineStage;
  /** It did not obey the stop in time, so what it used is not known. */
  readonly abandoned?: true;
}

export const NO_USAGE: ModelUsage = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

const STOPPED: AttemptEnd = { finish: 'cancelled', fault: null, usage: NO_USAGE, timings: null, attributes: {} };

interface Words {
  readonly stage: DeadlineStage;
  readonly code: SentenceCode;
}
const LOADING: Words = { stage: 'connect', code: 'said.late.loading' };
const CONNECTING: Words = { stage: 'connect', code: 'said.late.connecting' };
const FIRST: Words = { stage: 'first-token', code: 'said.late.first' };
const NEXT: Words = { stage: 'idle', code: 'said.late.next' };
const QUEUE: Words = { stage: 'total', code: 'said.late.queue' };
const TOTAL: Words = { stage: 'total', code: 'said.late.total' };

/** Asks one model once, under deadlines. Every event but the last goes to `onEvent`; never throws. */
export async function attempt(
  deps: { readonly provider: ModelProvider; readonly timers: Timers },
  request: ModelRequest,
  deadlines: Deadlines,
  signal: AbortSignal,
  onEvent: (event: ModelEvent) => void,
): Promise<AttemptEnd> {
  if (signal.aborted) return STOPPED;
  const inner = new AbortController();
  const stop = () => {
    inner.abort();
  };
  signal.addEventListener('abort', stop, { once: true });

  let endGrace: () => void = () => undefined;
  let late: { readonly stage: DeadlineStage; readonly fault: Fault } | null = null;
  const overdue = (words: Words, limitMs: number, saidMs = limitMs) =>
    deps.timers.after(limitMs, () => {
      const { stage, code } = words;
      const fault = makeFault('timeout', say(code, { time: showTime(saidMs) }), request.modelId);
      late ??= { stage, fault: words === CONNECTING ? { ...fault, networkCode: NEVER_STOOD } : fault };
      inner.abort();
    });
  const endTotal = overdue(TOTAL, deadlines.totalMs, deadlines.turnMs);
  const local = deadlines === LOCAL_DEADLINES;
  let part = local ? LOADING : CONNECTING;
  let endPart = overdue(part, deadlines.connectMs);
  const enter = (words: Words, limitMs: number) => {
    endPart();
    part = words;
    endPart = overdue(words, limitMs);
  };
  const tooLate = () => late as { readonly stage: DeadlineStage; readonly fault: Fault } | null;
  const failed = (fault: Fault, usage: ModelUsage, attributes: AttemptEnd['attributes'] = {}): AttemptEnd => {
    const overdueStage = tooLate()?.stage;
    return {
      finish: 'fault',
      fault: tooLate()?.fault ?? fault,
      usage,
      timings: null,
      attributes,
      ...(overdueStage === undefined ? {} : { overdue: overdueStage }),
    };
  };

  let events: AsyncIterator<ModelEvent> | null = null;
  try {
    events = deps.provider.generate(request, inner.signal)[Symbol.asyncIterator]();
    let abandon: () => void = () => undefined;
    let abandoned = false;
    inner.signal.addEventListener('abort', () => {
      endGrace = deps.timers.after(deadlines.graceMs, () => {
        abandoned = true;
        abandon();
      });
    });
    for (;;) {
      const next = events.next();
      // Written out: `Promise.race` leaves something behind with the promise that never settles, for every event.
      const result = await new Promise<IteratorResult<ModelEvent> | null>((resolve, reject) => {
        abandon = () => {
          resolve(null);
        };
        next.then(resolve, reject);
        // What it has said already goes first.
        if (abandoned) queueMicrotask(abandon);
      });
      if (result === null) {
        const gone = tooLate();
        if (gone) return { ...failed(gone.fault, NO_USAGE), abandoned: true };
        return { ...STOPPED, abandoned: true };
      }
      if (result.done === true) break;
      const event = result.value;
      switch (event.kind) {
        case 'end': {
          const { finish, usage, timings, attributes } = event;
          const gone = finish === 'cancelled' ? tooLate() : null;
          if (gone) return { ...failed(gone.fault, usage, attributes), timings };
          return { finish, fault: null, usage, timings, attributes };
        }
        case 'fault':
          return failed(event.fault, event.usage, event.attributes);
        case 'reached':
        case 'connected':
          if (part !== FIRST) enter(FIRST, deadlines.firstTokenMs);
          break;
        case 'loaded':
        case 'prefill':
          enter(FIRST, deadlines.firstTokenMs);
          break;
        case 'delta':
        case 'reasoning':
        case 'tool':
          enter(NEXT, deadlines.idleMs);
          break;
        case 'queued':
          enter(QUEUE, deadlines.totalMs);
          break;
        case 'loading':
          enter(LOADING, deadlines.connectMs);
          break;
      }
      onEvent(event);
    }
    const cut = makeFault('truncated', say('said.check.silent'), request.modelId);
    return failed({ ...cut, origin: 'infrastructure' }, NO_USAGE);
  } catch (error) {
    // A provider never throws for what a model can do, so this is a mistake of ours and keeps its message for the log.
    const detail = error instanceof Error ? error.message : String(error);
    return failed(
      { ...makeFault('internal', undefined, request.modelId), detail: `The engine client failed: ${detail}` },
      NO_USAGE,
    );
  } finally {
    // Its own tidying runs now, or when it wakes up: whatever it says then is nobody's.
    void events?.return?.().then(undefined, () => undefined);
    endGrace();
    endPart();
    endTotal();
    signal.removeEventListener('abort', stop);
  }
}
