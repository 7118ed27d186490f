import { say } from '../../contract/sentences/index.ts';
import type { CallOutput, CallParsed } from '../../contract/calls.ts';
import type { ReplayWish } from '../../contract/entities/replay.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { TracePicture } from '../../contract/entities/trace-content.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import { refuse } from '../../contract/faults.ts';
import { ROUTE_AUTO, ROUTE_LOCAL } from '../../contract/names.ts';
import { costUsd } from '../../model/index.ts';
import type { ModelMessage } from '../../model/model.ts';
import type { RoutePlan } from '../../router/index.ts';
import type { Store, TraceReads } from '../../storage/index.ts';
import type { TraceReader } from '../../storage/store.ts';
import type { AnswerRequest } from '../answer/types.ts';
import type { Complete, CompleteRequest } from '../complete/complete.ts';
import { conversationOf, isLocked } from './locked.ts';
import { asModelMessages, asModelTools, missingSentence } from './words.ts';
import type { WordsOf } from './words.ts';

/** An answer is taken to be so long when the recorded one had none, in tokens. */
const USUAL_TOKENS_OUT = 350;

export interface ReplaysDeps {
  readonly reads: Pick<TraceReads, 'get' | 'pictures'>;
  /** Stores a trace that waits to be stored when it is asked for. */
  readonly traces: Pick<TraceReader, 'get'>;
  readonly words: WordsOf;
  readonly complete: Pick<Complete, 'start'>;
  /** Decides without asking anybody. */
  readonly plan: (request: AnswerRequest) => RoutePlan;
  readonly models: () => readonly ModelEntry[];
  readonly isPrivate: (conversationId: string) => boolean;
  readonly prompts: Pick<Store['prompts'], 'version'>;
  /** Throws a FaultError when there is no policy of this name. */
  readonly checkPolicy: (name: string) => void;
}

/** Recorded requests asked again with something changed. Nothing of it is written into a conversation. */
export interface Replays {
  plan(wish: ReplayWish): Promise<CallOutput<'replay.plan'>>;
  /** Resolves when the replay has ended and its trace is stored. */
  run(wish: CallParsed<'replay.run'>): Promise<CallOutput<'replay.run'>>;
  stop(replayId: string): void;
  dispose(): void;
}

const withPictures = (messages: readonly ModelMessage[], pictures: readonly TracePicture[]): ModelMessage[] =>
  messages.map((message, at) => {
    const images = pictures.filter((picture) => picture.message === at);
    return images.length === 0
      ? message
      : { ...message, images: images.map(({ mediaType, data }) => ({ mediaType, data })) };
  });

export function createReplays(deps: ReplaysDeps): Replays {
  const running = new Map<string, AbortController>();

  /** The route it was asked with, else whatever decides best. */
  const routeOf = (trace: Trace, asked: string | undefined): string => {
    const recorded = trace.decision?.features['route'];
    const route = asked ?? (typeof recorded === 'string' ? recorded : ROUTE_AUTO);
    const known = route === ROUTE_AUTO || route === ROUTE_LOCAL || deps.models().some(({ id }) => id === route);
    if (asked !== undefined && !known) throw refuse(say('app.replay.no_model', { model: route }), 'not_found');
    return route;
  };

  /** As many as the request had; refused where they were not kept, or a model was chosen that cannot see them. */
  async function picturesOf(trace: Trace, seen: number, route: string): Promise<readonly TracePicture[]> {
    const pictures = (await deps.reads.pictures(trace.id)).read();
    if (pictures.length !== seen) throw refuse(say('app.replay.pictures'));
    const model = deps.models().find(({ id }) => id === route);
    if (model && !model.capabilities.vision) throw refuse(say('app.replay.blind', { name: model.name }));
    return pictures;
  }

  async function prepare(wish: ReplayWish): Promise<{ trace: Trace; request: CompleteRequest }> {
    const trace = (await deps.reads.get(wish.traceId)).read();
    if (!trace) throw refuse(say('app.trace.gone'), 'not_found');
    if (trace.status === 'running') throw refuse(say('app.replay.running'));
    const words = deps.words(trace);
    let messages: readonly ModelMessage[] = asModelMessages(words);
    if (messages.length === 0) throw refuse(missingSentence(words.missing));
    const seen = words.messages.reduce((sum, { images = 0 }) => sum + images, 0);
    const route = routeOf(trace, wish.route);
    if (seen > 0) messages = withPictures(messages, await picturesOf(trace, seen, route));
    if (words.omitted > 0) throw refuse(say('app.replay.long'));
    let promptVersionId = trace.promptVersionId;
    if (wish.promptVersionId !== undefined) {
      promptVersionId = wish.promptVersionId;
      const version = promptVersionId === null ? null : deps.prompts.version(promptVersionId);
      if (promptVersionId !== null && !version) throw refuse(say('app.replay.no_version'), 'not_found');
      const rest = messages.filter(({ role }) => role !== 'system');
      messages = version ? [{ role: 'system', text: version.text }, ...rest] : rest;
    }
    const tools = asModelTools(words);
    if (wish.policy !== undefined) deps.checkPolicy(wish.policy);
    const conversationId = conversationOf(trace);
    return {
      trace,
      request: {
        messages,
        route,
        sampling: words.sampling,
        stop: words.stop,
        source: 'app',
        ...(tools ? { tools } : {}),
        // The lock may be set while it is asked: it counts from that moment.
        get private() {
          return isLocked(trace, deps.isPrivate);
        },
        ...(wish.policy === undefined ? {} : { policy: wish.policy }),
        ...(promptVersionId === null ? {} : { promptVersionId }),
        cache: false,
        replayOf: trace.id,
        ...(conversationId === null ? {} : { replayOfConversation: conversationId }),
      },
    };
  }

  return {
    async plan(wish) {
      const { trace, request } = await prepare(wish);
      const plan = deps.plan({
        ...request,
        isPrivate: () => request.private === true,
        stateKey: null,
        conversationId: null,
      });
      const first = plan.steps[0]?.model ?? null;
      const tokens = plan.decision.features['historyTokens'];
      const tokensIn = typeof tokens === 'number' ? tokens : trace.tokensIn;
      const tokensOut = trace.tokensOut > 0 ? trace.tokensOut : USUAL_TOKENS_OUT;
      const priced = first?.price ?? null;
      return {
        modelId: first?.id ?? null,
        modelName: first?.name ?? null,
        route: first?.kind ?? null,
        policy: plan.decision.policy,
        tokensIn,
        likelyUsd:
          first === null || first.kind === 'local'
            ? 0
            : priced && costUsd({ tokensIn, tokensCached: 0, tokensOut }, priced),
        mostUsd: Math.max(0, ...plan.steps.map(({ mostUsd }) => mostUsd)),
        private: request.private === true,
        refusal: plan.refusal?.detail ?? null,
        degradedReason: plan.degradedReason,
      };
    },
    async run({ replayId, ...wish }) {
      if (running.has(replayId)) throw refuse(say('app.replay.twice'), 'conflict');
      const controller = new AbortController();
      running.set(replayId, controller);
      try {
        const { request } = await prepare(wish);
        const { traceId, events } = deps.complete.start(request, controller.signal);
        const result: CallOutput<'replay.run'> = { traceId, answer: '', stopped: false, fault: null };
        for await (const event of events) {
          if (event.kind === 'delta') result.answer += event.text;
          else if (event.kind === 'fault') result.fault = event.fault;
          else if (event.kind === 'end') result.stopped = event.finish === 'cancelled';
        }
        // Whoever opens it next finds it stored.
        deps.traces.get(traceId);
        return result;
      } finally {
        running.delete(replayId);
      }
    },
    stop(replayId) {
      running.get(replayId)?.abort();
    },
    dispose() {
      for (const controller of running.values()) controller.abort();
    },
  };
}
