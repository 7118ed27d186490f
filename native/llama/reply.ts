import { say } from '../../electron/contract/sentences/index.ts';
import type { Llama } from 'node-llama-cpp';
import type { Sampling } from '../../electron/contract/entities/chat.ts';
import { createSampler } from './addon.ts';
import type { AddonSampler, SamplerConfig } from './addon.ts';
import { createDeltas } from './deltas.ts';
import type { GrammarState } from './grammar.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { FromHost, HostMessage, ReplyFormat } from './protocol.ts';
import type { Slot } from './slots.ts';
import { createStopScanner, createTextJoiner } from './text.ts';

export interface GenerateRequest {
  readonly id: number;
  readonly messages: readonly HostMessage[];
  readonly sampling: Sampling;
  readonly stateKey: string | null;
  /** Its state may be written to disk. Absent = never. */
  readonly mayKeep?: boolean | undefined;
  readonly format?: ReplyFormat | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly probability?: boolean | undefined;
}

export interface ReplyDeps {
  readonly llama: Llama;
  readonly send: (message: FromHost) => void;
  readonly monotonicMs: () => number;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** Somebody asked to stop this request. */
  readonly stopped: () => boolean;
  /** Where its grammar begins; null = free text. */
  readonly grammar: GrammarState | null;
}

export type ReplyFinish = 'stop' | 'length' | 'cancelled';

/** The prompt does not fit the largest context this model can have here. */
export class ContextFullError extends Error {
  readonly tokensIn: number;
  constructor(tokensIn: number, contextTokens: number) {
    super(say('said.engine.too_long', { tokens: tokensIn, context: contextTokens }));
    this.name = 'ContextFullError';
    this.tokensIn = tokensIn;
  }
}

/** More UTF-16 units a token than any real text has. */
const MOST_UNITS_PER_TOKEN = 32;

/** So many tokens at least: a megabyte must not be tokenised to find out that it does not fit. */
export const leastTokensOf = (messages: readonly HostMessage[]): number =>
  Math.ceil(messages.reduce((units, { text }) => units + text.length, 0) / MOST_UNITS_PER_TOKEN);

/** Tokens of a request; of one that can never fit only a number that says so. */
export function countTokens(model: LoadedModel, messages: readonly HostMessage[]): number {
  const least = leastTokensOf(messages);
  if (least > model.mostContextTokens) return least;
  return model.chat.tokens(messages, model.replies).length;
}

/** Least room for a reply; a prompt that leaves less is refused rather than cut off after a word. */
const LEAST_REPLY_TOKENS = 16;
const PENALTY_WINDOW = 64;

/** A token as it was chosen; the probability only where it was wanted. */
export interface Sampled {
  readonly token: number;
  readonly probability: number | null;
}

/** One reply while it is made: what its model reads, what it says, and when it is over. The scheduler decides what is computed. */
export interface Reply {
  readonly id: number;
  readonly stateKey: string | null;
  readonly prompt: readonly number[];
  /** Context that it takes at least. */
  readonly neededTokens: number;
  readonly sampler: AddonSampler;
  /** Its tokens' probabilities are wanted. */
  readonly wantsProbability: boolean;
  readonly stopped: () => boolean;
  slot: Slot | null;
  /** Prompt tokens whose state stands; the reply begins when that is all. */
  done: number;
  /** Sampled last and not computed yet; -1 = the prompt is being read. */
  token: number;
  /** Number of the step that served it last. */
  servedAt: number;
  passedOver: number;
  /** It has a slot; `cached` prompt tokens need not be computed. */
  begin(cached: number, contextTokens: number): void;
  /** Takes the next token. True when the reply is over. */
  accept(sampled: Sampled, way: { readonly width: number; readonly threads: number }): boolean;
  notePromptThreads(threads: number): void;
  /** Tells the end. Decoded tokens a second of this reply alone; null when that cannot be told. */
  end(finish?: ReplyFinish): number | null;
  /** Gives up what it holds without telling anything. */
  drop(): void;
}

/** Penalties of what was said lately, for the sampler; nothing when all are off. */
export function penaltiesOf(sampling: Sampling, prompt: readonly number[]): Partial<SamplerConfig> {
  const { repeatPenalty = 1, presencePenalty = 0, frequencyPenalty = 0 } = sampling;
  if (repeatPenalty === 1 && presencePenalty === 0 && frequencyPenalty === 0) return {};
  return {
    repeatPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
    repeatPenaltyMaxTokens: PENALTY_WINDOW,
    repeatPenaltyTokens: Uint32Array.from(prompt.slice(-PENALTY_WINDOW)),
  };
}

/** Reads a request. Throws when it does not fit the model or says nothing. */
export function createReply(deps: ReplyDeps, loaded: LoadedModel, request: GenerateRequest, loadMs: number): Reply {
  const { send, monotonicMs } = deps;
  const startMs = monotonicMs();
  const leastTokens = leastTokensOf(request.messages);
  if (leastTokens > loaded.mostContextTokens) throw new ContextFullError(leastTokens, loaded.mostContextTokens);
  const prompt = loaded.chat.tokens(request.messages, loaded.replies);
  if (prompt.length === 0) throw new Error('The model reads nothing in this message: write something else.');
  const neededTokens = prompt.length + LEAST_REPLY_TOKENS;
  if (neededTokens > loaded.mostContextTokens) throw new ContextFullError(prompt.length, loaded.mostContextTokens);

  const { sampling } = request;
  const sampler = createSampler(deps.llama, loaded.model);
  sampler.applyConfig({
    temperature: sampling.temperature ?? 0.7,
    topK: sampling.topK ?? 40,
    topP: sampling.topP ?? 0.95,
    minP: sampling.minP ?? 0.05,
    seed: sampling.seed ?? deps.now() % 4_294_967_296,
    ...penaltiesOf(sampling, prompt),
    ...(deps.grammar === null ? {} : { grammarEvaluationState: deps.grammar }),
  });
  const joiner = createTextJoiner();
  const scanner = createStopScanner([...loaded.chat.stopTexts, ...(request.stop ?? [])]);
  const deltas = createDeltas({
    monotonicMs,
    after: deps.after,
    send: (text, tokens) => send({ t: 'delta', id: request.id, text, tokens }),
  });
  const tokens: number[] = [];
  let text = '';
  let cached = 0;
  let beganMs = startMs;
  let firstMs: number | null = null;
  let finish: ReplyFinish = 'cancelled';
  let cutByText = false;
  let most = sampling.maxTokens ?? Number.POSITIVE_INFINITY;
  let contextTokens = 0;
  let over = false;
  let threads = { decode: 0, prompt: 0 };
  let widths = 0;
  let logProbability = 0;

  const reply: Reply = {
    id: request.id,
    stateKey: request.stateKey,
    prompt,
    neededTokens,
    sampler,
    wantsProbability: request.probability === true,
    stopped: deps.stopped,
    slot: null,
    done: 0,
    token: -1,
    servedAt: 0,
    passedOver: 0,
    begin(cachedTokens, context) {
      cached = cachedTokens;
      reply.done = cachedTokens;
      contextTokens = context;
      most = Math.min(most, context - prompt.length - 1);
      beganMs = monotonicMs();
      send({ t: 'prefill', id: request.id, tokensIn: prompt.length, tokensCached: cachedTokens });
    },
    notePromptThreads: (count) => void (threads = { ...threads, prompt: count }),
    accept({ token, probability }, way) {
      firstMs ??= monotonicMs();
      if (token < 0) {
        finish = 'stop';
        return true;
      }
      if (tokens.length > 0) {
        widths += way.width;
        threads.decode = way.threads;
      }
      const piece = loaded.piece(token);
      if (piece.ends) {
        finish = 'stop';
        return true;
      }
      reply.token = token;
      tokens.push(token);
      if (probability !== null) logProbability += Math.log(Math.max(probability, 1e-9));
      const found = scanner.push(joiner.push(piece));
      text += found.text;
      deltas.push(found.text);
      if (found.stopped) {
        cutByText = true;
        finish = 'stop';
        return true;
      }
      if (tokens.length < most) return false;
      finish = 'length';
      return true;
    },
    end(how) {
      if (over) return null;
      const endMs = monotonicMs();
      if (!cutByText) {
        const rest = scanner.push(joiner.finish()).text + scanner.finish();
        text += rest;
        deltas.append(rest);
      }
      reply.drop();
      const decodeMs = firstMs === null ? 0 : endMs - firstMs;
      const tokensPerSecond = tokens.length > 1 && decodeMs > 0 ? ((tokens.length - 1) * 1000) / decodeMs : null;
      send({
        t: 'end',
        id: request.id,
        finish: how ?? finish,
        tokensIn: prompt.length,
        tokensCached: cached,
        tokensOut: tokens.length,
        loadMs,
        waitMs: beganMs - startMs,
        prefillMs: (firstMs ?? endMs) - beganMs,
        decodeMs,
        tokensPerSecond,
        attributes: {
          backend: loaded.backend,
          gpuLayers: loaded.plan.gpuLayers,
          template: loaded.chat.template,
          contextTokens,
          threadsDecode: threads.decode,
          threadsPrefill: threads.prompt,
          // Mean number of replies that were made in one step with this one.
          batchWidth: tokens.length > 1 ? Math.round((widths * 100) / (tokens.length - 1)) / 100 : 1,
          ...(reply.wantsProbability && tokens.length > 0
            ? { meanProbability: Math.round(Math.exp(logProbability / tokens.length) * 1000) / 1000 }
            : {}),
        },
      });
      return tokensPerSecond;
    },
    drop() {
      if (over) return;
      over = true;
      sampler.dispose();
      deltas.flush();
      // What was cut off is still in the tokens, so they are not the text's own.
      if (request.stateKey !== null && !cutByText) loaded.replies.remember(text, tokens);
    },
  };
  return reply;
}
