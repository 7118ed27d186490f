import type { Llama, LlamaModel } from 'node-llama-cpp';
import { describe, expect, it } from 'vitest';
import type { AddonContext, AddonSampler } from './addon.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { FromHost } from './protocol.ts';
import { createReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { createScheduler } from './scheduler.ts';
import { createKnownReplies, createSlots } from './slots.ts';
import { createSpeedBook } from './speed-book.ts';

interface Part {
  readonly sequence: number;
  readonly position: number;
  readonly tokens: readonly number[];
}

/**
 * A model whose next token is the last one plus 1, up to 9, which ends a reply; a message is its digits. The context checks
 * that every token goes where it belongs.
 */
function build({ sequences = 8, contextTokens = 256, failAt = -1 } = {}) {
  const steps: Part[][] = [];
  const copies: [number, number][] = [];
  const held: number[][] = Array.from({ length: sequences }, () => []);
  let batch: Part[] = [];
  let logits: number[] = [];
  const threads: number[] = [];
  const addon: AddonContext = {
    initBatch: () => void ([batch, logits] = [[], []]),
    addToBatch(sequence, position, tokens, wanted) {
      if (position !== held[sequence]?.length) throw new Error(`Sequence ${sequence} has no position ${position}.`);
      batch.push({ sequence, position, tokens: [...tokens] });
      for (const at of wanted) logits.push(tokens[at] ?? -1);
      return Uint32Array.from(wanted, (_, i) => logits.length - wanted.length + i);
    },
    async decodeBatch() {
      await Promise.resolve();
      if (steps.length === failAt) throw new Error('Eval has failed');
      for (const { sequence, tokens } of batch) held[sequence]?.push(...tokens);
      steps.push(batch);
    },
    sampleToken: ((at: number, _: unknown, __?: false, confidence?: true) => {
      const token = (logits[at] ?? 0) + 1;
      return Promise.resolve(confidence ? [token, undefined, 0.5] : token);
    }) as AddonContext['sampleToken'],
    disposeSequence: (sequence) => void (held[sequence] = []),
    removeTokenCellsFromSequence(sequence, start) {
      held[sequence]?.splice(start);
      return true;
    },
    getSequenceKvCacheMinPosition: () => 0,
    setThreads: (count) => void threads.push(count),
    saveSequenceStateToFile: () => Promise.resolve(0),
    loadSequenceStateFromFile: () => Promise.reject(new Error('No state is kept here.')),
    copySequenceStateFromOtherSequence(target, source) {
      copies.push([target, source]);
      held[target] = [...(held[source] ?? [])];
      return Promise.resolve(1);
    },
  };
  class Sampler implements AddonSampler {
    applyConfig(): void {
      return undefined;
    }
    dispose(): void {
      return undefined;
    }
  }
  const slots = createSlots(sequences);
  const replies = createKnownReplies();
  const model = { _model: {} } as unknown as LlamaModel;
  const loaded: LoadedModel = {
    spec: { modelId: 'local/m', path: '/m', sizeBytes: 1, measurement: null },
    model,
    backend: 'cpu',
    plan: {
      card: false,
      gpuLayers: 0,
      contextTokens,
      sequences,
      cacheType: 'F16',
      batchTokens: 512,
      mostContextTokens: contextTokens,
    },
    layers: 1,
    shape: { weightsBytes: 1, layers: 1, width: 1, feedForward: 1, vocabulary: 1, stateElements: 1, trainedTokens: 1 },
    usedBytes: () => ({ ramBytes: 0, gpuBytes: 0 }),
    replies,
    chat: {
      template: 'digits',
      stopTexts: [],
      stopTokens: new Set(),
      tokens: (messages) => messages.flatMap(({ text }) => [...text].map(Number)),
    },
    piece: (token) => ({ text: String(token), bytes: null, ends: token >= 9 }),
    context: () => ({ addon, slots, contextTokens }),
    mostContextTokens: contextTokens,
    windowTokens: null,
    grow: () => Promise.resolve(false),
    dispose: () => Promise.resolve(),
  };
  let nowMs = 0;
  const monotonicMs = (): number => nowMs++;
  const book = createSpeedBook({ cores: 2, modelBytes: 1, freeCores: () => 2, monotonicMs });
  book.learn({
    backend: 'cpu',
    decodeThreads: 1,
    prefillThreads: 2,
    decodeTokensPerSecond: 1000,
    // Against this every prompt looks slow.
    prefillTokensPerSecond: 1e9,
    measuredAt: 0,
  });
  const sent: FromHost[] = [];
  const failed: unknown[] = [];
  const scheduler = createScheduler({
    loaded,
    book,
    monotonicMs,
    onOver: (_, error) => void (error !== null && failed.push(error)),
  });
  const stopped = new Set<number>();
  let id = 0;
  const reply = (text: string, stateKey: string | null = null, maxTokens = 100, more: object = {}): Reply => {
    const own = ++id;
    const llama = { _bindings: { AddonSampler: Sampler } } as unknown as Llama;
    const deps = { llama, send: (message: FromHost) => void sent.push(message), monotonicMs, now: () => 0 };
    const rest = { after: () => () => undefined, stopped: () => stopped.has(own), grammar: null };
    return createReply(
      { ...deps, ...rest },
      loaded,
      { id: own, messages: [{ role: 'user', text }], sampling: { maxTokens }, stateKey, ...more },
      0,
    );
  };
  const textOf = (which: number): string =>
    sent.map((message) => (message.t === 'delta' && message.id === which ? message.text : '')).join('');
  const endOf = (which: number) => sent.find((message) => message.t === 'end' && message.id === which);
  return { scheduler, reply, steps, copies, threads, textOf, endOf, stopped, failed, sent };
}

describe('several replies on one context', () => {
  it('are each what they would be alone', async () => {
    const { scheduler, reply, textOf } = build();
    const prompts = ['1', '2', '33', '4', '5', '6', '7'];
    for (const text of prompts) scheduler.add(reply(text));
    await scheduler.idle();
    expect(prompts.map((_, at) => textOf(at + 1))).toEqual(['2345678', '345678', '45678', '5678', '678', '78', '8']);
  });

  it('are computed in one step', async () => {
    const { scheduler, reply, steps } = build();
    for (let i = 0; i < 8; i++) scheduler.add(reply('1'));
    await scheduler.idle();
    expect(Math.max(...steps.map((parts) => parts.length))).toBe(8);
    const inOrder = (parts: readonly Part[]): boolean =>
      parts.every(({ sequence }, at) => at === 0 || sequence > (parts[at - 1]?.sequence ?? 0));
    expect(steps.every(inOrder)).toBe(true);
  });

  it('go on while a long prompt of somebody else is read', async () => {
    const { scheduler, reply, steps, endOf } = build();
    scheduler.add(reply('1'));
    scheduler.add(reply('0'.repeat(200)));
    await scheduler.idle();
    const kinds = steps.map((parts) => (parts.some(({ tokens }) => tokens.length > 1) ? 'prompt' : 'token'));
    // Never two parts of the prompt in a row while the first is being answered.
    expect(kinds.slice(1, 6).join(' ')).not.toContain('prompt prompt');
    expect(endOf(1)).toMatchObject({ finish: 'stop', tokensOut: 7 });
    expect(endOf(2)).toMatchObject({ finish: 'stop', tokensIn: 200 });
  });

  it('wait for a sequence when there are more of them, and lose nothing', async () => {
    const { scheduler, reply, textOf } = build({ sequences: 2 });
    for (let i = 0; i < 5; i++) scheduler.add(reply('5'));
    await scheduler.idle();
    expect([1, 2, 3, 4, 5].map(textOf)).toEqual(['678', '678', '678', '678', '678']);
  });

  it('compute a beginning they share once', async () => {
    const { scheduler, reply, copies, endOf } = build();
    const system = '1234'.repeat(20);
    scheduler.add(reply(`${system}5`));
    scheduler.add(reply(`${system}6`));
    scheduler.add(reply(`${system}7`));
    await scheduler.idle();
    expect(copies).toHaveLength(2);
    expect([1, 2, 3].map((id) => endOf(id))).toMatchObject([
      { tokensCached: 0 },
      { tokensCached: 80 },
      { tokensCached: 80 },
    ]);
  });

  it('keep the state of each conversation', async () => {
    const { scheduler, reply, endOf } = build();
    scheduler.add(reply('123456', 'a'));
    scheduler.add(reply('246', 'b'));
    await scheduler.idle();
    scheduler.add(reply('12345678', 'a'));
    await scheduler.idle();
    expect(endOf(3)).toMatchObject({ tokensIn: 8, tokensCached: 7 });
  });

  it('end for one without ending for the others when it is stopped', async () => {
    const { scheduler, reply, stopped, endOf, textOf } = build();
    scheduler.add(reply('1'));
    scheduler.add(reply('2'));
    stopped.add(1);
    await scheduler.idle();
    expect(endOf(1)).toMatchObject({ finish: 'cancelled' });
    expect(textOf(2)).toBe('345678');
  });

  it('are told that they were stopped while a part of their prompt is computed', async () => {
    const { scheduler, reply, stopped, endOf, steps, sent } = build();
    scheduler.add(reply('0'.repeat(30)));
    scheduler.noteStop();
    expect(endOf(1)).toBeUndefined();
    stopped.add(1);
    // The part is asked for and nothing came back of it yet.
    while (!endOf(1)) {
      expect(steps).toHaveLength(0);
      scheduler.noteStop();
      await Promise.resolve();
    }
    await scheduler.idle();
    expect(sent.filter(({ t }) => t === 'end')).toMatchObject([{ id: 1, finish: 'cancelled', tokensOut: 0 }]);
  });

  it('all end when the engine fails, each told once', async () => {
    const { scheduler, reply, failed, sent } = build({ failAt: 4 });
    for (let i = 0; i < 3; i++) scheduler.add(reply('1'));
    await scheduler.idle();
    expect(failed).toHaveLength(3);
    expect(sent.some(({ t }) => t === 'end')).toBe(false);
  });

  it('keep the prompt threads that were measured when prompts are too short to judge them', async () => {
    const { scheduler, reply, endOf } = build();
    scheduler.add(reply('111111', 'k'));
    await scheduler.idle();
    scheduler.add(reply('111111222', 'k'));
    await scheduler.idle();
    for (const id of [1, 2]) expect(endOf(id)).toMatchObject({ attributes: { threadsPrefill: 2 } });
  });

  it('end before a text they were asked to stop at', async () => {
    const { scheduler, reply, textOf, endOf } = build();
    scheduler.add(reply('1', null, 100, { stop: ['56'] }));
    await scheduler.idle();
    expect(textOf(1)).toBe('234');
    expect(endOf(1)).toMatchObject({ finish: 'stop' });
  });

  it('tell how probable their tokens were when asked', async () => {
    const { scheduler, reply, endOf } = build();
    scheduler.add(reply('1', null, 100, { probability: true }));
    scheduler.add(reply('1'));
    await scheduler.idle();
    expect(endOf(1)).toMatchObject({ attributes: { meanProbability: 0.5 } });
    expect(endOf(2)).not.toHaveProperty('attributes.meanProbability');
  });

  it('end with length at the limit asked for', async () => {
    const { scheduler, reply, endOf } = build();
    scheduler.add(reply('1', null, 3));
    await scheduler.idle();
    expect(endOf(1)).toMatchObject({ finish: 'length', tokensOut: 3 });
  });
});
