import { describe, expect, it } from 'vitest';
import { createLoopWatch, endsInLoop } from './repetition.ts';

describe('noticing a model that repeats itself', () => {
  it('sees one sentence over and over', () => {
    expect(endsInLoop('I am sorry. '.repeat(300))).toBe(true);
  });

  it('sees one letter over and over', () => {
    expect(endsInLoop('a'.repeat(3000))).toBe(true);
  });

  it('leaves numbered lines alone', () => {
    expect(endsInLoop(Array.from({ length: 800 }, (_, i) => `line ${String(i)}`).join('\n'))).toBe(false);
  });

  it('leaves a short repetition alone', () => {
    expect(endsInLoop(`An answer.\n${'-'.repeat(200)}`)).toBe(false);
  });

  const passage = Array.from({ length: 14 }, (_, i) => `Step ${String(i)} is to look at what is there.`).join('\n');

  it('sees a passage of many lines over and over', () => {
    expect(endsInLoop(`First this.\n${passage.repeat(6)}`)).toBe(true);
    expect(endsInLoop(`First this.\n${passage.repeat(6)}`.slice(0, -30))).toBe(true);
  });

  it('leaves a passage alone that is said three times, and one that changes each time', () => {
    expect(endsInLoop(`First this.\n${passage.repeat(3)}`)).toBe(false);
    expect(endsInLoop(Array.from({ length: 8 }, (_, i) => `Round ${String(i)}\n${passage}`).join('\n'))).toBe(false);
  });

  it('notices while the text grows', () => {
    const watch = createLoopWatch();
    let text = '';
    let noticed = false;
    for (let i = 0; i < 1000 && !noticed; i++) noticed = watch((text += 'again '));
    expect(noticed).toBe(true);
    expect(text.length).toBeLessThan(4000);
  });
});
