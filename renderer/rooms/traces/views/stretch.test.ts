import { describe, expect, it } from 'vitest';
import { formatStretch } from './stretch.ts';

const at = (day: number, hour: number): number => new Date(2026, 4, day, hour).getTime();

describe('a stretch of time', () => {
  it('names its day once, and both where it crosses midnight', () => {
    expect(formatStretch({ since: at(3, 14), until: at(3, 16) - 1 })).toBe('May 3 02:00 PM – 04:00 PM');
    expect(formatStretch({ since: at(3, 14), until: at(4, 2) - 1 })).toBe('May 3 02:00 PM – May 4 02:00 AM');
  });

  it('ends at midnight on its own day', () => {
    expect(formatStretch({ since: at(3, 20), until: at(4, 0) - 1 })).toBe('May 3 08:00 PM – 12:00 AM');
  });
});
