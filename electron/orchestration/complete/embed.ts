import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Timers } from '../../base/timers.ts';
import { guessTokens } from '../../base/tokens.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { Fault, FaultCode } from '../../contract/faults.ts';
import type { Limits } from '../../contract/policy.ts';
import { ROUTE_LOCAL } from '../../contract/names.ts';
import { createBatcher, makeFault } from '../../router/index.ts';
import type { Batcher, Budget, Execution } from '../../router/index.ts';
import { createTraceRecorder } from '../../telemetry/recorder.ts';
import type { Models } from '../models-door.ts';
import type { Complete } from './complete.ts';

export interface EmbedDeps {
  readonly models: Pick<Models, 'list' | 'provider'>;
  readonly budget: Pick<Budget, 'reserve' | 'leftUsd'>;
  readonly execution: Pick<Execution, 'plainly'>;
  /** Of the policy in force: how often a call is tried again. */
  readonly limits: () => Limits;
  /** Whether a provider is a stranger's, who may send a bill. Absent = none is. */
  readonly mayCharge?: (providerId: string) => boolean;
  readonly costUsd: (
    usage: { tokensIn: number; tokensCached: number; tokensOut: number },
    price: ModelEntry['price'],
  ) => number;
  readonly save: (trace: Trace, usages: readonly UsageEntry[]) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly mintId: MintId;
}

interface Vector {
  readonly vector: readonly number[];
  /** Its share of what the call took: a fraction, which only the sum of a caller's texts is rounded from. */
  readonly tokensIn: number;
}

const USABLE: ReadonlySet<ModelEntry['state']> = new Set(['ready', 'loading', 'loaded']);

/** The model that makes vectors: the one named, else the first that can, of this machine if asked so. null = there is none. */
export function embedderOf(models: readonly ModelEntry[], route: string, isPrivate: boolean): ModelEntry | null {
  const may = ({ state, trustedForPrivate, kind }: ModelEntry): boolean =>
    USABLE.has(state) && (!isPrivate || trustedForPrivate) && (route !== ROUTE_LOCAL || kind === 'local');
  const named = models.find(({ id }) => id === route);
  if (named) return may(named) ? named : null;
  return models.find((model) => model.capabilities.embeddings && may(model)) ?? null;
}

/** Why nobody makes vectors for this request, and what would help. */
function nobodyFor(models: readonly ModelEntry[], route: string, isPrivate: boolean): Fault {
  if (isPrivate && embedderOf(models, route, false)) return makeFault('private_only', say('app.embed.private'));
  return makeFault('no_candidate', say(route === ROUTE_LOCAL ? 'app.embed.nobody_local' : 'app.embed.nobody_named'));
}

/** What is true of a provider whatever it is asked: who asks alone hears the same, and a provider at its limit gets one call more. */
const NOT_OF_A_TEXT: ReadonlySet<FaultCode> = new Set([
  'auth',
  'quota',
  'rate_limit',
  'overloaded',
  'timeout',
  'network',
  'offline',
  'not_ready',
  'not_found',
  'private_only',
  'no_candidate',
]);

/** A call that ended so may have been made and billed all the same: it was given up. */
const UNANSWERED: ReadonlySet<FaultCode> = new Set(['timeout', 'cancelled']);

const faultOf = (error: unknown): Fault => (error instanceof FaultError ? error.fault : makeFault('internal'));

/** How long a provider may take for one call, with all that it is tried again, in ms: as long as the policies wait for the first word of an answer. */
const MOST_MS = 60_000;

const guessOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + guessTokens(text), 0);

const tokensOf = (vectors: readonly Vector[]): number => vectors.reduce((sum, one) => sum + one.tokensIn, 0);

/** Vectors for texts. Small requests that come close together make one call to the provider; large ones are cut, and no more parts are under way than it takes at once. */
export function createEmbed(deps: EmbedDeps): NonNullable<Complete['embed']> {
  const { models, clock, mintId } = deps;
  const batchers = new Map<string, Batcher<string, Vector>>();
  const batcherOf = (model: ModelEntry, isPrivate: boolean): Batcher<string, Vector> => {
    const key = `${model.id} ${String(isPrivate)}`;
    const known = batchers.get(key);
    if (known) return known;
    const made = createBatcher<string, Vector>({
      timers: deps.timers,
      mayBeOnes: (error) => !(error instanceof FaultError && NOT_OF_A_TEXT.has(error.fault.code)),
      making: (once, signal) =>
        deps.execution.plainly(
          { model, limits: deps.limits(), totalMs: MOST_MS, isPrivate: () => isPrivate, call: once },
          signal,
        ),
      async upstream(texts, signal) {
        const { embed } = models.provider;
        if (!embed) throw refuse(say('model.no_embedder'), 'no_candidate');
        const origin = { traceId: '', conversationId: null, private: isPrivate, purpose: 'embedding' as const };
        const { vectors, usage } = await embed({ modelId: model.id, texts, origin }, signal).catch((error: unknown) => {
          throw signal.aborted ? new FaultError(makeFault('cancelled')) : error;
        });
        const guesses = texts.map((text) => Math.max(1, guessTokens(text)));
        const all = guesses.reduce((sum, tokens) => sum + tokens, 0);
        return vectors.map((vector, at) => ({
          vector,
          tokensIn: usage.tokensIn > 0 ? (usage.tokensIn * (guesses[at] ?? 0)) / all : (guesses[at] ?? 0),
        }));
      },
    });
    batchers.set(key, made);
    return made;
  };

  return async ({ texts, route, token, private: asked }, signal) => {
    const isPrivate = asked === true;
    const recorder = createTraceRecorder({ clock, mintId }, mintId(), 'Embedding');
    const model = embedderOf(models.list(), route, isPrivate);
    const store = (fault: Fault | null, tokensIn: number, costUsd: number) => {
      recorder.root.set({ modelId: model?.id ?? null, texts: texts.length, tokensIn });
      recorder.root.end(fault);
      const { traceId } = recorder;
      deps.save(
        {
          id: traceId,
          turnId: null,
          conversationId: null,
          messageId: null,
          startedAt: recorder.startedAt,
          durationMs: recorder.elapsedMs(),
          status: fault ? 'failed' : 'ok',
          source: 'api',
          private: isPrivate,
          modelId: model?.id ?? null,
          modelName: model?.name ?? null,
          route: model?.kind ?? null,
          degraded: false,
          faultCode: fault?.code ?? null,
          faultOrigin: fault?.origin ?? null,
          promptVersionId: null,
          tokensIn,
          tokensCached: 0,
          tokensOut: 0,
          firstTokenMs: null,
          tokensPerSecond: null,
          costUsd,
          rating: null,
          preview: `${String(texts.length)} texts to vectors`,
          decision: null,
          spans: recorder.finish(),
        },
        model && tokensIn > 0
          ? [
              {
                id: mintId(),
                traceId,
                at: clock.now(),
                modelId: model.id,
                providerId: model.provider,
                tokensIn,
                tokensCached: 0,
                tokensOut: 0,
                costUsd,
                tokenName: token?.name ?? null,
              },
            ]
          : [],
      );
    };
    const fail = (fault: Fault, tokensIn = 0, costUsd = 0): never => {
      store(fault, tokensIn, costUsd);
      throw new FaultError(fault, recorder.traceId);
    };
    if (!model) return fail(nobodyFor(models.list(), route, isPrivate));
    const unpriced = model.price === null && deps.mayCharge?.(model.provider) === true;
    if (unpriced && deps.budget.leftUsd(model.provider, token ?? null) !== Infinity)
      return fail(makeFault('budget', `${model.name}: ${say('reason.no_price')}`, model.provider));
    const priceOf = (tokensIn: number) => deps.costUsd({ tokensIn, tokensCached: 0, tokensOut: 0 }, model.price);
    const most = priceOf(guessOf(texts) * 1.5 + 2 * texts.length);
    const reserved = deps.budget.reserve({
      traceId: recorder.traceId,
      providerId: model.provider,
      modelId: model.id,
      tokenName: token?.name ?? null,
      tokenUsdPerDay: token?.usdPerDay ?? null,
      mostUsd: most,
    });
    if (!reserved.ok) return fail(reserved.fault);
    const span = recorder.root.child('attempt', `Ask ${model.name}`, { modelId: model.id });
    // Texts go out in parts, and those that were read cost something though another part fails.
    let underWay = 0;
    let read = 0;
    let unanswered = 0;
    try {
      const found = await batcherOf(model, isPrivate).run(texts, signal, {
        onAsked(part) {
          underWay += guessOf(part);
        },
        onOver(part, made, error) {
          underWay -= guessOf(part);
          if (made) {
            read += tokensOf(made);
            return;
          }
          const { code, detail } = faultOf(error);
          if (UNANSWERED.has(code)) unanswered += guessOf(part);
          span.event('call failed', { texts: part.length, code, detail });
        },
      });
      const tokensIn = Math.round(tokensOf(found));
      const costUsd = priceOf(tokensIn);
      reserved.hold.settle(costUsd);
      span.end();
      store(null, tokensIn, costUsd);
      return { modelId: model.id, vectors: found.map(({ vector }) => vector), tokensIn, traceId: recorder.traceId };
    } catch (error) {
      // Nobody says any more what is under way took, and it goes on for others all the same.
      const tokensIn = Math.round(read) + underWay + unanswered;
      const costUsd = priceOf(tokensIn);
      if (costUsd > 0) reserved.hold.settle(costUsd);
      else reserved.hold.release();
      const fault = signal.aborted && !(error instanceof FaultError) ? makeFault('cancelled') : faultOf(error);
      span.end(fault);
      return fail(fault, tokensIn, costUsd);
    }
  };
}
