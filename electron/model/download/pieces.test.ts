import { describe, expect, it } from 'vitest';
import { createPieces } from './pieces.ts';

const MIB = 1024 * 1024;
/** Lengths of the first requests to a source that answers after `turnMs` and then sends so many bytes an ms. */
function asked(sizeBytes: number, turnMs: number, bytesPerMs: number, firstTurnMs = turnMs, count = 12): number[] {
  const pieces = createPieces(sizeBytes);
  return Array.from({ length: count }, (_, i) => {
    const bytes = pieces.next();
    if (bytes !== Infinity) pieces.went(i === 0 ? firstTurnMs : turnMs, bytes / bytesPerMs, bytes);
    return bytes;
  });
}

describe('how much of a file one request asks for', () => {
  it('is little where the source answers at once, however often', () => {
    expect(new Set(asked(8 * MIB, 0.5, 2048))).toEqual(new Set([16 * 1024]));
  });

  it('grows until asking costs an eighth of the time', () => {
    const last = asked(8 * MIB, 0.5, 100 * 1024, 0.5, 200).at(-1) ?? 0;
    expect(0.5 / (0.5 + last / (100 * 1024))).toBeCloseTo(1 / 8, 3);
  });

  it('does not grow for a body that lay ready in a buffer once', () => {
    const pieces = createPieces(8 * MIB);
    for (const bodyMs of [8, 8, 8, 0, 8]) pieces.went(1, bodyMs, 16 * 1024);
    expect(pieces.next()).toBe(16 * 1024);
  });

  it('is everything where the source is far away, which one slow answer does not say', () => {
    const far = asked(8 * MIB, 40, 10_000);
    expect([far.slice(0, 5).includes(Infinity), far[5]]).toEqual([false, Infinity]);
  });

  it('does not take the first answer, which had to connect, for the distance of the source', () => {
    expect(asked(8 * MIB, 1, 2048, 900)[5]).toBe(16 * 1024);
  });

  it('is at least a thousandth part of a large file', () => {
    expect(asked(4096 * MIB, 0.5, 2048)[0]).toBe(4 * MIB);
  });

  it('goes by the quickest of the last answers, not by one that met a busy machine', () => {
    const pieces = createPieces(8 * MIB);
    for (const turnMs of [1, 1, 1, 200]) pieces.went(turnMs, 8, 16 * 1024);
    expect(pieces.next()).toBe(16 * 1024);
  });

  it('is short again when a source has come near', () => {
    const pieces = createPieces(8 * MIB);
    for (let i = 0; i < 3; i++) pieces.went(20, 8, 16 * 1024);
    const far = pieces.next();
    for (let i = 0; i < 3; i++) pieces.went(1, 8, 16 * 1024);
    expect(far).toBeGreaterThan(64 * 1024);
    expect(pieces.next()).toBe(16 * 1024);
  });
});
