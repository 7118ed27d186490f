import { describe, expect, it } from 'vitest';
import type { Feedback } from '../../../electron/contract/entities/chat.ts';
import { sharesOf, wilson } from './shares.ts';

const rating = (modelId: string | null, promptVersionId: string | null, up: boolean): Feedback => ({
  id: 'f',
  messageId: 'm',
  conversationId: 'c',
  traceId: 't',
  rating: up ? 'up' : 'down',
  reason: null,
  note: '',
  modelId,
  modelName: modelId,
  promptVersionId,
  route: 'local',
  question: '',
  answer: '',
  createdAt: 0,
});

describe('shares of good answers', () => {
  it('are kept apart by model and by prompt version, most rated first', () => {
    const shares = sharesOf([
      rating('a', null, true),
      rating('a', 'v1', true),
      rating('a', 'v1', false),
      rating('a', 'v1', true),
      rating('b', 'v1', false),
    ]);
    expect(shares.map(({ modelId, promptVersionId, up, down }) => [modelId, promptVersionId, up, down])).toEqual([
      ['a', 'v1', 2, 1],
      ['a', null, 1, 0],
      ['b', 'v1', 0, 1],
    ]);
    expect(shares[0]?.good).toBeCloseTo(2 / 3);
  });

  it('say how little one rating tells', () => {
    const { low, high } = wilson(1, 1);
    expect(low).toBeCloseTo(0.207, 2);
    expect(high).toBe(1);
  });

  it('narrow with more ratings', () => {
    const few = wilson(8, 10);
    const many = wilson(800, 1000);
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 4);
  });
});
