import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStopCutter } from './stop.ts';

function cut(deltas: readonly string[], stops: readonly string[]): string {
  const cutter = createStopCutter(stops);
  let out = '';
  for (const delta of deltas) {
    const step = cutter.push(delta);
    out += step.text;
    if (step.stopped !== null) return out;
  }
  return out + cutter.rest();
}

describe('cutting an answer at its stop sequences', () => {
  it('says nothing of a stop sequence that arrives in pieces', () => {
    expect(cut(['one E', 'N', 'D two'], ['END'])).toBe('one ');
  });

  it('gives back what looked like a stop sequence and was none', () => {
    expect(cut(['one E', 'N', 'ough'], ['END'])).toBe('one ENough');
  });

  it('passes text through unheld when there is no stop sequence', () => {
    expect(createStopCutter(['']).push('abc')).toEqual({ text: 'abc', stopped: null });
  });

  it('names the one that ended the answer', () => {
    const cutter = createStopCutter(['THE END', 'END', 'x']);
    expect(cutter.push('one TH')).toEqual({ text: 'one ', stopped: null });
    expect(cutter.push('E END x')).toEqual({ text: '', stopped: 'THE END' });
  });

  it('cuts where the whole text would be cut, however it was split', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
    const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 8 }), fc.array(stop, { maxLength: 3 }), (deltas, stops) => {
        const whole = deltas.join('');
        // The reader stops at the sequence that is complete first; of those that end together, at the earliest start.
        const got = cut(deltas, stops);
        expect(whole.startsWith(got)).toBe(true);
        const places = stops.map((s) => whole.indexOf(s)).filter((at) => at >= 0);
        if (places.length === 0) expect(got).toBe(whole);
        else {
          expect(got.length).toBeLessThan(whole.length);
          expect(stops.some((s) => whole.startsWith(s, got.length))).toBe(true);
          expect(stops.some((s) => got.includes(s))).toBe(false);
        }
      }),
    );
  });
});
