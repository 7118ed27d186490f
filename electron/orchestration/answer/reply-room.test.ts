import { describe, expect, it } from 'vitest';
import { cloudEntry, localEntry } from '../../../test/support/model-entry.ts';
import { replyRoom, shorterReply } from './reply-room.ts';

const far = cloudEntry('acme/big', { contextTokens: 10_000 });
const room = (asked: number | undefined, promptTokens: number, model = far) =>
  replyRoom({ model, contextTokens: model.contextTokens, promptTokens, asked });

describe('how long an answer may be', () => {
  it('is what was asked for where that fits beside the prompt', () => {
    expect(room(2000, 4000)).toEqual({ maxTokens: 2000, roomTokens: undefined });
  });

  it('is what the window leaves where more was asked for, with a prompt that may be a quarter longer than guessed', () => {
    expect(room(10_000, 4000).maxTokens).toBe(5000);
  });

  it('keeps half of what seems to be left, however long the prompt is', () => {
    const wide = cloudEntry('acme/wide', { contextTokens: 200_000 });
    expect(room(64_000, 156_000, wide).maxTokens).toBe(22_000);
    expect(room(64_000, 180_000, wide).maxTokens).toBe(10_000);
    expect(room(undefined, 180_000, { ...wide, maxOutputTokens: 64_000 }).roomTokens).toBe(10_000);
  });

  it('is never less than the history left free for it', () => {
    expect(room(3000, 8900).maxTokens).toBe(1024);
    expect(room(300, 9700).maxTokens).toBe(300);
  });

  it('is not more than the model can write', () => {
    expect(room(8000, 100, { ...far, maxOutputTokens: 1000 }).maxTokens).toBe(1000);
  });

  it('is said without being asked only where less is left than a provider would write by itself', () => {
    const writesMuch = { ...far, maxOutputTokens: 8000 };
    expect(room(undefined, 1000, writesMuch)).toEqual({ maxTokens: undefined, roomTokens: undefined });
    expect(room(undefined, 4000, writesMuch)).toEqual({ maxTokens: undefined, roomTokens: 5000 });
    expect(room(undefined, 4000).roomTokens).toBeUndefined();
    expect(room(undefined, 6000).roomTokens).toBe(2500);
  });

  it('stays as asked for an engine that ends at the end of its context', () => {
    expect(room(10_000, 4000, localEntry('local/a'))).toEqual({ maxTokens: 10_000, roomTokens: undefined });
  });
});

describe('an answer to ask for after “too long”', () => {
  it('is shorter where it was the greater part, and stays where the prompt was', () => {
    expect(shorterReply(far, 4000, 300)).toBe(1000);
    expect(shorterReply(far, 4000, 5000)).toBeNull();
    expect(shorterReply(far, undefined, 10)).toBeNull();
  });

  it('is never asked of the engine, which holds only the prompt against its context', () => {
    expect(shorterReply(localEntry('local/a'), 4000, 300)).toBeNull();
  });

  it('comes to an end', () => {
    expect(shorterReply(far, 100, 10)).toBe(64);
    expect(shorterReply(far, 64, 10)).toBeNull();
  });
});
