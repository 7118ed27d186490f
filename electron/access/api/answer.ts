import type { Complete, CompleteEvent } from '../../orchestration/complete/complete.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import { ApiRefusal, CLOSING, faultToError } from './errors.ts';
import type { ChatCompletion } from './openai-request.ts';
import { completionBody, completionChunks } from './openai-response.ts';
import type { AnswerHead } from './openai-response.ts';
import { sseBody } from './sse.ts';

type Last = Extract<CompleteEvent, { kind: 'fault' | 'end' }>;
type Route = Extract<CompleteEvent, { kind: 'route' }>;
type HeaderFields = Record<string, string>;

/** Everything up to the first visible text: until then the status of the answer stays open. */
async function untilFirstWord(
  iterator: AsyncIterator<CompleteEvent>,
): Promise<{ route: Route | null; first: CompleteEvent }> {
  let route: Route | null = null;
  for (;;) {
    const step = await iterator.next();
    if (step.done === true)
      throw new FaultError({ ...refuse('The answer ended without an end.').fault, code: 'internal' });
    if (step.value.kind === 'route') route = step.value;
    else return { route, first: step.value };
  }
}

async function* resume(first: CompleteEvent, iterator: AsyncIterator<CompleteEvent>): AsyncGenerator<CompleteEvent> {
  yield first;
  for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield step.value;
}

const headersOf = (traceId: string, route: Route | null): HeaderFields => ({
  'x-switchyard-trace-id': traceId,
  'x-switchyard-route': route?.modelId ?? 'none',
  'x-switchyard-degraded': route?.degraded === true ? '1' : '0',
  'cache-control': 'no-store',
});

/** Why there is no whole answer; null when there is one. */
const failureOf = (event: Last, headers: HeaderFields): ApiRefusal | null => {
  if (event.kind === 'end' && event.finish !== 'cancelled') return null;
  const error = event.kind === 'fault' ? faultToError(event.fault) : CLOSING;
  return new ApiRefusal({ ...error, headers: { ...headers, ...error.headers } });
};

/** Answers one chat completion. Aborting `abort` ends the model. */
export async function answerChat(
  complete: Complete,
  completion: ChatCompletion,
  created: number,
  abort: AbortController,
): Promise<Response> {
  const { traceId, events } = complete.start(completion.request, abort.signal);
  const iterator = events[Symbol.asyncIterator]();
  const { route, first } = await untilFirstWord(iterator);
  const headers = headersOf(traceId, route);
  const failure = first.kind === 'fault' || first.kind === 'end' ? failureOf(first, headers) : null;
  if (failure !== null) throw failure;

  const head: AnswerHead = { id: `chatcmpl-${traceId}`, created, model: route?.modelId ?? completion.model };
  const rest = resume(first, iterator);
  if (completion.stream) {
    const body = sseBody(completionChunks(head, rest, completion.includeUsage), () => {
      abort.abort();
    });
    return new Response(body, { headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8' } });
  }

  let text = '';
  for await (const event of rest) {
    if (event.kind === 'delta') text += event.text;
    const failed = event.kind === 'fault' || event.kind === 'end' ? failureOf(event, headers) : null;
    if (failed !== null) throw failed;
    if (event.kind === 'end') return Response.json(completionBody(head, text, event), { headers });
  }
  throw new FaultError({ ...refuse('The answer ended without an end.').fault, code: 'internal' });
}
