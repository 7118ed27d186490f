import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogueFile, readCatalogue } from './catalogue.ts';

const models = readCatalogue(resolve('resources'));

describe('the catalogue that ships with the app', () => {
  it('holds small and large models for chat, code and embedding', () => {
    expect(new Set(models.map(({ kind }) => kind))).toEqual(new Set(['chat', 'code', 'embedding']));
    const sizes = models.map(({ about }) => about);
    expect(Math.min(...sizes)).toBeLessThan(5e8);
    expect(Math.max(...sizes)).toBeGreaterThan(1e10);
  });

  it('states sizes that a file of so many parameters in this quantisation can have', () => {
    const bits: Record<string, [number, number]> = { Q4_K_M: [4.3, 8.5], Q8_0: [8, 9] };
    for (const { id, about, parameters, quantization } of models) {
      const [low, high] = bits[quantization] ?? [0, 0];
      const perWeight = (about * 8) / parameters;
      expect([id, perWeight > low && perWeight < high]).toEqual([id, true]);
    }
  });

  it('states a sum only with the exact size, and every file whole', () => {
    for (const { id, bytes, sha256, file } of models) {
      expect([id, bytes === undefined]).toEqual([id, sha256 === undefined]);
      expect(file).not.toMatch(/-of-\d{5}/);
    }
  });

  it('is refused with a field that is not known, twice the same id, or a sum without a size', () => {
    const [first] = models;
    const whole = { asOf: '2025-11-24', models: [first] };
    expect(catalogueFile.safeParse(whole).success).toBe(true);
    expect(catalogueFile.safeParse({ ...whole, models: [{ ...first, stars: 5 }] }).success).toBe(false);
    expect(catalogueFile.safeParse({ ...whole, models: [first, first] }).success).toBe(false);
    expect(catalogueFile.safeParse({ ...whole, models: [{ ...first, sha256: 'a'.repeat(64) }] }).success).toBe(false);
  });
});
