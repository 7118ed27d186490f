import { say } from '../../../contract/sentences/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { createEventQueue } from '../../../base/event-queue.ts';
import { writingSpeed } from '../../../base/tokens.ts';
import { makeFault } from '../../../contract/fault-facts.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderModel } from '../../../contract/providers.ts';
import { providerNameOf } from '../../classify/provider-name.ts';
import { reasonOf } from '../../classify/reason.ts';
import { redactBody } from '../../classify/redact.ts';
import type { AnswerPhase, Classify } from '../../classify/types.ts';
import { AnswerTooLarge, READ_IT_ALL, wholeText } from '../../egress/answer-body.ts';
import type { AnswerBody } from '../../egress/answer-body.ts';
import type { Egress, EgressAnswer } from '../../egress/egress.ts';
import { moreHeadersOf } from '../../keys/keys.ts';
import type { ModelEvent, ModelOrigin, ModelRequest, ModelTimings, ModelUsage } from '../../model.ts';
import { estimateRequest } from '../../request-tokens.ts';
import { networkCodeOf, ownFault } from './answer-of.ts';
import { field, jsonOr, list } from './json.ts';
import { hasTools, thinkerOf } from './call-thoughts.ts';
import type { ThoughtMemory } from './call-thoughts.ts';
import { createAnthropicReader, JSON_TOOL } from './read-anthropic.ts';
import { createBodyReader, CutShort, NoAnswer } from './read-body.ts';
import type { PlainChunks } from './read-body.ts';
import { createGoogleReader } from './read-google.ts';
import { readOpenAi } from './read-openai.ts';
import { createReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { createRepeatedChunks } from './repeated-chunks.ts';
import { NO_USAGE } from './usage.ts';
import { writeRequest } from './write-request.ts';

/** A sentence that says only that something was wrong, with what the provider says it was. */
function withReason(
  { code, detail, provider }: Fault,
  name: string | undefined,
  reasonFor: () => string | null,
): string {
  if (code !== 'invalid_request' && code !== 'unknown') return detail;
  const who = name ?? provider ?? '';
  const reason = detail === say(`provider.${code}`, { name: who }) ? reasonFor() : null;
  return reason === null ? detail : say(`provider.${code}.reason`, { name: who, reason });
}

/** What stands in a request that a person or a model wrote. */
const wordsOf = ({ messages }: ModelRequest): string[] =>
  messages.flatMap(({ text, toolCalls = [] }) => [text, ...toolCalls.map(({ argumentsText }) => argumentsText)]);

/** A request of the app itself, without an origin, is private: nothing leaves the machine for it. */
const OF_THE_APP: ModelOrigin = { traceId: '', conversationId: null, private: true, purpose: 'chat' };
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'x-goog-request-id', 'apim-request-id', 'cf-ray'];

type Attributes = Record<string, string | number | boolean>;

export interface StreamInput {
  readonly request: ModelRequest;
  readonly config: ProviderConfig;
  readonly model: ProviderModel;
  readonly key: string | null;
}

function readerOf(kind: ProviderConfig['kind'], reading: Reading, sent: string): (document: unknown) => void {
  switch (kind) {
    case 'anthropic':
      return createAnthropicReader(reading, sent.includes(`"name":"${JSON_TOOL}"`));
    case 'google':
      return createGoogleReader(reading);
    default:
      return (document) => {
        readOpenAi(reading, document);
      };
  }
}

/** Fields one of which every document of a wire has. */
const FIELDS: Readonly<Record<ProviderConfig['kind'], readonly string[]>> = {
  openai: ['choices'],
  'openai-compatible': ['choices'],
  anthropic: ['type'],
  google: ['candidates', 'promptFeedback', 'usageMetadata'],
  local: [],
};

/** Whether a document is one of this wire, whatever stands in it. */
const isOfWire = (kind: ProviderConfig['kind'], document: unknown): boolean => {
  const first = Array.isArray(document) ? list(document)[0] : document;
  return FIELDS[kind].some((name) => (field(first, name) ?? null) !== null);
};

interface StreamDeps {
  readonly egress: Egress;
  readonly classify: Classify;
  readonly clock: Clock;
  /** Absent = nobody asks again with results. */
  readonly thoughts?: ThoughtMemory;
}

/** Asks one provider once and says what comes back, as it comes. Ends with `end` or `fault`, whatever happens. */
export function streamAnswer(
  deps: StreamDeps,
  input: StreamInput,
  signal: AbortSignal,
): AsyncIterableIterator<ModelEvent, undefined> {
  const seat: Seat = { left: false, leave: () => undefined };
  const queue = createEventQueue<ModelEvent>(() => {
    seat.left = true;
    seat.leave();
  });
  void readAnswer(deps, input, signal, queue.push, seat)
    .catch((error: unknown) => {
      // A mistake of ours, which never is the provider's.
      const fault = { ...makeFault('internal', undefined, input.request.modelId), detail: String(error) };
      queue.push({ kind: 'fault', fault, usage: NO_USAGE });
    })
    .finally(queue.close);
  return queue.read();
}

/** Where the reader of an answer sits. */
interface Seat {
  left: boolean;
  /** What is to be done when the reader leaves before the end. */
  leave: () => void;
}

async function readAnswer(
  deps: StreamDeps,
  { request, config, model, key }: StreamInput,
  signal: AbortSignal,
  push: (event: ModelEvent) => void,
  seat: Seat,
): Promise<void> {
  const { clock } = deps;
  const reading = createReading();
  const startedMs = clock.monotonicMs();
  let firstMs: number | null = null;
  let answer: EgressAnswer | null = null;
  let reached = false;
  const attributes: Attributes = {};

  const usage = (): ModelUsage => {
    // Given up after it was sent: a provider charges for what it has read, heard of or not.
    const unheard = answer === null && reached && signal.aborted;
    if (!unheard && (answer === null || answer.status >= 300)) return NO_USAGE;
    const said = reading.usage;
    // Whoever says that words were none has not counted them.
    const isCount = said !== null && said.tokensIn > 0 && (said.tokensOut > 0 || !reading.begun());
    if (reading.finish !== null && isCount) return said;
    // Nobody said what it took (cut off, stopped, or a server that never says): a fair guess, so that budgets hold.
    attributes['usageEstimated'] = true;
    return {
      ...(said ?? NO_USAGE),
      tokensIn: said !== null && said.tokensIn > 0 ? said.tokensIn : estimateRequest(request),
      tokensOut: Math.max(said?.tokensOut ?? 0, reading.guessedOut()),
    };
  };
  const timings = (written: number): ModelTimings => {
    const now = clock.monotonicMs();
    const decodeMs = firstMs === null ? 0 : now - firstMs;
    const speed = writingSpeed(written, decodeMs);
    return {
      queueMs: 0,
      loadMs: 0,
      prefillMs: (firstMs ?? now) - startedMs,
      decodeMs,
      tokensPerSecond: speed === null ? null : Math.round(speed * 100) / 100,
    };
  };
  const ended = (finish: (ModelEvent & { kind: 'end' })['finish']): ModelEvent => {
    const used = usage();
    const meanProbability = reading.meanProbability();
    if (reading.finishRaw !== null) attributes['finishRaw'] = reading.finishRaw.slice(0, 100);
    if (reading.stopSequence !== null) attributes['stopSequence'] = reading.stopSequence.slice(0, 1000);
    if (reading.refusal !== '') attributes['refusal'] = reading.refusal;
    if (reading.filterFailed) attributes['unfiltered'] = true;
    if (meanProbability !== null) attributes['meanProbability'] = meanProbability;
    return { kind: 'end', finish, usage: used, timings: timings(used.tokensOut), attributes };
  };
  const failed = (fault: Fault): ModelEvent => {
    const used = usage();
    return { kind: 'fault', fault: { ...fault, provider: request.modelId }, usage: used, attributes };
  };
  let more: Readonly<Record<string, string>> = {};
  /** What an answer may repeat and nobody should read: what was said, and headers with a secret. */
  const hidden = (): string[] => [...wordsOf(request), ...Object.values(more)];
  /** null = no fault at all. */
  const classified = (phase: AnswerPhase, body: unknown, error?: unknown): Fault | null => {
    const { status, headers } = answer ?? { status: null, headers: {} };
    const fault = deps.classify(
      {
        provider: providerNameOf(config),
        label: config.name,
        phase,
        status,
        headers,
        body,
        ...(error === undefined ? {} : { error }),
      },
      clock.now(),
    );
    const networkCode = networkCodeOf(error);
    // What nobody recognised is kept, so that it can be taught.
    if (fault?.code === 'unknown' || (fault === null && body !== null))
      attributes['redactedBody'] = redactBody(body, key, hidden());
    if (!fault) return null;
    const detail = withReason(fault, config.name, () => reasonOf(body, key, hidden()));
    return { ...fault, detail, ...(networkCode === null ? {} : { networkCode }) };
  };

  let source: AnswerBody | null = null;
  const drop = (): void => {
    source?.cancel(reading.over ? READ_IT_ALL : undefined);
  };
  try {
    more = moreHeadersOf(config);
    const withTools = hasTools(request);
    const { url, headers, body } = await writeRequest(
      config,
      model.id,
      key,
      request,
      withTools ? deps.thoughts?.find(thinkerOf(config, request), request.messages) : undefined,
    );
    const ask = {
      // A server that reads a long prompt is silent, not lost: the deadline for connecting is over when the way is open.
      onReached() {
        reached = true;
        push({ kind: 'reached' });
      },
      providerId: config.id,
      modelId: request.modelId,
      origin: request.origin ?? OF_THE_APP,
      trustedForPrivate: config.trustedForPrivate,
      headers: more,
    };
    answer = await deps.egress.send(ask, url, { method: 'POST', headers, body, signal });
    const { status } = answer;
    source = answer.body;
    seat.leave = drop;
    if (seat.left) drop();
    const requestId = REQUEST_ID_HEADERS.map((name) => answer?.headers[name]).find((id) => id !== undefined) ?? null;
    attributes['status'] = status;
    if (requestId !== null) attributes['requestId'] = requestId.slice(0, 200);
    if (status < 200 || status > 299) {
      const fault = classified('pre', jsonOr(await wholeText(source)));
      push(failed(fault ?? makeFault('unknown')));
      return;
    }
    push({ kind: 'connected', status, requestId });

    const read = readerOf(config.kind, reading, body);
    /** Nothing counts after the last word, nor after an error: both may come in one piece with more behind them. */
    const isOver = (): boolean => reading.over || reading.problem !== null;
    /** The first document, as long as none of this wire came. */
    let strangers: readonly unknown[] | null = [];
    const bodyReader = createBodyReader(
      answer.headers['content-type'] ?? '',
      (document) => {
        if (isOver()) return;
        if (isOfWire(config.kind, document)) strangers = null;
        else if (strangers?.length === 0) strangers = [document];
        read(document);
      },
      () => {
        reading.over = true;
      },
      plainChunksOf(config.kind, (words) => {
        if (!isOver()) reading.text(words);
      }),
    );
    let readError: unknown = null;
    while (!isOver()) {
      try {
        const piece = await source.read();
        if (piece === null) {
          bodyReader.end();
          break;
        }
        bodyReader.feed(piece);
      } catch (error) {
        readError = error;
      }
      for (const event of reading.take()) {
        firstMs ??= clock.monotonicMs();
        push(event);
      }
      if (readError !== null) break;
    }
    if (signal.aborted) {
      push(ended('cancelled'));
      return;
    }
    for (const event of reading.take(true)) push(event);
    // Servers say with 200 what they refuse, in forms of their own; a stream of another wire has no word for us either.
    if (strangers !== null && strangers.length > 0)
      readError ??= new NoAnswer('Nothing of the answer is of this wire.', strangers[0]);
    // Where there are tools, some models want back what they thought before plain words too.
    if (reading.toolCount() > 0 || withTools) {
      const { said, thoughts } = reading.answer();
      deps.thoughts?.keep(thinkerOf(config, request), request.messages, said, thoughts);
    }
    const { problem } = reading;
    if (problem !== null) {
      const fault = classified(problem.phase, problem.body);
      if (fault !== null || reading.finish === null) {
        push(failed(fault ?? cutOff()));
        return;
      }
    }
    // Whole is whole: what breaks after the last word changes nothing.
    if (reading.finish !== null) push(ended(reading.finish));
    else if (readError !== null) push(failed(readFault(readError, classified)));
    else if (reading.over && reading.begun()) push(ended(reading.toolCount() > 0 ? 'tool_calls' : 'stop'));
    else push(failed(cutOff()));
  } catch (error) {
    if (signal.aborted) {
      push(ended('cancelled'));
      return;
    }
    push(failed(ownFault(error) ?? classified(answer ? 'stream' : 'pre', null, error) ?? makeFault('unknown')));
  } finally {
    drop();
  }
}

/** Only chunks of OpenAI's dialect repeat all but their words. */
const plainChunksOf = (kind: ProviderConfig['kind'], onWords: (words: string) => void): PlainChunks | undefined =>
  kind === 'anthropic' || kind === 'google' ? undefined : { known: createRepeatedChunks(), onWords };

/** The fault of a body that could not be read to its end. */
function readFault(
  error: unknown,
  classified: (phase: AnswerPhase, body: unknown, error?: unknown) => Fault | null,
): Fault {
  const own = ownFault(error);
  if (own) return own;
  if (error instanceof NoAnswer) {
    const fault = classified('stream', error.body);
    if (fault !== null && fault.code !== 'unknown') return fault;
    return makeFault('server_error', say('said.provider.no_answer'));
  }
  if (error instanceof CutShort) return cutOff();
  if (error instanceof AnswerTooLarge) return makeFault('server_error', say('said.provider.endless'));
  return classified('stream', null, error) ?? cutOff();
}

const cutOff = (): Fault => ({
  ...makeFault('truncated', say('said.provider.cut')),
  origin: 'infrastructure',
});
