import { describe, expect, it } from 'vitest';
import { createThoughtLine } from './thought-line.ts';

const make = () => {
  let now = 0;
  return { line: createThoughtLine({ monotonicMs: () => now }), wait: (ms: number) => (now += ms) };
};

describe('the line of what a model thinks', () => {
  it('is the last one, on one line', () => {
    const { line } = make();
    expect(line.add('First I look.\nThen\tI  count.\n')).toBe('Then I count.');
  });

  it('comes no more often than a person can follow', () => {
    const { line, wait } = make();
    expect(line.add('One')).toBe('One');
    expect(line.add(' two')).toBeNull();
    wait(300);
    expect(line.add(' three')).toBe('One two three');
  });

  it('keeps its end when it is long, from a whole word on', () => {
    const { line } = make();
    const said = line.add('word '.repeat(100)) ?? '';
    expect(said).toMatch(/^…word word/u);
    expect(said.length).toBeLessThanOrEqual(73);
  });

  it('says nothing of blanks, and begins anew when another model answers', () => {
    const { line } = make();
    expect(line.add(' \n ')).toBeNull();
    expect(line.add('old')).toBe('old');
    line.reset();
    expect(line.add('new')).toBe('new');
  });
});
