import type { Timers } from '../base/timers.ts';
import type { Fault } from '../contract/faults.ts';
import type { ModelEvent, ModelFinish, ModelProvider, ModelRequest, ModelTimings, ModelUsage } from '../model/model.ts';
import { makeFault } from './fault-table.ts';

/** How long each part of an attempt may take, in ms. Local models are slow, not lost: the limits are generous. */
export interface Deadlines {
  readonly loadMs: number;
  /** From a loaded model to the first delta: a long prompt on a slow processor takes minutes. */
  readonly firstTokenMs: number;
  /** Longest silence between two deltas. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export const LOCAL_DEADLINES: Deadlines = {
  loadMs: 10 * 60_000,
  firstTokenMs: 15 * 60_000,
  idleMs: 2 * 60_000,
  totalMs: 2 * 60 * 60_000,
};

/** How one attempt ended. */
export interface AttemptEnd {
  readonly finish: ModelFinish | 'fault';
  readonly fault: Fault | null;
  readonly usage: ModelUsage;
  readonly timings: ModelTimings | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** How long a model may take to obey a stop before the turn goes on without it, in ms. */
const STOP_GRACE_MS = 3000;

const NO_USAGE: ModelUsage = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** Asks one model once, under deadlines. Every event but the last goes to `onEvent`; never throws. */
export async function attempt(
  deps: { readonly provider: ModelProvider; readonly timers: Timers },
  request: ModelRequest,
  deadlines: Deadlines,
  signal: AbortSignal,
  onEvent: (event: ModelEvent) => void,
): Promise<AttemptEnd> {
  const inner = new AbortController();
  const stop = () => {
    inner.abort();
  };
  if (signal.aborted) inner.abort();
  signal.addEventListener('abort', stop, { once: true });

  let endGrace: () => void = () => undefined;
  let late: string | null = null;
  const overdue = (what: string, limitMs: number) =>
    deps.timers.after(limitMs, () => {
      late ??= `${what} took longer than ${String(Math.round(limitMs / 1000))} s; try again or choose a smaller model.`;
      inner.abort();
    });
  const endTotal = overdue('The reply', deadlines.totalMs);
  let endPart = overdue('Loading the model', deadlines.loadMs);
  const next = (what: string, limitMs: number) => {
    endPart();
    endPart = overdue(what, limitMs);
  };
  const timedOut = () => (late === null ? null : makeFault('timeout', late, request.modelId));

  try {
    const events = deps.provider.generate(request, inner.signal)[Symbol.asyncIterator]();
    const abandoned = new Promise<'abandoned'>((resolve) => {
      inner.signal.addEventListener('abort', () => {
        endGrace = deps.timers.after(STOP_GRACE_MS, () => {
          resolve('abandoned');
        });
      });
    });
    for (;;) {
      const result = await Promise.race([events.next(), abandoned]);
      if (result === 'abandoned') {
        const fault = timedOut();
        return { finish: fault ? 'fault' : 'cancelled', fault, usage: NO_USAGE, timings: null, attributes: {} };
      }
      if (result.done === true) break;
      const event = result.value;
      switch (event.kind) {
        case 'end': {
          const fault = event.finish === 'cancelled' ? timedOut() : null;
          const { usage, timings, attributes } = event;
          return { finish: fault ? 'fault' : event.finish, fault, usage, timings, attributes };
        }
        case 'fault':
          return {
            finish: 'fault',
            fault: timedOut() ?? event.fault,
            usage: event.usage,
            timings: null,
            attributes: {},
          };
        case 'connected':
        case 'loaded':
        case 'prefill':
          next('The first word', deadlines.firstTokenMs);
          break;
        case 'delta':
        case 'reasoning':
        case 'tool':
          next('The next word', deadlines.idleMs);
          break;
        case 'queued':
          next('The reply before this one', deadlines.totalMs);
          break;
        case 'loading':
          next('Loading the model', deadlines.loadMs);
          break;
      }
      onEvent(event);
    }
    const cut =
      timedOut() ?? makeFault('truncated', 'The model stopped without saying so; try again.', request.modelId);
    return { finish: 'fault', fault: cut, usage: NO_USAGE, timings: null, attributes: {} };
  } catch (error) {
    // A provider never throws for what a model can do, so this is a mistake of ours and keeps its message for the log.
    const detail = error instanceof Error ? error.message : String(error);
    const fault = {
      ...makeFault('internal', undefined, request.modelId),
      detail: `The engine client failed: ${detail}`,
    };
    return { finish: 'fault', fault, usage: NO_USAGE, timings: null, attributes: {} };
  } finally {
    endGrace();
    endPart();
    endTotal();
    signal.removeEventListener('abort', stop);
  }
}
