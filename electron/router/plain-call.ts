import type { ModelEntry } from '../contract/entities/model.ts';
import { FaultError } from '../contract/faults.ts';
import type { Fault, FaultCode } from '../contract/faults.ts';
import type { Limits } from '../contract/policy.ts';
import type { ExecuteDeps } from './execute.ts';
import { makeFault } from './fault-table.ts';
import { enterGate, pause, tellEnd } from './gate.ts';
import type { Ticket } from './gate.ts';
import { MOST_TRIMS, moveAfter } from './ladder.ts';

/** How long who asks stands in line for a place at the provider, in ms: as long as official clients wait for an answer. */
const LINE_MS = 10 * 60_000;

/** A call that is no answer of a turn: it gives one thing or fails, and nobody sees any of it before. */
export interface PlainAsk<T> {
  readonly model: ModelEntry;
  /** Of these: how often and how long it is tried again, and what retries may draw on. */
  readonly limits: Limits;
  /** How long a provider has for it, in ms: calls and the waits between them, not the line before them. A model of this machine has as long as it takes. */
  readonly totalMs: number;
  readonly isPrivate: () => boolean;
  /** One call. Rejects with a FaultError. Money is held by whoever asks. */
  readonly call: (signal: AbortSignal) => Promise<T>;
}

type Ended<T> = { readonly value: T } | { readonly fault: Fault };

/** One call with a ticket, which is given back whatever happens. */
async function once<T>(
  deps: ExecuteDeps,
  { model, call }: PlainAsk<T>,
  { pass, place }: Ticket,
  leftMs: number,
  signal: AbortSignal,
): Promise<Ended<T>> {
  const { offline, timers } = deps;
  const cloud = model.kind === 'cloud';
  const late = new AbortController();
  const stop = cloud
    ? timers.after(leftMs, () => {
        late.abort();
      })
    : null;
  try {
    const value = await call(AbortSignal.any([signal, late.signal]));
    if (cloud) offline.reached(model.provider);
    tellEnd(deps, { pass }, model, null);
    return { value };
  } catch (error) {
    if (signal.aborted) return { fault: makeFault('cancelled') };
    const own = error instanceof FaultError ? error.fault : makeFault('internal');
    const said = late.signal.aborted ? makeFault('timeout', undefined, model.provider) : own;
    const fault = cloud ? offline.failed(model.provider, said) : said;
    tellEnd(deps, { pass }, model, fault);
    return { fault };
  } finally {
    stop?.();
    place();
    pass.drop();
    if (cloud) offline.learntNothing(model.provider);
  }
}

/**
 * Asks one model through the same gate as answers, and again as they are: breakers, places, what the provider named, the budget of retries. Throws
 * a FaultError.
 */
export async function callPlainly<T>(deps: ExecuteDeps, ask: PlainAsk<T>, signal: AbortSignal): Promise<T> {
  const { model, limits, isPrivate } = ask;
  const local = model.kind === 'local';
  const seen = new Map<FaultCode, number>();
  let spentMs = 0;
  let last: Fault | null = null;
  for (let retries = 0; ; retries++) {
    const gate = await enterGate(
      deps,
      {
        step: { model, after: null, mostUsd: 0 },
        limits,
        isPrivate,
        traceId: '',
        token: null,
        mostUsd: null,
        waitMs: limits.maxWaitMs,
        lineMs: LINE_MS,
      },
      signal,
    );
    // Why it is not asked again says less than why it was to be.
    if ('fault' in gate) throw new FaultError(signal.aborted ? gate.fault : (last ?? gate.fault));
    if (!local && last === null) deps.retryBudget.request(model.provider);
    const beganMs = deps.clock.monotonicMs();
    const end = await once(deps, ask, gate.ticket, ask.totalMs - spentMs, signal);
    if ('value' in end) return end.value;
    const { fault } = end;
    spentMs += deps.clock.monotonicMs() - beganMs;
    const move = moveAfter({
      fault,
      limits: { ...limits, totalMs: Math.min(limits.totalMs, ask.totalMs) },
      retries,
      sameRetries: seen.get(fault.code) ?? 0,
      // Nothing of it can be left out.
      trims: MOST_TRIMS,
      attemptsLeft: limits.attempts - retries - 1,
      elapsedMs: spentMs,
      hasNext: false,
      local,
      random: deps.random,
    });
    if (move.kind !== 'retry') throw new FaultError(fault);
    if (!local && !deps.retryBudget.take(model.provider, limits.retryBudget)) throw new FaultError(fault);
    if (!(await pause(deps.timers, move.delayMs, signal))) throw new FaultError(makeFault('cancelled'));
    spentMs += move.delayMs;
    seen.set(fault.code, (seen.get(fault.code) ?? 0) + 1);
    last = fault;
  }
}
