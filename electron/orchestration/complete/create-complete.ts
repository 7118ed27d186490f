import type { Clock } from '../../base/clock.ts';
import { createEventQueue } from '../../base/event-queue.ts';
import type { MintId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { createCoalescer, flightKey, hasWords, makeFault } from '../../router/index.ts';
import type { TraceWriter } from '../../storage/store.ts';
import type { ActiveSpan, StartTrace, TraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer, Answerer, AnswerRoute } from '../answer/answer.ts';
import { ledgerEntries } from '../answer/ledger.ts';
import { unanswered } from '../turn/turn-end.ts';
import type { Complete, CompleteEvent, CompleteRequest } from './complete.ts';
import { createJoinedAnswer, traceOf } from './completion-trace.ts';
import { contentOf } from './content.ts';
import { following } from './following.ts';
import { createStopCutter } from './stop.ts';

export interface CompleteDeps {
  readonly answer: Answerer;
  readonly traces: Pick<TraceWriter, 'save'>;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly startTrace: StartTrace;
  readonly log: Log;
  /** Whether traces keep the words of requests and answers; absent = only those of replays. */
  readonly keepsWords?: () => boolean;
  /** Runs what nobody waits for once the answer's end is on its way. Absent = at once. */
  readonly behind?: (run: () => void) => void;
  /** A trace was stored. */
  readonly onStored?: (traceId: string) => void;
  /** Requests of two eras share no answer: settings changed in between, and one that hangs must not be all there is. Absent = it is one era. */
  readonly era?: () => number;
  /** Embeddings, where some model makes them. */
  readonly embed?: Complete['embed'];
}

const gone: CompleteEvent = {
  kind: 'end',
  finish: 'cancelled',
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  costUsd: 0,
};

/** What makes two requests the same; null = this one asks for an answer of its own. */
function twinKey(request: CompleteRequest, era: number): string | null {
  const {
    route,
    messages,
    sampling,
    stop,
    tools,
    toolChoice,
    oneCall,
    format,
    policy = '',
    cache,
    source,
    token,
  } = request;
  if (cache === false) return null;
  // One who reads along must not wait for one who does not.
  const way = request.streaming === false ? 'whole' : 'live';
  // Rules may ask where a question comes from, and what one token may not spend is no reason to refuse another.
  const purse = token === undefined || token.usdPerDay === null ? '' : token.name;
  return `${String(era)} ${way} ${source} ${purse} ${flightKey({
    route,
    messages,
    sampling,
    stop,
    policy,
    policyVersion: 0,
    private: request.private === true,
    ...(tools ? { tools } : {}),
    ...(toolChoice ? { toolChoice } : {}),
    ...(oneCall ? { oneCall } : {}),
    ...(format ? { format } : {}),
  })}`;
}

/** Answers requests that belong to no conversation. Identical ones under way share one answer. */
export function createComplete(deps: CompleteDeps): Complete {
  const twins = createCoalescer<CompleteEvent | { readonly kind: 'lead'; readonly traceId: string }>();

  const keeps = ({ replayOf }: CompleteRequest): boolean =>
    replayOf === undefined ? deps.keepsWords?.() === true : true;

  const behind = deps.behind ?? ((run) => void run());
  const store = (trace: Trace, usages: readonly UsageEntry[]): void => {
    try {
      deps.traces.save(trace, usages);
      deps.onStored?.(trace.id);
    } catch (error) {
      // The answer is worth more than its record.
      deps.log.write('error', 'complete.trace-not-stored', { error: String(error) });
    }
  };

  const run = async (
    request: CompleteRequest,
    recorder: TraceRecorder,
    signal: AbortSignal,
    say: (event: CompleteEvent) => void,
  ): Promise<() => void> => {
    const { controller, unfollow } = following(signal);
    /** A stop sequence came: what follows is not asked for. */
    let enough = false;
    const newCutter = () => createStopCutter(request.stop);
    let stopSequence: string | undefined;
    let cutter = newCutter();
    const travelled: { route: AnswerRoute | null; said: boolean } = { route: null, said: false };
    const sayRoute = (): void => {
      if (!travelled.said && travelled.route !== null) say({ kind: 'route', ...travelled.route });
      travelled.said = true;
    };
    // Until something visible comes, by the router's own measure, another model may still take over: nothing has been said yet.
    let pending = '';
    const speak = (text: string): void => {
      pending += text;
      if (pending === '' || (!travelled.said && !hasWords(pending))) return;
      sayRoute();
      say({ kind: 'delta', text: pending });
      said += pending;
      pending = '';
    };
    // Who reads along sees a model think; who gets the answer whole gets it with what was thought for it.
    const live = request.streaming !== false;
    let reasoning = '';
    let said = '';
    const speakReasoning = (): void => {
      if (reasoning !== '') say({ kind: 'reasoning', text: reasoning });
      reasoning = '';
    };

    let answer: Answer;
    try {
      answer = await deps.answer(
        {
          ...request,
          omitted: 0,
          isPrivate: () => request.private === true,
          stateKey: null,
          conversationId: null,
          reasoningIsVisible: live,
        },
        recorder,
        {
          onPhase: () => undefined,
          onRoute(next) {
            travelled.route = next;
          },
          onDelta(text) {
            if (enough) return null;
            const step = cutter.push(text);
            if (travelled.said || hasWords(pending + step.text)) {
              sayRoute();
              speakReasoning();
            }
            speak(step.text);
            if (step.stopped === null) return null;
            stopSequence = step.stopped;
            enough = true;
            controller.abort();
            return null;
          },
          onReasoning(text) {
            reasoning += text;
            if (live) sayRoute();
            if (travelled.said) speakReasoning();
          },
          onTool(part) {
            sayRoute();
            speakReasoning();
            // No stop sequence goes on past a call: what was kept back stands before it.
            speak(cutter.rest());
            say(part);
          },
          onReset() {
            cutter = newCutter();
            pending = '';
            reasoning = '';
          },
        },
        controller.signal,
      );
    } catch (error) {
      deps.log.write('error', 'complete.failed', { error: error instanceof Error ? error.message : String(error) });
      answer = unanswered('fault', makeFault('internal'));
    } finally {
      unfollow();
    }

    const cut = enough && answer.fault === null;
    // What was kept back in case a stop sequence goes on is text like the rest, also of an answer that broke off.
    if (!cut && (answer.fault === null || said !== '')) speak(cutter.rest());
    const { usage, costUsd } = answer;
    sayRoute();
    if (answer.fault) say({ kind: 'fault', fault: answer.fault });
    else {
      speakReasoning();
      const finish = cut || answer.finish === 'fault' ? 'stop' : answer.finish;
      const stoppedAt = cut ? stopSequence : answer.stopSequence;
      say({ kind: 'end', finish, ...usage, costUsd, ...(stoppedAt === undefined ? {} : { stopSequence: stoppedAt }) });
    }
    recorder.root.end(answer.fault);
    recorder.finish();
    const durationMs = recorder.elapsedMs();
    return () => {
      store(
        traceOf(request, recorder, answer, cut, keeps(request) ? contentOf(request, said) : undefined, durationMs),
        ledgerEntries(answer, recorder.traceId, deps.clock.now(), deps.mintId),
      );
    };
  };
  /** Resolves when it is stored, or could not be. */
  const later = (stores: () => void): Promise<void> =>
    new Promise((done) => {
      behind(() => {
        try {
          stores();
        } catch (error) {
          deps.log.write('error', 'complete.trace-not-made', { error: String(error) });
        }
        done();
      });
    });

  return {
    start(request, signal) {
      const recorder = deps.startTrace(deps.mintId(), 'Completion');
      const queue = createEventQueue<CompleteEvent>();
      const { traceId } = recorder;
      const key = twinKey(request, deps.era?.() ?? 0);
      if (key === null) {
        void run(request, recorder, signal, queue.push).then(later).finally(queue.close);
        return { traceId, events: queue.read() };
      }
      const joined = createJoinedAnswer(recorder);
      let span: ActiveSpan | null = null;
      let ended = false;
      let stored = Promise.resolve();
      const { role, done } = twins.join(
        key,
        async (say, shared) => {
          say({ kind: 'lead', traceId });
          // Nobody joins an answer that is over, so the flight does not wait for its record.
          stored = later(await run(request, recorder, shared, say));
        },
        (event) => {
          if (event.kind === 'lead') {
            if (event.traceId !== traceId)
              span = recorder.root.child('cache', 'Join the same request under way', { joinedTraceId: event.traceId });
            return;
          }
          if (span) joined.hear(event);
          ended ||= event.kind === 'end' || event.kind === 'fault';
          // The one that asked first pays for it: counted for each who joined, one call would cost as much as a hundred.
          queue.push(span && event.kind === 'end' ? { ...event, costUsd: 0 } : event);
        },
        signal,
      );
      void done.finally(() => {
        if (!ended) queue.push(gone);
        if (role === 'first') {
          void stored.finally(queue.close);
          return;
        }
        queue.close();
        span?.end();
        store(traceOf(request, recorder, joined.answer(!ended), false), []);
      });
      return { traceId, events: queue.read() };
    },
    ...(deps.embed ? { embed: deps.embed } : {}),
  };
}
