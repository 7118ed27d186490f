import { describe, expect, it } from 'vitest';
import { penaltiesOf } from './reply.ts';

const prompt = Array.from({ length: 100 }, (_, token) => token);

describe('penalties of a reply', () => {
  it.each([{}, { repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 }])(
    'are none where all are off: %j',
    (sampling) => {
      expect(penaltiesOf(sampling, prompt)).toEqual({});
    },
  );

  it('hold each by itself, over what was said last', () => {
    const lately = { repeatPenaltyMaxTokens: 64, repeatPenaltyTokens: Uint32Array.from(prompt.slice(36)) };
    const off = { repeatPenalty: 1, repeatPenaltyPresencePenalty: 0, repeatPenaltyFrequencyPenalty: 0, ...lately };
    expect(penaltiesOf({ repeatPenalty: 1.2 }, prompt)).toEqual({ ...off, repeatPenalty: 1.2 });
    expect(penaltiesOf({ presencePenalty: -1 }, prompt)).toEqual({ ...off, repeatPenaltyPresencePenalty: -1 });
    expect(penaltiesOf({ frequencyPenalty: 0.5 }, prompt)).toEqual({ ...off, repeatPenaltyFrequencyPenalty: 0.5 });
  });
});
