import { describe, expect, it } from 'vitest';
import { folded } from './fold.ts';

const same = (row: string): boolean => row === '=';
const show = (rows: string, open: readonly number[] = []): string =>
  folded([...rows], same, new Set(open))
    .map((item) => (item.fold ? `[${String(item.count)}]` : item.row))
    .join('');

describe('folding unchanged lines', () => {
  it('keeps three around each change', () => {
    expect(show('+==========+')).toBe('+===[4]===+');
  });

  it('keeps none before the first line and after the last', () => {
    expect(show('========+========')).toBe('[5]===+===[5]');
  });

  it('leaves runs alone that would hide two lines or fewer', () => {
    expect(show('+========+')).toBe('+========+');
    expect(show('=====+')).toBe('=====+');
  });

  it('shows a run that was opened', () => {
    expect(show('+==========+', [4])).toBe('+==========+');
  });
});
