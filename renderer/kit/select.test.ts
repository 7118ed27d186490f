import { describe, expect, it } from 'vitest';
import { optionTyped, optionsWith } from './select.tsx';

const options = ['Automatic', 'Local only', 'Llama', 'Qwen'].map((label) => ({ value: label, label }));

describe('searching a select', () => {
  const models = [
    { value: 'local/small', label: 'Small', group: 'This machine' },
    { value: 'acme/big', label: 'Big', group: 'Acme' },
    { value: 'rack/big', label: 'Big', group: 'Rack' },
  ];
  const found = (typed: string) => optionsWith(models, typed).map(({ value }) => value);

  it('looks for every word in name, heading and value', () => {
    expect(found('big')).toEqual(['acme/big', 'rack/big']);
    expect(found('rack BIG')).toEqual(['rack/big']);
    expect(found('machine')).toEqual(['local/small']);
  });
  it('keeps all for nothing and none for what is nowhere', () => {
    expect(found('  ')).toHaveLength(3);
    expect(found('big machine')).toEqual([]);
  });
});

describe('typing in a select', () => {
  it('finds the next option with that letter', () => {
    expect(optionTyped(options, 'l', 0)).toBe(1);
    expect(optionTyped(options, 'l', 1)).toBe(2);
  });
  it('walks on when the same letter is typed again', () => {
    expect(optionTyped(options, 'll', 1)).toBe(2);
    expect(optionTyped(options, 'lll', 2)).toBe(1);
  });
  it('narrows with more letters, staying where it is when that fits', () => {
    expect(optionTyped(options, 'lo', 1)).toBe(1);
    expect(optionTyped(options, 'qw', 1)).toBe(3);
  });
  it('passes over what cannot be chosen and finds nothing for other letters', () => {
    expect(optionTyped([{ value: 'a', label: 'A', disabled: true }], 'a', 0)).toBe(-1);
    expect(optionTyped(options, 'x', 0)).toBe(-1);
  });
});
