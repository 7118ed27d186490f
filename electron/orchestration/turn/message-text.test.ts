import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_CHARS } from '../../contract/names.ts';
import { cleanMessage, titleFrom } from './message-text.ts';

// Any UTF-16 units at all, lone surrogates included.
const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));

describe('cleaning a message', () => {
  it('refuses text with nothing in it', () => {
    expect(() => cleanMessage(' \n\t ')).toThrow(/empty/);
    expect(() => cleanMessage('\u0000\u0007')).toThrow(/empty/);
  });

  it('refuses text over the limit and names the limit', () => {
    expect(() => cleanMessage('a'.repeat(MAX_MESSAGE_CHARS + 1))).toThrow(/1,000,000/);
    expect(cleanMessage('a'.repeat(MAX_MESSAGE_CHARS))).toHaveLength(MAX_MESSAGE_CHARS);
  });

  it('keeps right-to-left text, emoji, tabs and line breaks', () => {
    const text = 'שלום\tעולם\n👩‍👩‍👧 ok';
    expect(cleanMessage(text)).toBe(text);
  });

  it('turns every line end into a line feed', () => {
    expect(cleanMessage('a\r\nb\rc')).toBe('a\nb\nc');
  });

  it('leaves no control character and no lone surrogate, whatever comes in', () => {
    fc.assert(
      fc.property(units, (text) => {
        const clean = cleanMessage(`x${text}\ud800`);
        expect(clean.isWellFormed()).toBe(true);
        expect(Array.from(clean).some((c) => c !== '\n' && c !== '\t' && c < ' ')).toBe(false);
      }),
    );
  });
});

describe('making a title', () => {
  it('takes the first line that says something, without its Markdown marks', () => {
    expect(titleFrom('\n\n## Plan a trip\nto Oslo')).toBe('Plan a trip');
  });

  it('cuts a long line at a word', () => {
    const title = titleFrom('word '.repeat(40));
    expect(title.endsWith('word…')).toBe(true);
    expect(title.length).toBeLessThanOrEqual(61);
  });

  it('never cuts an emoji in half', () => {
    const family = '👩‍👩‍👧';
    expect(titleFrom(family.repeat(100))).toBe(`${family.repeat(60)}…`);
  });
});
