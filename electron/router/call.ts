import type { Clock } from '../base/clock.ts';
import type { Timers } from '../base/timers.ts';
import { guessTokens } from '../base/tokens.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { Fault } from '../contract/faults.ts';
import type { Price } from '../contract/providers.ts';
import type { ModelEvent, ModelProvider, ModelRequest, ModelToolCall, ModelUsage } from '../model/model.ts';
import { estimateRequest } from '../model/request-tokens.ts';
import type { ActiveSpan } from '../telemetry/recorder.ts';
import { attempt, NO_USAGE } from './attempt.ts';
import type { AttemptRecord, AttemptRole } from './attempt-record.ts';
import type { AttemptEnd, Deadlines } from './attempt.ts';
import { createAttemptSpan } from './attempt-spans.ts';
import type { AttemptSpan } from './attempt-spans.ts';
import type { FormatChecker } from './checks/format.ts';
import { createJsonAlone } from './checks/json-alone.ts';
import { createLoopWatch } from './checks/repetition.ts';
import { createScriptCheck } from './checks/script.ts';
import { makeFault } from './fault-table.ts';
import { tellEnd } from './gate.ts';
import type { Ticket } from './gate.ts';
import type { Offline } from './offline.ts';
import type { Pace } from './pace.ts';
import type { RetryBudget } from './retry-budget.ts';
import { createSaid, finishedFault } from './said.ts';

export interface CallDeps {
  readonly provider: ModelProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly pace: Pace;
  readonly offline: Offline;
  readonly retryBudget: RetryBudget;
  readonly format: FormatChecker;
  /** Cost of what was used, in USD; a price of null costs nothing. */
  readonly costUsd: (usage: ModelUsage, price: Price | null) => number;
}

export interface CallInput {
  readonly model: ModelEntry;
  readonly request: ModelRequest;
  readonly ticket: Ticket;
  readonly deadlines: Deadlines;
  readonly number: number;
  readonly role: AttemptRole;
  /** `live` = heard as it comes; `held` = text waits for `release`; `mute` = everything does. */
  readonly voice: 'live' | 'held' | 'mute';
  /** Reasoning that was passed on cannot be taken back either. */
  readonly reasoningIsVisible: boolean;
  /** A refusal may go to another provider, so it is a fault even with some text held. */
  readonly refusalFallback: boolean;
  readonly parent: ActiveSpan;
  readonly signal: AbortSignal;
  /** A fault given back stops the model: an output check of the asker failed. */
  readonly onEvent: (event: ModelEvent) => Fault | null;
}

/** How a call ended, checks included. */
export interface CallEnd {
  readonly end: AttemptEnd;
  /** It said something a person could see, passed on or not. */
  readonly spoke: boolean;
  /** Some of it was passed on: nothing may replace it any more. */
  readonly shown: boolean;
  readonly text: string;
  readonly calls: readonly ModelToolCall[];
  readonly record: AttemptRecord;
  readonly span: AttemptSpan;
}

export interface LiveCall {
  readonly model: ModelEntry;
  readonly done: Promise<CallEnd>;
  /** Resolves with the first visible text; never when there is none. */
  readonly firstWords: Promise<void>;
  /** Passes on what was held, and all that still comes. */
  release(): void;
  shown(): boolean;
  /** Another one answers: nothing more of it is heard, and it is stopped. */
  silence(): void;
}

/** Calls one model once. Money, pass and place are given back exactly once, whatever happens. Never throws. */
export function startCall(deps: CallDeps, input: CallInput): LiveCall {
  const { clock, offline } = deps;
  const { model, request, ticket, number, role, signal } = input;
  const cloud = model.kind === 'cloud';
  const span = createAttemptSpan(clock, input.parent, model, {
    number,
    role,
    ...(ticket.pass.probe ? { probe: true } : {}),
    ...(ticket.waitedMs >= 1 ? { waitedMs: Math.round(ticket.waitedMs) } : {}),
  });
  const startedMs = clock.monotonicMs();
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });

  const loops = createLoopWatch();
  const script = createScriptCheck(request.messages);
  const said = createSaid();
  const json = request.format ? createJsonAlone(request.format) : null;
  let voice = input.voice;
  let held: ModelEvent[] = [];
  let shown = false;
  let silent = false;
  let answered = false;
  let over = false;
  let firstTokenMs: number | null = null;
  let checked: Fault | null = null;
  let onFirstWords: () => void = () => undefined;
  const firstWords = new Promise<void>((resolve) => {
    onFirstWords = resolve;
  });

  const show = (event: ModelEvent) => {
    if (checked || silent) return;
    if (said.shows(event, input.reasoningIsVisible)) shown = true;
    checked = input.onEvent(event);
    if (checked) stop();
  };
  const pass = (event: ModelEvent) => {
    if (json === null || event.kind !== 'delta') return show(event);
    const text = json.take(event.text);
    if (text !== '') show({ ...event, text });
  };
  const isText = ({ kind }: ModelEvent) => kind === 'delta' || kind === 'tool' || kind === 'reasoning';
  const hear = (event: ModelEvent) => {
    if (checked) return;
    span.onEvent(event);
    if (!answered && (event.kind === 'connected' || isText(event))) {
      answered = true;
      if (cloud) offline.reached(model.provider);
    }
    const spokeBefore = said.spoke();
    said.hear(event);
    if (!spokeBefore && said.spoke()) {
      firstTokenMs = clock.monotonicMs() - startedMs;
      // Who waits for it takes its turn before what comes next is heard.
      onFirstWords();
    }
    if (voice === 'live' || (voice === 'held' && !isText(event))) pass(event);
    else held.push(event);
    if (event.kind !== 'delta' || checked) return;
    const problem = script.watch(event.text);
    if (!loops(event.text) && problem === null) return;
    checked = makeFault('degenerate_output', problem ?? undefined, model.id);
    stop();
  };
  const release = () => {
    if (voice === 'live') return;
    voice = 'live';
    const waiting = held;
    held = [];
    for (const event of waiting)
      if (over) show(event);
      else pass(event);
  };
  /** What the end found worth showing and nobody has seen. */
  const showLate = (text: string, tokens: number) => {
    const event: ModelEvent = { kind: 'delta', text, tokens };
    if (voice === 'live') show(event);
    else held = [...held.filter(({ kind }) => kind !== 'delta'), event];
  };

  const finish = (raw: AttemptEnd): CallEnd => {
    signal.removeEventListener('abort', stop);
    try {
      return judged(raw);
    } finally {
      // Whatever went wrong in between, a place and the leave to probe are never kept. What was given back stays as it is.
      ticket.place();
      ticket.pass.drop();
    }
  };
  const judged = (raw: AttemptEnd): CallEnd => {
    // What was cut off unheard is still paid for.
    const usage =
      raw.usage === NO_USAGE && answered
        ? { ...NO_USAGE, tokensIn: estimateRequest(request), tokensOut: guessTokens(said.text()) }
        : raw.usage;
    over = true;
    // Of an answer asked to be JSON: what was shown of its text. Reasoning may have been shown without any.
    const seen = json?.judged() || null;
    const verdict =
      checked ??
      raw.fault ??
      finishedFault({
        finish: raw.finish,
        refusal: raw.attributes['refusal'],
        said,
        shown,
        text: seen ?? said.text(),
        mayRepair: seen === null,
        request,
        model,
        format: deps.format,
        script,
        refusalFallback: input.refusalFallback,
      });
    const repaired = said.repaired();
    if (repaired !== null || (seen !== null && seen.trim() !== said.text().trim())) span.note({ repaired: true });
    if (verdict === null && raw.finish !== 'cancelled') {
      if (repaired !== null) showLate(repaired, raw.usage.tokensOut);
      // Words alone that are no fault: an answer at its limit, a refusal that nobody else may answer.
      else if (voice === 'live' && json !== null && seen === null && said.text() !== '')
        showLate(said.text(), raw.usage.tokensOut);
    }
    const wrong = verdict ?? checked;
    const fault = wrong && cloud ? offline.failed(model.provider, wrong) : wrong;
    if (cloud && !answered && !wrong) offline.learntNothing(model.provider);
    const end: AttemptEnd = fault ? { ...raw, usage, finish: 'fault', fault } : { ...raw, usage };
    const costUsd = cloud ? deps.costUsd(usage, model.price) : 0;

    if (costUsd > 0) ticket.hold?.settle(costUsd);
    else ticket.hold?.release();
    ticket.place();
    if (!fault && end.finish === 'cancelled') ticket.pass.drop();
    else tellEnd(deps, ticket, model, fault ?? null);
    const ms = clock.monotonicMs() - startedMs;
    const waitedMs = ticket.waitedMs;
    span.end(end, { costUsd, ...(firstTokenMs === null ? {} : { firstTokenMs }) });
    const record: AttemptRecord = {
      modelId: model.id,
      modelName: model.name,
      providerId: model.provider,
      role,
      fault,
      usage,
      costUsd,
      firstTokenMs,
      ms,
      waitedMs,
      action: 'dropped',
    };
    const text = repaired ?? seen ?? said.text();
    return { end, spoke: said.spoke(), shown, text, calls: said.calls(), record, span };
  };

  return {
    model,
    done: attempt(deps, request, input.deadlines, controller.signal, hear).then(finish),
    firstWords,
    release,
    shown: () => shown,
    silence() {
      silent = true;
      held = [];
      stop();
    },
  };
}
