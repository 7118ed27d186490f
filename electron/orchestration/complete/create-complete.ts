import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { makeFault } from '../../router/index.ts';
import type { TraceWriter } from '../../storage/store.ts';
import { createTraceRecorder } from '../../telemetry/recorder.ts';
import type { TraceRecorder } from '../../telemetry/recorder.ts';
import type { Answer, Answerer, AnswerRoute } from '../answer/answer.ts';
import { unanswered } from '../turn/turn-end.ts';
import type { Complete, CompleteEvent, CompleteRequest } from './complete.ts';
import { createEventQueue } from './event-queue.ts';
import { createStopCutter } from './stop.ts';

export interface CompleteDeps {
  readonly answer: Answerer;
  readonly traces: Pick<TraceWriter, 'save'>;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly log: Log;
  /** A trace was stored. */
  readonly onStored?: (traceId: string) => void;
}

const PREVIEW_CHARS = 120;

function traceOf(request: CompleteRequest, recorder: TraceRecorder, answer: Answer, cut: boolean): Trace {
  const { model, fault, usage } = answer;
  const stopped = fault === null && answer.finish === 'cancelled' && !cut;
  recorder.root.set({ modelId: model?.id ?? null, tokensIn: usage.tokensIn, tokensOut: usage.tokensOut });
  recorder.root.end(fault);
  const question = request.messages.at(-1)?.text ?? '';
  return {
    id: recorder.traceId,
    turnId: null,
    conversationId: null,
    messageId: null,
    startedAt: recorder.startedAt,
    durationMs: recorder.elapsedMs(),
    status: fault ? 'failed' : stopped ? 'stopped' : 'ok',
    source: request.source,
    private: false,
    modelId: model?.id ?? null,
    modelName: model?.name ?? null,
    route: model ? 'local' : null,
    degraded: answer.degradedReason !== null,
    faultCode: fault?.code ?? null,
    faultOrigin: fault?.origin ?? null,
    promptVersionId: null,
    ...usage,
    firstTokenMs: answer.firstTokenMs,
    tokensPerSecond: answer.timings?.tokensPerSecond ?? null,
    costUsd: 0,
    rating: null,
    preview: question.slice(0, PREVIEW_CHARS).replace(/\s+/gu, ' ').trim().toWellFormed(),
    decision: answer.decision.policy === 'none' ? null : answer.decision,
    spans: recorder.finish(),
  };
}

/** Answers requests that belong to no conversation. */
export function createComplete(deps: CompleteDeps): Complete {
  const store = (trace: Trace, usage: UsageEntry | null): void => {
    try {
      deps.traces.save(trace, usage);
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
  ): Promise<void> => {
    const enough = new AbortController();
    const newCutter = () => createStopCutter(request.stop);
    let cutter = newCutter();
    const travelled: { route: AnswerRoute | null; said: boolean } = { route: null, said: false };
    const sayRoute = (): void => {
      if (!travelled.said && travelled.route !== null) say({ kind: 'route', route: 'local', ...travelled.route });
      travelled.said = true;
    };
    // Until something visible comes, another model may still take over: nothing has been said yet.
    let pending = '';
    const speak = (text: string): void => {
      pending += text;
      if (pending === '' || (!travelled.said && !/\S/u.test(pending))) return;
      sayRoute();
      say({ kind: 'delta', text: pending });
      pending = '';
    };

    let answer: Answer;
    try {
      answer = await deps.answer(
        { ...request, omitted: 0, private: false, stateKey: null },
        recorder,
        {
          onPhase: () => undefined,
          onRoute(next) {
            travelled.route = next;
          },
          onDelta(text) {
            if (enough.signal.aborted) return null;
            const step = cutter.push(text);
            speak(step.text);
            if (step.stopped) enough.abort();
            return null;
          },
          onReset() {
            cutter = newCutter();
            pending = '';
          },
        },
        AbortSignal.any([signal, enough.signal]),
      );
    } catch (error) {
      deps.log.write('error', 'complete.failed', { error: error instanceof Error ? error.message : String(error) });
      answer = unanswered('fault', makeFault('internal'));
    }

    const cut = enough.signal.aborted && answer.fault === null;
    if (!cut && answer.fault === null) speak(cutter.rest());
    const { model, usage } = answer;
    store(
      traceOf(request, recorder, answer, cut),
      model && {
        id: deps.mintId(),
        traceId: recorder.traceId,
        at: deps.clock.now(),
        modelId: model.id,
        ...usage,
        costUsd: 0,
      },
    );
    sayRoute();
    if (answer.fault) say({ kind: 'fault', fault: answer.fault });
    else {
      const finish = cut || answer.finish === 'fault' ? 'stop' : answer.finish;
      say({ kind: 'end', finish, ...usage, costUsd: 0 });
    }
  };

  return {
    start(request, signal) {
      const recorder = createTraceRecorder(deps, deps.mintId(), 'Completion');
      const queue = createEventQueue<CompleteEvent>();
      void run(request, recorder, signal, (event) => {
        queue.push(event);
      }).finally(() => {
        queue.close();
      });
      return { traceId: recorder.traceId, events: queue.read() };
    },
  };
}
