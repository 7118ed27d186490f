import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeptStates } from './kept-states.ts';
import type { LoadedModel } from './loaded-model.ts';
import { createKnownReplies, createSlots } from './slots.ts';
import { stateFileName } from './state-file.ts';

let folder: string;
let states: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-kept-'));
  states = join(folder, 'states');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const TOKENS = Array.from({ length: 200 }, (_, i) => i + 1);

/** A model in name only: its engine writes and reads tokens as JSON. */
function model(options: { saving?: () => void; windowTokens?: number | null } = {}) {
  const path = join(folder, 'model.gguf');
  writeFileSync(path, 'a model');
  const slots = createSlots(2);
  const calls: string[] = [];
  const addon = {
    disposeSequence: (id: number) => void calls.push(`dispose ${String(id)}`),
    saveSequenceStateToFile(file: string, _id: number, tokens: Uint32Array) {
      options.saving?.();
      writeFileSync(file, JSON.stringify([...tokens]));
      return Promise.resolve(1);
    },
    loadSequenceStateFromFile: () => Promise.resolve(Uint32Array.from(TOKENS)),
  };
  const loaded = {
    spec: { modelId: 'local/m', path, sizeBytes: 7, measurement: null },
    backend: 'cpu',
    plan: { gpuLayers: 0, cacheType: 'F16' },
    shape: { stateElements: 10 },
    windowTokens: options.windowTokens ?? null,
    replies: createKnownReplies(),
    context: () => ({ addon, slots, contextTokens: 1000 }),
  } as unknown as LoadedModel;
  const kept = createKeptStates(loaded, {
    place: { folder: states, mostBytes: 1e6 },
    llama: { llamaCppRelease: { repo: 'r', release: 'b1' } },
    promptSpeed: () => 100,
    now: () => 1,
    onTrouble: () => undefined,
  });
  /** A reply that was made in its slot, and what the slot holds now. */
  const reply = async (stateKey: string, tokens: readonly number[]) => {
    const slot = slots.take(stateKey);
    if (!slot) throw new Error('There is one.');
    await kept.restore(slot, tokens);
    slot.tokens = [...tokens];
    slots.giveBack(slot);
    return slot;
  };
  return { loaded, kept, slots, reply, calls };
}

const files = (): string[] => readdirSync(states).filter((name) => name.endsWith('.state') || name.endsWith('.tmp'));

describe('what is kept of conversations', () => {
  it('is only what was allowed, and nothing of one that is private from now on', async () => {
    const { kept, reply } = model();
    kept.allow('open', true);
    kept.allow('private', false);
    await reply('open', TOKENS);
    await reply('private', TOKENS);
    await kept.save();
    expect(files()).toEqual([stateFileName('open')]);
    kept.allow('open', false);
    expect(files()).toEqual([]);
  });

  it('is never what a private conversation left in a slot that another one took but did not begin in', async () => {
    const { kept, slots, reply } = model();
    kept.allow('private', false);
    kept.allow('open', true);
    await reply('private', TOKENS);
    for (const slot of slots.all) slot.key = null;
    const taken = slots.take('open');
    expect(taken?.key).toBe('open');
    for (const slot of slots.all) slot.tokens = [...TOKENS];
    if (taken) slots.giveBack(taken);
    await kept.save();
    expect(files()).toEqual([]);
  });

  it('is not kept when the conversation is deleted while it is being written', async () => {
    let forget: () => void = () => undefined;
    const { kept, reply } = model({ saving: () => forget() });
    forget = () => kept.forget('open');
    kept.allow('open', true);
    await reply('open', TOKENS);
    await kept.save();
    expect(files()).toEqual([]);
  });

  it('is read back into the slot of its conversation, with replies as they were generated', async () => {
    const first = model();
    first.kept.allow('open', true);
    first.loaded.replies.remember('said', TOKENS.slice(50, 60));
    first.loaded.replies.remember('elsewhere', [7, 7]);
    await first.reply('open', TOKENS);
    await first.kept.save();
    const second = model();
    expect(second.loaded.replies.all()).toEqual([{ text: 'said', tokens: TOKENS.slice(50, 60) }]);
    const slot = second.slots.take('open');
    expect(slot && (await second.kept.restore(slot, [...TOKENS, 9]))).toBe(true);
    expect(slot?.tokens).toEqual(TOKENS);
  });

  it('is left alone when it says nothing of this prompt, and dropped for another model file', async () => {
    const first = model();
    first.kept.allow('open', true);
    await first.reply('open', TOKENS);
    await first.kept.save();
    const edited = model();
    const slot = edited.slots.take('open');
    expect(slot && (await edited.kept.restore(slot, [...TOKENS.slice(0, 10), 9]))).toBe(false);
    expect(files()).toHaveLength(1);
    const other = model();
    writeFileSync(other.loaded.spec.path, 'another model');
    const again = createKeptStates(other.loaded, {
      place: { folder: states, mostBytes: 1e6 },
      llama: { llamaCppRelease: { repo: 'r', release: 'b1' } },
      promptSpeed: () => 100,
      now: () => 1,
      onTrouble: () => undefined,
    });
    const taken = other.slots.take('open');
    expect(taken && (await again.restore(taken, [...TOKENS, 9]))).toBe(false);
    expect(files()).toEqual([]);
  });

  it('is nothing where a model’s attention has a window', async () => {
    const { kept, reply } = model({ windowTokens: 64 });
    kept.allow('open', true);
    await reply('open', TOKENS);
    await kept.save();
    expect(() => readdirSync(states)).toThrow('ENOENT');
  });
});
