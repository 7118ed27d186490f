import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessTokens, writingSpeed } from './tokens.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'e', ' ', 'é', '.'), maxLength: 2000 });
const wide = fc.string({ unit: fc.constantFrom('字', 'か', '한', '…'), maxLength: 2000 });

describe('a guess of tokens', () => {
  it('is four letters a token for alphabets and one a character for the rest', () => {
    fc.assert(
      fc.property(letters, wide, (one, other) => {
        expect(guessTokens(one)).toBe(Math.ceil(one.length / 4));
        expect(guessTokens(other)).toBe(other.length);
      }),
    );
  });

  it('is never more than a token a character, never less than a quarter of one, and grows with what is added', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 900 }),
        fc.string({ unit: 'binary', maxLength: 900 }),
        (one, other) => {
          const tokens = guessTokens(one);
          expect(tokens).toBeLessThanOrEqual(one.length);
          expect(tokens).toBeGreaterThanOrEqual(Math.ceil(one.length / 4));
          expect(guessTokens(one + other)).toBeGreaterThanOrEqual(tokens);
          expect(guessTokens(one + other)).toBeLessThanOrEqual(tokens + guessTokens(other));
        },
      ),
    );
  });

  it('of a long text is within a twentieth of what every character says', () => {
    const text = `${'word '.repeat(50_000)}${'字'.repeat(100_000)}`;
    const exact = 250_000 / 4 + 100_000;
    expect(Math.abs(guessTokens(text) / exact - 1)).toBeLessThan(0.05);
  });
});

describe('how fast a model writes', () => {
  it('is told from what came after the first token', () => {
    expect(writingSpeed(21, 500)).toBe(40);
  });

  it('is not known of one token, nor of an answer that came in one piece', () => {
    expect([writingSpeed(1, 500), writingSpeed(20, 0.004), writingSpeed(20, 0)]).toEqual([null, null, null]);
  });
});
