import type { ServerResponse } from 'node:http';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { Fault } from '../../contract/faults.ts';
import type { Complete, CompleteEvent } from '../../orchestration/complete/complete.ts';
import type { AnswerHead, Asked, Dialect, End, Part, WholeCall } from './dialect.ts';
import { ApiRefusal, CLOSING, faultToError } from './errors.ts';
import type { ApiError } from './errors.ts';
import { createOutgoing, sendJson } from './outgoing.ts';

type Route = Extract<CompleteEvent, { kind: 'route' }>;
type HeaderFields = Record<string, string>;

/** What the answer tells while it is made, for the counters. */
export interface AnswerWatch {
  onRoute(route: Route): void;
  onFirst(): void;
  onEnd(end: End): void;
  onFault(fault: Fault): void;
}

/** How often a silent stream says that it lives, in ms. */
const PING_MS = 15_000;
/** A reader that takes nothing for so long has hung; its answer ends, in ms. */
const STALLED_MS = 120_000;

const noEnd = (): FaultError =>
  new FaultError({ ...refuse('The answer ended without an end.').fault, code: 'internal', origin: 'infrastructure' });

const headersOf = (traceId: string, route: Route | null, idHeader: string): HeaderFields => ({
  'x-switchyard-trace-id': traceId,
  'x-switchyard-route': route?.modelId ?? 'none',
  'x-switchyard-degraded': route?.degraded === true ? '1' : '0',
  ...(route?.cache === undefined ? {} : { 'x-switchyard-cache': route.cache }),
  [idHeader]: traceId,
});

/** A header holds no letters outside Latin-1, and a model's name may. */
const safe = (headers: HeaderFields): HeaderFields =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/gu, '?')]));

/** Why there is no whole answer; null when there is one. */
const failureOf = (event: Extract<CompleteEvent, { kind: 'fault' | 'end' }>): ApiError | null => {
  if (event.kind === 'fault') return faultToError(event.fault);
  return event.finish === 'cancelled' ? CLOSING : null;
};

interface Source {
  readonly traceId: string;
  readonly iterator: AsyncIterator<CompleteEvent>;
}

/** Everything up to the first thing said: until then the status of the answer stays open. */
async function untilFirst(
  { iterator }: Source,
  watch: AnswerWatch,
): Promise<{ route: Route | null; first: Exclude<CompleteEvent, Route> }> {
  let route: Route | null = null;
  for (;;) {
    const step = await iterator.next();
    if (step.done === true) throw noEnd();
    if (step.value.kind !== 'route') return { route, first: step.value };
    route = step.value;
    watch.onRoute(route);
  }
}

/** Tool parts of an asker who takes one call at a time: those of later calls are left out. */
const isWanted = (part: Part, oneCall: boolean): boolean => !(oneCall && part.kind === 'tool' && part.index > 0);

async function speak(
  asked: Asked,
  head: AnswerHead,
  source: Source,
  first: CompleteEvent,
  response: ServerResponse,
  watch: AnswerWatch,
): Promise<void> {
  const speaker = asked.speaker(head);
  const out = createOutgoing(response);
  let beat = setTimeout(ping, PING_MS);
  function ping(): void {
    out.write(speaker.ping);
    beat = setTimeout(ping, PING_MS);
  }
  const fail = (error: ApiError): void => {
    out.write(speaker.failure(error));
  };
  try {
    out.write(speaker.begin());
    for (let event: CompleteEvent | null = first; event !== null;) {
      if (event.kind === 'end' || event.kind === 'fault') {
        const failure = failureOf(event);
        if (event.kind === 'fault') watch.onFault(event.fault);
        else watch.onEnd(event);
        if (failure) fail(failure);
        else if (event.kind === 'end') out.write(speaker.end(event));
        return;
      }
      if (event.kind !== 'route' && isWanted(event, asked.oneCall)) {
        const text = speaker.part(event);
        if (text !== '') {
          out.write(text);
          beat.refresh();
        }
      }
      const full = out.full();
      if (full) await withinPatience(full, response);
      const step = await source.iterator.next();
      event = step.done === true ? null : step.value;
    }
    throw noEnd();
  } catch (error) {
    fail(faultToError(error instanceof FaultError ? error.fault : noEnd().fault));
    throw error;
  } finally {
    clearTimeout(beat);
    out.end();
  }
}

async function withinPatience(full: Promise<void>, response: ServerResponse): Promise<void> {
  const timer = setTimeout(() => response.destroy(), STALLED_MS);
  try {
    await full;
  } finally {
    clearTimeout(timer);
  }
}

async function gather(asked: Asked, source: Source, first: CompleteEvent, watch: AnswerWatch) {
  let text = '';
  let reasoning = '';
  const calls = new Map<number, WholeCall>();
  for (let event: CompleteEvent = first; ;) {
    switch (event.kind) {
      case 'delta':
        text += event.text;
        break;
      case 'reasoning':
        reasoning += event.text;
        break;
      case 'tool': {
        if (!isWanted(event, asked.oneCall)) break;
        const known = calls.get(event.index);
        calls.set(event.index, {
          id: known?.id ?? event.id ?? `call_${event.index}`,
          name: known?.name ?? event.name ?? '',
          argumentsText: (known?.argumentsText ?? '') + event.argumentsText,
        });
        break;
      }
      case 'fault':
        watch.onFault(event.fault);
        throw new ApiRefusal(faultToError(event.fault));
      case 'end': {
        watch.onEnd(event);
        const failure = failureOf(event);
        if (failure) throw new ApiRefusal(failure);
        const inOrder = [...calls].sort(([a], [b]) => a - b).map(([, call]) => call);
        return { text, reasoning, calls: inOrder, end: event };
      }
      case 'route':
        break;
    }
    const step = await source.iterator.next();
    if (step.done === true) throw noEnd();
    event = step.value;
  }
}

/** Answers one request. What it throws before a byte was sent becomes an error with its own status. */
export async function answer(
  complete: Complete,
  dialect: Dialect,
  asked: Asked,
  created: number,
  response: ServerResponse,
  signal: AbortSignal,
  watch: AnswerWatch,
): Promise<void> {
  const { traceId, events } = complete.start({ ...asked.request, streaming: asked.stream }, signal);
  const source: Source = { traceId, iterator: events[Symbol.asyncIterator]() };
  const { route, first } = await untilFirst(source, watch);
  const headers = safe(headersOf(traceId, route, dialect.idHeader));
  const head: AnswerHead = { traceId, created, model: route?.modelId ?? asked.model };
  const isLast = first.kind === 'fault' || first.kind === 'end';
  if (!isLast) watch.onFirst();
  if (asked.stream && !(isLast && failureOf(first))) {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    });
    await speak(asked, head, source, first, response, watch);
    return;
  }
  try {
    const whole = await gather(asked, source, first, watch);
    sendJson(response, 200, headers, asked.body(head, whole));
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    throw new ApiRefusal({ ...error.error, headers: { ...headers, ...error.error.headers } });
  }
}
