import { describe, expect, it } from 'vitest';
import { readUsd, readWhole } from './amounts.ts';

describe('amounts as a person types them', () => {
  it.each([
    ['', null],
    [' $2.50 ', 2.5],
    ['2,5', 2.5],
    ['0', 0],
    ['0,005', 0.005],
    ['1.000', 1],
    ['1,000', undefined],
    ['12,500,000', undefined],
    ['1,000.50', 1000.5],
    ['1.000,50', 1000.5],
    ['1,00,0.5', undefined],
    ['-1', undefined],
    ['1000001', undefined],
    ['two', undefined],
  ])('“%s” in USD is %s', (typed, value) => {
    expect(readUsd(typed)).toBe(value);
  });

  it.each([
    ['', null],
    [' 8 ', 8],
    ['0', undefined],
    ['1.5', undefined],
    ['101', undefined],
    ['many', undefined],
  ])('“%s” as a whole number up to 100 is %s', (typed, value) => {
    expect(readWhole(typed, 100)).toBe(value);
  });
});
