import { describe, expect, it } from 'vitest';
import { createThreadChoice } from './thread-choice.ts';

/** Reads texts of 100 tokens at these speeds (tokens a second by thread count); the counts that were used. */
function read(speeds: Readonly<Record<number, number>>, { free = 4, texts = 8 } = {}): number[] {
  const choice = createThreadChoice(4, () => free);
  return Array.from({ length: texts }, () => {
    const threads = choice.next();
    choice.note(threads, 100, 100_000 / (speeds[threads] ?? 1));
    return threads;
  });
}

describe('threads of the next text', () => {
  it('grow while that helps, and the fastest count goes on', () => {
    expect(read({ 1: 100, 2: 190, 3: 260, 4: 300 })).toEqual([1, 2, 3, 4, 4, 4, 4, 4]);
    expect(read({ 1: 100, 2: 190, 3: 120, 4: 300 })).toEqual([1, 2, 3, 2, 2, 2, 2, 2]);
  });

  it('stay at one where a second one makes it slower, at the cost of one text', () => {
    expect(read({ 1: 1682, 2: 240, 3: 27 })).toEqual([1, 2, 1, 1, 1, 1, 1, 1]);
  });

  it('are never more than the cores that others leave free', () => {
    expect(Math.max(...read({ 1: 1, 2: 2, 3: 3, 4: 4 }, { free: 2 }))).toBe(2);
  });

  it('learn nothing from a text of few tokens', () => {
    const choice = createThreadChoice(2, () => 2);
    choice.note(1, 3, 1);
    expect(choice.next()).toBe(1);
  });
});
