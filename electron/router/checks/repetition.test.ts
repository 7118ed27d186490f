import { describe, expect, it } from 'vitest';
import { createLoopWatch, endsInLoop } from './repetition.ts';
import { createScriptCheck } from './script.ts';

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
    for (let i = 0; i < 1000 && !noticed; i++) {
      text += 'again ';
      noticed = watch('again ');
    }
    expect(noticed).toBe(true);
    expect(text.length).toBeLessThan(4000);
  });

  it('notices a long passage at the end of a long text that grows', () => {
    const watch = createLoopWatch();
    const long = Array.from({ length: 250 }, (_, i) => `${String(i)} green `)
      .join('')
      .slice(0, 1990);
    let noticed = false;
    for (let i = 0; i < 2000 && !noticed; i++) noticed = watch(`${String(i)}, ${String(i * i)}; `);
    expect(noticed).toBe(false);
    for (let i = 0; i < 5 && !noticed; i++) noticed = watch(long);
    expect(noticed).toBe(true);
  });

  it('and the script check cost the same at the end of a text of many megabytes as at its beginning', () => {
    const watch = createLoopWatch();
    const script = createScriptCheck([]);
    const filler = Array.from({ length: 300 }, (_, i) => String(i * 7919)).join(' ');
    let noticed = false;
    // Looked at whole each time, all of it together would be copied 40,000 times.
    for (let i = 0; i < 40_000; i++) {
      const piece = `${String(i)} ${filler.slice(i % 700, 512 + (i % 700))}`;
      noticed ||= watch(piece) || script.watch(piece) !== null;
    }
    expect(noticed).toBe(false);
  });
});
