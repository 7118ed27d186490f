import { describe, expect, it } from 'vitest';
import { createDeltas, MERGE_MS } from './deltas.ts';

function build() {
  let now = 1000;
  let timer: { at: number; run: () => void } | null = null;
  const sent: [string, number][] = [];
  const deltas = createDeltas({
    monotonicMs: () => now,
    after: (ms, run) => {
      timer = { at: now + ms, run };
      return () => (timer = null);
    },
    send: (text, tokens) => sent.push([text, tokens]),
  });
  return {
    deltas,
    sent,
    pass(ms: number): void {
      now += ms;
      if (timer && timer.at <= now) timer.run();
    },
  };
}

describe('merging deltas', () => {
  it('sends the first text at once', () => {
    const { deltas, sent } = build();
    deltas.push('Hello');
    expect(sent).toEqual([['Hello', 1]]);
  });

  it('sends what came within one interval as one, also when nothing follows', () => {
    const { deltas, sent, pass } = build();
    deltas.push('a');
    deltas.push('b');
    pass(MERGE_MS / 2);
    deltas.push('c');
    expect(sent).toHaveLength(1);
    pass(MERGE_MS);
    expect(sent[1]).toEqual(['bc', 2]);
  });

  it('sends each token of a slow model by itself', () => {
    const { deltas, sent, pass } = build();
    for (const text of ['a', 'b', 'c']) {
      deltas.push(text);
      pass(100);
    }
    expect(sent).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('does not let more than 1 KiB wait', () => {
    const { deltas, sent } = build();
    deltas.push('a');
    for (let i = 0; i < 40; i++) deltas.push('x'.repeat(64));
    expect(Math.max(...sent.map(([text]) => text.length))).toBeLessThanOrEqual(1024);
  });

  it('counts tokens that made no text yet with the text they become part of', () => {
    const { deltas, sent } = build();
    deltas.push('');
    deltas.push('é');
    deltas.flush();
    expect(sent).toEqual([['é', 2]]);
  });

  it('keeps the order when it is flushed while a timer runs', () => {
    const { deltas, sent, pass } = build();
    deltas.push('a');
    deltas.push('b');
    deltas.flush();
    pass(MERGE_MS * 2);
    expect(sent.map(([text]) => text).join('')).toBe('ab');
  });
});
