import { describe, expect, it } from 'vitest';
import { isSoftwareCard } from './step-back.ts';

describe('a card that is a program', () => {
  it.each([['llvmpipe (LLVM 19.1.7, 256 bits)'], ['SwiftShader Device (Subzero)']])(
    'is known by its name: %s',
    (name) => {
      expect(isSoftwareCard(['NVIDIA H200', name])).toBe(true);
    },
  );

  it('is none of those that are made of silicon', () => {
    expect(isSoftwareCard(['NVIDIA GeForce RTX 4090', 'AMD Radeon RX 7900 XTX', 'Intel(R) Arc(tm) A770'])).toBe(false);
    expect(isSoftwareCard([])).toBe(false);
  });
});
