import type { Llama } from 'node-llama-cpp';
import type { Sampling } from '../../electron/contract/entities/chat.ts';
import { createSampler } from './addon.ts';
import type { CpuLoad } from './cpu-load.ts';
import { nextToken, prefill, reuse } from './decode.ts';
import { createDeltas } from './deltas.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { FromHost, HostMessage } from './protocol.ts';
import { rememberReply } from './slots.ts';
import { createStopScanner, createTextJoiner } from './text.ts';
import { createThreadGovernor, threadCandidates } from './threads.ts';

/** Threads in use for one model; a trial in the middle of a reply may change `decode`. */
export interface Threads {
  decode: number;
  prefill: number;
  /** What was measured with them; null = nothing yet. */
  decodeTokensPerSecond: number | null;
  prefillTokensPerSecond: number | null;
}

export interface GenerateRequest {
  readonly id: number;
  readonly messages: readonly HostMessage[];
  readonly sampling: Sampling;
  readonly stateKey: string | null;
}

export interface GenerateDeps {
  readonly llama: Llama;
  readonly send: (message: FromHost) => void;
  readonly monotonicMs: () => number;
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly cores: number;
  readonly load: CpuLoad;
  readonly stopped: () => boolean;
  /** The speed was far from what was measured, below or above: measure again when idle. */
  readonly onSurprise: () => void;
}

/** The prompt does not fit the largest context this model can have here. */
export class ContextFullError extends Error {
  readonly tokensIn: number;
  constructor(tokensIn: number, contextTokens: number) {
    super(
      `This conversation is at least ${tokensIn} tokens long and the model reads at most ${contextTokens}: shorten it, start a new chat, or pick a model with a larger context.`,
    );
    this.name = 'ContextFullError';
    this.tokensIn = tokensIn;
  }
}

/** More UTF-16 units a token than any real text has. */
const MOST_UNITS_PER_TOKEN = 32;

/** So many tokens at least: a megabyte must not be tokenised to find out that it does not fit. */
export const leastTokensOf = (messages: readonly HostMessage[]): number =>
  Math.ceil(messages.reduce((units, { text }) => units + text.length, 0) / MOST_UNITS_PER_TOKEN);

/** Least room for a reply; a prompt that leaves less is refused rather than cut off after a word. */
const LEAST_REPLY_TOKENS = 16;
const PENALTY_WINDOW = 64;
/** Below this share of the measured speed a prompt is computed with fewer threads from the next part on. */
const PREFILL_COLLAPSED = 0.25;
/** A reply this much faster than measured says that the measuring met a busy machine. */
const FAR_ABOVE = 1.5;
/** Longest one prefill step should take, so that Stop is heard. */
const STEP_MS = 400;

/** Answers one request on a loaded model. Throws what the engine throws; everything decoded before was sent. */
export async function generate(
  deps: GenerateDeps,
  loaded: LoadedModel,
  threads: Threads,
  request: GenerateRequest,
  loadMs: number,
): Promise<void> {
  const { send, monotonicMs, stopped } = deps;
  const startMs = monotonicMs();
  let slot = loaded.context().slots.take(request.stateKey);
  const leastTokens = leastTokensOf(request.messages);
  if (leastTokens > loaded.mostContextTokens) throw new ContextFullError(leastTokens, loaded.mostContextTokens);
  const prompt = loaded.chat.tokens(request.messages, slot.replies);
  if (prompt.length === 0) throw new Error('The model reads nothing in this message: write something else.');
  const wanted = prompt.length + LEAST_REPLY_TOKENS;
  if (wanted > loaded.context().contextTokens) {
    if (!(await loaded.grow(wanted))) throw new ContextFullError(prompt.length, loaded.mostContextTokens);
    slot = loaded.context().slots.take(request.stateKey);
  }
  const { addon, contextTokens } = loaded.context();
  const tokensCached = reuse(loaded, slot, prompt);
  send({ t: 'prefill', id: request.id, tokensIn: prompt.length, tokensCached });

  const { sampling } = request;
  const sampler = createSampler(deps.llama, loaded.model);
  const joiner = createTextJoiner();
  const scanner = createStopScanner(loaded.chat.stopTexts);
  const deltas = createDeltas({
    monotonicMs,
    after: deps.after,
    send: (text, tokens) => send({ t: 'delta', id: request.id, text, tokens }),
  });
  const reply: number[] = [];
  let replyText = '';
  let prefillMs = 0;
  let prefillThreads = threads.prefill;
  let finish: 'stop' | 'length' | 'cancelled' = 'cancelled';
  let decodeStart = startMs;
  let cutByText = false;

  try {
    sampler.applyConfig({
      temperature: sampling.temperature ?? 0.7,
      topK: sampling.topK ?? 40,
      topP: sampling.topP ?? 0.95,
      minP: sampling.minP ?? 0.05,
      seed: sampling.seed ?? deps.now() % 4_294_967_296,
      ...(sampling.repeatPenalty === undefined || sampling.repeatPenalty === 1
        ? {}
        : {
            repeatPenalty: sampling.repeatPenalty,
            repeatPenaltyMaxTokens: PENALTY_WINDOW,
            repeatPenaltyTokens: Uint32Array.from(prompt.slice(-PENALTY_WINDOW)),
          }),
    });
    addon.setThreads(prefillThreads);
    const chunk = threads.prefillTokensPerSecond
      ? Math.max(32, Math.round((threads.prefillTokensPerSecond * STEP_MS) / 1000))
      : 256;
    let partStart = monotonicMs();
    const onPart = (tokens: number): void => {
      const nowMs = monotonicMs();
      const tokensPerSecond = (tokens * 1000) / (nowMs - partStart);
      partStart = nowMs;
      // A few tokens behind a long history are slow by nature, and after them there is nothing left to hurry.
      if (tokens < chunk || prefillThreads === 1) return;
      if (tokensPerSecond >= (threads.prefillTokensPerSecond ?? 0) * PREFILL_COLLAPSED) return;
      // Somebody took the cores: the rest of this prompt, and only that, goes on with half the threads.
      prefillThreads = Math.max(1, Math.floor(prefillThreads / 2));
      addon.setThreads(prefillThreads);
      deps.onSurprise();
    };
    const position = await prefill(addon, slot, prompt.slice(tokensCached), { chunk, stop: stopped, onPart });
    let token = position < 0 ? -1 : await addon.sampleToken(position, sampler);
    decodeStart = monotonicMs();
    prefillMs = decodeStart - startMs;
    addon.setThreads(threads.decode);
    const governor = createThreadGovernor({
      threads: threads.decode,
      expectedTokensPerSecond: threads.decodeTokensPerSecond,
      candidates: () => {
        const free = deps.load.freeCores();
        return threadCandidates(deps.cores).filter((count) => count <= free);
      },
      startMs: decodeStart,
    });
    const mostReply = Math.min(sampling.maxTokens ?? Number.POSITIVE_INFINITY, contextTokens - prompt.length - 1);

    while (token >= 0 && !stopped()) {
      const piece = loaded.piece(token);
      if (piece.ends) {
        finish = 'stop';
        break;
      }
      reply.push(token);
      const found = scanner.push(joiner.push(piece));
      replyText += found.text;
      deltas.push(found.text);
      if (found.stopped) {
        cutByText = true;
        finish = 'stop';
        break;
      }
      if (reply.length >= mostReply) {
        finish = 'length';
        break;
      }
      token = await nextToken(addon, slot, token, sampler);
      const change = governor.token(monotonicMs());
      if (change !== null) {
        threads.decode = change;
        addon.setThreads(change);
      }
    }
    if (governor.collapsed()) deps.onSurprise();
    if (!cutByText) {
      const rest = scanner.push(joiner.finish()).text + scanner.finish();
      replyText += rest;
      deltas.append(rest);
    }
  } finally {
    sampler.dispose();
    deltas.flush();
    // What was cut off is still in the tokens, so they are not the text's own.
    if (request.stateKey !== null && !cutByText) rememberReply(slot, replyText, reply);
  }

  const decodeMs = monotonicMs() - decodeStart;
  const tokensPerSecond = reply.length > 1 && decodeMs > 0 ? ((reply.length - 1) * 1000) / decodeMs : null;
  if (tokensPerSecond !== null && tokensPerSecond > (threads.decodeTokensPerSecond ?? 0) * FAR_ABOVE) deps.onSurprise();
  send({
    t: 'end',
    id: request.id,
    finish,
    tokensIn: prompt.length,
    tokensCached,
    tokensOut: reply.length,
    loadMs,
    prefillMs,
    decodeMs,
    tokensPerSecond,
    attributes: {
      backend: loaded.backend,
      template: loaded.chat.template,
      contextTokens,
      threadsDecode: threads.decode,
      threadsPrefill: prefillThreads,
    },
  });
}
