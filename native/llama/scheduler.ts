import { keepPrefix } from './decode.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { AddonContext } from './addon.ts';
import type { KeptStates } from './kept-states.ts';
import type { Reply, Sampled } from './reply.ts';
import { commonPrefix } from './slots.ts';
import type { SpeedBook } from './speed-book.ts';
import { nextGroup, nextPrompt, promptPart } from './turns.ts';

export interface SchedulerDeps {
  readonly loaded: LoadedModel;
  readonly book: SpeedBook;
  readonly monotonicMs: () => number;
  /** State of conversations from before this process; absent = none is kept. */
  readonly states?: Pick<KeptStates, 'restore'> | null;
  /** One reply is over, told already. `failed` = the engine's error; then nothing was told. */
  readonly onOver: (reply: Reply, failed: unknown) => void;
}

/** A beginning that another sequence holds is copied from so many tokens on... */
const LEAST_SHARED_TOKENS = 32;
/** ...and while at most so many times as many come along: copying is that much faster than computing at least. */
const COPIED_PER_SHARED = 16;
const ONE = Uint32Array.of(0);
const NONE = new Uint32Array(0);

/** Chooses the next token of a reply from the logits at a position of the batch. */
async function sample(addon: AddonContext, at: number, { sampler, wantsProbability }: Reply): Promise<Sampled> {
  if (!wantsProbability) return { token: await addon.sampleToken(at, sampler), probability: null };
  const [token, , probability] = await addon.sampleToken(at, sampler, false, true);
  return { token, probability: probability ?? null };
}
const NOTHING: Sampled = { token: -1, probability: null };

/**
 * Makes several replies on one context: every step computes one token of each of a group of replies, or a part of one prompt.
 * Between two parts of a prompt everybody who is being answered gets a token, so that a long prompt stops nobody.
 */
export function createScheduler({ loaded, book, monotonicMs, onOver, states }: SchedulerDeps) {
  const waiting: Reply[] = [];
  let active: Reply[] = [];
  let running: Promise<void> = Promise.resolve();
  let looping = false;
  let steps = 0;
  /** Whose prompt the processor is at. */
  let computing: Reply | null = null;

  function leave(reply: Reply, failed: unknown): void {
    active = active.filter((other) => other !== reply);
    if (reply.slot) loaded.context().slots.giveBack(reply.slot);
    reply.slot = null;
    if (failed === null) {
      const tokensPerSecond = reply.end();
      if (tokensPerSecond !== null) book.noteReply(tokensPerSecond);
    } else reply.drop();
    onOver(reply, failed);
  }

  /** Gives those who wait a sequence, in order, as far as there are any. */
  async function admit(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      if (next.neededTokens > loaded.context().contextTokens) {
        // State is computed anew in a larger context: whoever is being answered comes first.
        if (active.length > 0) return;
        if (!(await loaded.grow(next.neededTokens))) {
          waiting.shift();
          leave(next, new Error('The context could not be made larger: out of memory.'));
          continue;
        }
      }
      const slot = loaded.context().slots.take(next.stateKey);
      if (!slot) return;
      waiting.shift();
      next.slot = slot;
      next.done = -1;
      active.push(next);
    }
  }

  /** Lines a reply's sequence up with its prompt, copying what another one holds of it already. */
  async function begin(reply: Reply): Promise<void> {
    const { slot, prompt } = reply;
    if (!slot) return;
    const { addon, slots, contextTokens } = loaded.context();
    await states?.restore(slot, prompt);
    // At least the last token is computed, because its logits start the reply.
    const most = prompt.length - 1;
    const own = Math.min(commonPrefix(slot.tokens, prompt), most);
    const other = slots.mostLike(prompt, slot);
    const gain = other ? Math.min(other.shared, most) - own : 0;
    const worthIt = gain >= LEAST_SHARED_TOKENS && gain * COPIED_PER_SHARED >= (other?.slot.tokens.length ?? 0);
    if (other && worthIt && loaded.windowTokens === null) {
      addon.disposeSequence(slot.id);
      slot.tokens = [];
      await addon.copySequenceStateFromOtherSequence(slot.id, other.slot.id);
      slot.tokens = [...other.slot.tokens];
    }
    reply.begin(keepPrefix(loaded, slot, Math.min(commonPrefix(slot.tokens, prompt), most)), contextTokens);
  }

  async function promptStep(reply: Reply): Promise<void> {
    if (reply.done < 0) await begin(reply);
    const { slot, prompt } = reply;
    if (!slot) return;
    const { addon } = loaded.context();
    const size = promptPart(prompt.length - reply.done, {
      tokensPerSecond: book.promptSpeed(),
      alone: active.length === 1,
      most: loaded.plan.batchTokens,
    });
    const part = prompt.slice(reply.done, reply.done + size);
    const last = reply.done + part.length === prompt.length;
    const threads = book.prompt();
    addon.setThreads(threads);
    addon.initBatch(part.length);
    const logits = addon.addToBatch(
      slot.id,
      slot.tokens.length,
      Uint32Array.from(part),
      last ? Uint32Array.of(part.length - 1) : NONE,
    );
    const from = monotonicMs();
    computing = reply;
    await addon.decodeBatch();
    computing = null;
    // A few tokens behind a long history are slow by nature, and nothing follows that could be hurried.
    if (!last) book.notePrompt(threads, part.length, monotonicMs() - from);
    reply.notePromptThreads(threads);
    for (const token of part) slot.tokens.push(token);
    reply.done += part.length;
    if (reply.stopped()) return;
    if (last && reply.accept(await sample(addon, logits[0] ?? 0, reply), { width: 1, threads })) leave(reply, null);
  }

  /** Returns how many tokens were made. */
  async function decodeStep(talking: readonly Reply[]): Promise<number> {
    const { addon } = loaded.context();
    const chosen = book.decode(talking.length);
    const group = nextGroup(talking, chosen.width);
    const way = { width: group.length, threads: chosen.threads };
    const from = monotonicMs();
    addon.setThreads(way.threads);
    addon.initBatch(group.length);
    const at: number[] = [];
    for (const reply of group) {
      const { slot } = reply;
      if (!slot) continue;
      at.push(addon.addToBatch(slot.id, slot.tokens.length, Uint32Array.of(reply.token), ONE)[0] ?? 0);
    }
    await addon.decodeBatch();
    const one = group.length === 1 ? group[0] : undefined;
    const tokens = one
      ? [await sample(addon, at[0] ?? 0, one)]
      : await Promise.all(group.map((reply, index) => sample(addon, at[index] ?? 0, reply)));
    book.noteDecode(talking.length, way, monotonicMs() - from);
    steps++;
    group.forEach((reply, index) => {
      reply.slot?.tokens.push(reply.token);
      reply.servedAt = steps;
      if (reply.accept(tokens[index] ?? NOTHING, way)) leave(reply, null);
    });
    return group.length;
  }

  function sweep(): void {
    for (const reply of [...active, ...waiting]) {
      if (!reply.stopped()) continue;
      const at = waiting.indexOf(reply);
      if (at >= 0) waiting.splice(at, 1);
      leave(reply, null);
    }
  }

  async function run(): Promise<void> {
    /** Tokens owed to those who are being answered before a prompt is read on. */
    let owed = 0;
    for (;;) {
      sweep();
      await admit();
      if (active.length === 0) return;
      const talking = active.filter((reply) => reply.token >= 0);
      const prompt = nextPrompt(active.filter((reply) => reply.token < 0));
      if (prompt && (owed <= 0 || talking.length === 0)) {
        await promptStep(prompt);
        owed = talking.length;
      } else if (talking.length > 0) owed -= await decodeStep(talking);
    }
  }

  async function loop(): Promise<void> {
    try {
      await run();
    } catch (error) {
      // The context is not to be trusted any more: everybody ends.
      for (const reply of [...active, ...waiting.splice(0)]) leave(reply, error);
    } finally {
      looping = false;
    }
  }

  return {
    /** Somebody asked a reply to stop: whose prompt is being computed is told now, not after that part. */
    noteStop(): void {
      if (computing?.stopped()) computing.end();
    },
    add(reply: Reply): void {
      waiting.push(reply);
      if (looping) return;
      looping = true;
      running = loop();
    },
    /** Resolves when nobody is being answered. */
    async idle(): Promise<void> {
      while (looping) await running;
    },
  };
}
export type Scheduler = ReturnType<typeof createScheduler>;
