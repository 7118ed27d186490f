import { describe, expect, it } from 'vitest';
import { optionTyped } from './select.tsx';

const options = ['Automatic', 'Local only', 'Llama', 'Qwen'].map((label) => ({ value: label, label }));

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
