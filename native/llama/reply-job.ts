import type { Clock } from '../../electron/base/clock.ts';
import type { Sampling } from '../../electron/contract/entities/chat.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import { createEventQueue } from '../../electron/base/event-queue.ts';
import type { HostLink } from './host-link.ts';
import { faultOf, NO_USAGE } from './llama-fault.ts';
import type { FromHost, HostMessage, LoadPlan, ModelSpec, ReplyFormat, ToHost } from './protocol.ts';

export interface LlamaUsage {
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
}

/** What one request says; the same words as the model room's events. Exactly one `end` or `fault` comes last. */
export type LlamaEvent =
  | { readonly kind: 'queued'; readonly place: number }
  | { readonly kind: 'loading'; readonly fraction: number | null; readonly plan?: LoadPlan }
  | {
      readonly kind: 'loaded';
      readonly loadMs: number;
      readonly backend: string;
      readonly threads: number;
      readonly contextTokens: number;
      readonly usedBytes: number;
      readonly estimatedBytes: number;
    }
  | { readonly kind: 'prefill'; readonly tokensIn: number; readonly tokensCached: number }
  | { readonly kind: 'delta'; readonly text: string; readonly tokens: number }
  | {
      readonly kind: 'end';
      readonly finish: 'stop' | 'length' | 'cancelled';
      readonly usage: LlamaUsage;
      readonly timings: {
        readonly queueMs: number;
        readonly loadMs: number;
        readonly prefillMs: number;
        readonly decodeMs: number;
        readonly tokensPerSecond: number | null;
      };
      readonly attributes: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly usage: LlamaUsage };

export interface LlamaRequest {
  readonly model: ModelSpec;
  readonly messages: readonly HostMessage[];
  readonly sampling: Sampling;
  readonly stateKey: string | null;
  /** Its state may be kept on disk from one run to the next. Absent = never. */
  readonly mayKeep?: boolean;
  readonly format?: ReplyFormat;
  readonly stop?: readonly string[];
  readonly probability?: boolean;
}

/** Something sent to the host that has not ended yet. */
export interface Job {
  readonly id: number;
  /** Sends it; called when its turn comes. */
  readonly send: (link: HostLink) => void;
  readonly onMessage: (message: FromHost) => void;
  readonly onLost: (fault: Fault) => void;
  /** Its place in the line now, from 1; told again when nothing changed. */
  readonly onPlace: (place: number) => void;
  /** Who asks: each flow moves in the line at the same pace. */
  readonly flow: string;
  /** May be served beside others by this model; null = has the engine to itself. */
  readonly sharedModel: string | null;
  /** The model it is about; null = none. */
  readonly modelId: string | null;
}

export interface ReplyJobDeps {
  readonly id: number;
  readonly request: LlamaRequest;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Takes a job that was not sent yet out of the line; false when it was. */
  readonly withdraw: (job: Job) => boolean;
  readonly post: (message: ToHost) => void;
  /** Whether the engine runs and holds the model of this request. */
  readonly isLoaded: () => boolean;
  /** Whether all it does now is to make this model ready: who waits then waits for the model, not for other replies. */
  readonly isPreparing: () => boolean;
}

const cancelled = (queueMs: number): LlamaEvent & { kind: 'end' } => ({
  kind: 'end',
  finish: 'cancelled',
  usage: NO_USAGE,
  timings: { queueMs, loadMs: 0, prefillMs: 0, decodeMs: 0, tokensPerSecond: null },
  attributes: {},
});

/** One reply as a job for the queue and as a stream of events for its reader. */
export function createReplyJob({ id, request, signal, clock, withdraw, post, isLoaded, isPreparing }: ReplyJobDeps) {
  const askedAt = clock.monotonicMs();
  let sentAt = askedAt;
  let usage: LlamaUsage = NO_USAGE;
  let over = false;
  let sent = false;
  let place = 0;
  let loading = false;
  const tellLoading = (): void => {
    if (!loading) events.push({ kind: 'loading', fraction: null });
    loading = true;
  };
  const abort = (): void => {
    if (over) return;
    if (withdraw(job)) return end(cancelled(clock.monotonicMs() - askedAt));
    if (sent) post({ t: 'stop', id });
  };
  const events = createEventQueue<LlamaEvent>(abort);
  const end = (event: LlamaEvent): void => {
    over = true;
    signal.removeEventListener('abort', abort);
    events.push(event);
    events.close();
  };
  const job: Job = {
    id,
    send: (opened) => {
      sent = true;
      sentAt = clock.monotonicMs();
      // The engine tells of it only when it has started itself and read the file's header: most of a first load may be over by then.
      if (!isLoaded()) tellLoading();
      const { stop, ...rest } = request;
      opened.post({
        t: 'generate',
        id,
        ...rest,
        messages: [...request.messages],
        ...(stop === undefined ? {} : { stop: [...stop] }),
      });
    },
    flow: request.stateKey ?? 'no conversation',
    sharedModel: request.model.path,
    modelId: request.model.modelId,
    onPlace: (now) => {
      if (isPreparing() && (loading || !isLoaded())) return tellLoading();
      if (now !== place) events.push({ kind: 'queued', place: now });
      place = now;
    },
    onLost: (fault) => end({ kind: 'fault', fault, usage }),
    onMessage: (message) => {
      switch (message.t) {
        case 'loading':
          return events.push({
            kind: 'loading',
            fraction: message.fraction,
            ...(message.plan ? { plan: message.plan } : {}),
          });
        case 'loaded': {
          const { loadMs, backend: used, threads, contextTokens, usedBytes, estimatedBytes } = message;
          return events.push({
            kind: 'loaded',
            loadMs,
            backend: used,
            threads,
            contextTokens,
            usedBytes,
            estimatedBytes,
          });
        }
        case 'prefill':
          usage = { tokensIn: message.tokensIn, tokensCached: message.tokensCached, tokensOut: 0 };
          return events.push({ kind: 'prefill', tokensIn: message.tokensIn, tokensCached: message.tokensCached });
        case 'delta':
          usage = { ...usage, tokensOut: usage.tokensOut + message.tokens };
          return events.push({ kind: 'delta', text: message.text, tokens: message.tokens });
        case 'end': {
          const { finish: how, tokensIn, tokensCached, tokensOut, attributes } = message;
          const { loadMs, waitMs, prefillMs, decodeMs, tokensPerSecond } = message;
          const timings = { queueMs: sentAt - askedAt + waitMs, loadMs, prefillMs, decodeMs, tokensPerSecond };
          return end({
            kind: 'end',
            finish: how,
            usage: { tokensIn, tokensCached, tokensOut },
            timings,
            attributes,
          });
        }
        case 'fail':
          if (signal.aborted) return end({ ...cancelled(sentAt - askedAt), usage });
          return end({
            kind: 'fault',
            fault: faultOf(message.code, message.detail),
            usage: message.tokensIn > 0 ? { ...usage, tokensIn: message.tokensIn } : usage,
          });
        default:
          return;
      }
    },
  };
  if (signal.aborted) end(cancelled(0));
  else signal.addEventListener('abort', abort, { once: true });
  return {
    job,
    events: () => events.read(),
    /** Ends it before it was ever queued. */
    refuse: (fault: Fault): void => {
      if (!over) end({ kind: 'fault', fault, usage });
    },
  };
}
