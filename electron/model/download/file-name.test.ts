import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbered, safeFileName } from './file-name.ts';

describe('the name of a downloaded file', () => {
  it.each([
    ['Q4/model.gguf', 'model.gguf'],
    ['../../etc/passwd', 'passwd.gguf'],
    ['..\\..\\boot.GGUF', 'boot.gguf'],
    ['.hidden.gguf', 'hidden.gguf'],
    ['con.gguf', 'model-con.gguf'],
    ['LPT1.q4.gguf', 'model-LPT1.q4.gguf'],
    ['', 'model.gguf'],
    ['...', 'model.gguf'],
  ])('%j becomes %s', (given, name) => {
    expect(safeFileName(given)).toBe(name);
  });

  it('never leads out of its folder, hides, or is too long, whatever was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const name = safeFileName(given);
        expect(name).toMatch(/^[^./\\:*?"<>|\p{Cc}][^/\\:*?"<>|\p{Cc}]*\.gguf$/u);
        expect(Buffer.byteLength(numbered(name, 999), 'utf8')).toBeLessThan(255);
        expect(safeFileName(name)).toBe(name);
      }),
      { seed: 9 },
    );
  });
});
