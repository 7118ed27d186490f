import { describe, expect, it } from 'vitest';
import { parseWhen } from './when.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

describe('reading a moment', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['2h', NOW - 7_200_000],
    ['1w', NOW - 604_800_000],
    ['2026-11-23T10:00:00Z', NOW - 7_200_000],
    [String(NOW), NOW],
  ])('reads %s', (text, expected) => {
    expect(parseWhen(text, NOW)).toBe(expected);
  });

  it('reads a bare date as midnight of this machine', () => {
    expect(parseWhen('2026-11-23', NOW)).toBe(new Date(2026, 10, 23).getTime());
  });

  it.each(['', 'yesterday', '5', '5y', '2026-13-40', '-3h'])('refuses %j and shows how to write one', (text) => {
    expect(() => parseWhen(text, NOW)).toThrow('write 90m, 2h, 7d');
  });
});
