import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLevelBytes, createStopScanner, createTextJoiner, sentencePieceByte, unfinishedTail } from './text.ts';
import type { Piece } from './text.ts';

const bytesPiece = (bytes: Uint8Array): Piece => ({ text: '', bytes });
const join = (pieces: readonly Piece[]): string[] => {
  const joiner = createTextJoiner();
  return [...pieces.map((piece) => joiner.push(piece)), joiner.finish()];
};
const cut = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
};

describe('joining tokens to text', () => {
  it('gives the same text however the bytes are cut into tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(60)), (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        expect(join(cut(bytes, cuts).map(bytesPiece)).join('')).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
        );
      }),
    );
  });

  it('gives what a decoder gives for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(60)), (bytes, cuts) => {
        expect(join(cut(bytes, cuts).map(bytesPiece)).join('')).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
        );
      }),
    );
  });

  it('never cuts a surrogate pair', () => {
    const parts = join([...new TextEncoder().encode('a😀b')].map((byte) => bytesPiece(Uint8Array.of(byte))));
    expect(parts.filter((part) => part !== '')).toEqual(['a', '😀', 'b']);
  });

  it('passes whole text through while nothing is held', () => {
    expect(
      join([{ text: ' whole', bytes: null }, bytesPiece(Uint8Array.of(0xe2)), { text: 'x', bytes: null }]),
    ).toEqual([' whole', '', '\uFFFDx', '']);
  });

  it('holds back at most three bytes', () => {
    expect(unfinishedTail(Uint8Array.of(0x41, 0xf0, 0x9f, 0x98))).toBe(3);
    expect(unfinishedTail(Uint8Array.of(0xf0, 0x9f, 0x98, 0x80))).toBe(0);
    expect(unfinishedTail(Uint8Array.of(0x80, 0x80, 0x80))).toBe(0);
  });
});

describe('reading vocabulary entries', () => {
  it('turns byte-level entries back into bytes', () => {
    expect(byteLevelBytes('Ġé')).toEqual(Uint8Array.of(0x20, 0xe9));
    expect(byteLevelBytes('日')).toBeNull();
  });

  it('knows SentencePiece bytes from words', () => {
    expect(sentencePieceByte('<0xE2>')).toEqual(Uint8Array.of(0xe2));
    expect(sentencePieceByte('▁word')).toBeNull();
  });
});

describe('looking for stop texts', () => {
  it('finds one however the text arrives, and shows only what is before it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab\n#]{0,12}$/), fc.array(fc.nat(30)), (before, cuts) => {
        const text = `${before}\n### Human more`;
        const expected = text.slice(0, text.indexOf('\n### Human'));
        const scanner = createStopScanner(['\n### Human']);
        const at = [0, ...cuts.map((c) => c % text.length).sort((a, b) => a - b), text.length];
        let shown = '';
        let stopped = false;
        for (let i = 1; i < at.length && !stopped; i++) {
          const found = scanner.push(text.slice(at[i - 1], at[i]));
          shown += found.text;
          stopped = found.stopped;
        }
        expect([shown, stopped]).toEqual([expected, true]);
      }),
    );
  });

  it('gives back what looked like a stop text and was none', () => {
    const scanner = createStopScanner(['\nUser:']);
    expect(scanner.push('hi\nUs').text).toBe('hi');
    expect(scanner.push('age').text).toBe('\nUsage');
    expect(scanner.push('\n').text + scanner.finish()).toBe('\n');
  });
});
