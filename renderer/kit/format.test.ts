import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatLanguage,
  formatSpeed,
  formatTokens,
  formatUsd,
  formatWhen,
} from './format.ts';

describe('numbers with their units', () => {
  it.each([
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [84, '84 ms'],
    [1430, '1.4 s'],
    [42_000, '42 s'],
    [150_000, '2.5 min'],
  ])('say a duration of %d ms as %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it('say nothing where nothing is known', () => {
    for (const format of [formatDuration, formatTokens, formatSpeed, formatUsd, formatBytes]) {
      expect(format(null)).toBe('–');
    }
  });

  it('name a language where the person reads, and leave what is none', () => {
    expect([formatLanguage('en'), formatLanguage('zh'), formatLanguage('not a tag')]).toEqual([
      'English',
      'Chinese',
      'not a tag',
    ]);
  });

  it('count one token and many', () => {
    expect(formatTokens(1)).toBe('1 token');
    expect(formatTokens(2048)).toBe('2,048 tokens');
  });

  it('show small costs with four places and none as zero', () => {
    expect([0, 0.0021, 12.5].map(formatUsd)).toEqual(['$0', '$0.0021', '$12.50']);
  });

  it('never show a thousand or more of a unit of bytes below the largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000_000_000 }), (bytes) => {
        const [value = ''] = formatBytes(bytes).split(' ');
        expect(Number(value.replace(/,/g, ''))).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('name the hour today and the day before that', () => {
    const noon = new Date(2026, 10, 23, 12, 0).getTime();
    expect(formatWhen(noon, noon + 3_600_000)).toMatch(/12:00/);
    expect(formatWhen(noon, noon + 3 * 86_400_000)).toBe('Nov 23');
    expect(formatWhen(noon, new Date(2027, 5, 1).getTime())).toBe('Nov 23, 2026');
  });
});
