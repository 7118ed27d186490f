import { guessTokens } from '../../base/tokens.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { ModelMessage, ModelRequest, ModelUsage } from '../../model/model.ts';
import { MIN_REPLY_TOKENS } from '../../router/index.ts';
import type { ActiveSpan } from '../../telemetry/recorder.ts';
import { fitMessages, goesOn } from './fit.ts';
import type { KnownTokens } from './fit.ts';
import { replyReserve } from './reply-room.ts';

/** Remembered conversations; the oldest is forgotten first. */
const MOST_REMEMBERED = 200;

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.size > MOST_REMEMBERED ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/** After a model found it too long, a request may take this share of what it took. */
const TRIM_SHARE = 0.6;

type BudgetInput = Pick<FitInput, 'model' | 'maxTokens' | 'formsTokens' | 'trims' | 'refusedTokens'>;

/** What is to be fitted, for one model. */
export interface FitInput {
  readonly model: ModelEntry;
  /** Oldest first, merged. */
  readonly messages: readonly ModelMessage[];
  /** Older messages that were not even read. */
  readonly omitted: number;
  readonly maxTokens: number | undefined;
  /** What stands beside the messages takes so many tokens, estimated: tools and the schema of the answer. */
  readonly formsTokens: number;
  readonly stateKey: string | null;
  /** How often this request was too long for the model already. */
  readonly trims: number;
  /** About what the last request took that the model refused as too long; absent = none was. */
  readonly refusedTokens?: number;
  /** False = where the last turn began says nothing here: a summary stands in front. */
  readonly hinted: boolean;
}

/** Messages that fit, and how many older ones were left out. */
export interface FitResult {
  readonly messages: readonly ModelMessage[];
  readonly dropped: number;
}

/** Fits conversations into contexts and remembers from turn to turn what that took. */
export function createFitter(
  countTokens: (request: Pick<ModelRequest, 'modelId' | 'messages'>) => Promise<number | null>,
) {
  /** Text of the first message sent last time: where the next turn begins again while it fits. */
  const hints = new Map<string, string>();
  /** What each conversation sent last, and what it took: most turns then need no count. */
  const sent = new Map<string, KnownTokens & { readonly modelId: string }>();
  /** Context the engine really gave a model, which memory may make smaller than the trained one. */
  const given = new Map<string, number>();
  const contextOf = (model: ModelEntry): number => Math.min(model.contextTokens, given.get(model.id) ?? Infinity);

  /** Room for prompt and history beside the reply, in tokens. */
  const budgetOf = ({ model, maxTokens, formsTokens, trims, refusedTokens }: BudgetInput): number => {
    const context = contextOf(model);
    const reserve = Math.max(MIN_REPLY_TOKENS, replyReserve(context, maxTokens));
    const told = (context - reserve - formsTokens) * TRIM_SHARE ** trims;
    // A server may hold less than it is said to: what it refused counts then.
    return Math.floor(Math.min(told, (refusedTokens ?? Infinity) * TRIM_SHARE));
  };

  return {
    budgetOf,
    /** Context window in tokens, as far as is known now. */
    contextOf,
    /** The engine loaded a model with this context. */
    onLoaded: (modelId: string, contextTokens: number): void => void given.set(modelId, contextTokens),
    /** null = not even the last message fits. The fit is a child of `span`. */
    async fit(input: FitInput, span: ActiveSpan) {
      const { model, messages, omitted, stateKey, trims, hinted } = input;
      const context = contextOf(model);
      const history = messages.filter(({ role }) => role !== 'system');
      const budget = budgetOf(input);
      const step = span.child('prompt', 'Fit the history', { contextTokens: context, budgetTokens: budget });
      const hintText = stateKey === null || !hinted ? undefined : hints.get(stateKey);
      const hint =
        hintText === undefined
          ? 0
          : Math.max(
              0,
              history.findIndex(({ text }) => text === hintText),
            );
      const last = stateKey === null ? undefined : sent.get(stateKey);
      // After a cut that was not deep enough, what was known is not to be trusted.
      const known = trims === 0 && last?.modelId === model.id ? last : null;
      const count = (part: readonly ModelMessage[]) => countTokens({ modelId: model.id, messages: [...part] });
      const fitted = await fitMessages(messages, budget, hint, count, known);
      const dropped = (fitted?.dropped ?? 0) + omitted;
      step.set({ messages: messages.length, dropped });
      step.end();
      if (!fitted) return null;
      if (stateKey !== null) {
        hints.delete(stateKey);
        const first = history[fitted.firstKept];
        if (dropped > 0 && first) hints.set(stateKey, first.text);
        forgetOldest(hints);
      }
      return { messages: fitted.messages, dropped } satisfies FitResult;
    },
    /** What the last request of a conversation took, for its next turn. */
    remember(request: ModelRequest | null, usage: ModelUsage, reply: string): void {
      if (!request || request.stateKey === null) return;
      const before = sent.get(request.stateKey);
      sent.delete(request.stateKey);
      if (usage.tokensIn === 0) return;
      const { modelId, messages } = request;
      const least = before?.modelId === modelId && goesOn(messages, before) ? before.tokensIn : 0;
      // Some servers count only what they did not have in their cache.
      const tokensIn =
        usage.tokensIn >= least ? usage.tokensIn : least + guessTokens(before?.reply ?? '') + usage.tokensIn;
      sent.set(request.stateKey, { modelId, messages, reply, tokensIn, tokensOut: usage.tokensOut });
      forgetOldest(sent);
    },
  };
}
