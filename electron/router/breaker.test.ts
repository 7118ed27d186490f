import { describe, expect, it } from 'vitest';
import { createBreaker, OPEN_MS } from './breaker.ts';

function make() {
  let now = 1000;
  const breaker = createBreaker({ now: () => now });
  return { breaker, pass: (ms: number) => void (now += ms) };
}

describe('the breaker of a model', () => {
  it('opens after three losses in a row', () => {
    const { breaker } = make();
    breaker.lost('m', 'local_crash');
    breaker.lost('m', 'timeout');
    expect(breaker.openUntil('m')).toBeNull();
    breaker.lost('m', 'local_crash');
    expect(breaker.openUntil('m')).toBe(1000 + OPEN_MS);
  });

  it('starts counting anew after an answer', () => {
    const { breaker } = make();
    breaker.lost('m', 'local_crash');
    breaker.lost('m', 'local_crash');
    breaker.won('m');
    breaker.lost('m', 'local_crash');
    expect(breaker.openUntil('m')).toBeNull();
  });

  it('lets one try through when its time is over, and opens again on one loss', () => {
    const { breaker, pass } = make();
    for (let i = 0; i < 3; i++) breaker.lost('m', 'local_crash');
    pass(OPEN_MS);
    expect(breaker.openUntil('m')).toBeNull();
    breaker.lost('m', 'local_crash');
    expect(breaker.openUntil('m')).not.toBeNull();
  });

  it('does not count what is no loss of the model', () => {
    const { breaker } = make();
    for (const code of ['cancelled', 'context_length', 'empty_output', 'internal', 'storage_full'] as const)
      for (let i = 0; i < 3; i++) breaker.lost('m', code);
    expect(breaker.openUntil('m')).toBeNull();
  });

  it('knows models apart', () => {
    const { breaker } = make();
    for (let i = 0; i < 3; i++) breaker.lost('m', 'local_crash');
    expect(breaker.openUntil('other')).toBeNull();
  });
});
