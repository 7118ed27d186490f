import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../test/flow/storage-kit.ts';
import { createJournal } from './journal.ts';

const asText = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('not a text');
  return value;
};

describe('a journal', () => {
  it('gives back what was written into it, in whatever language and in whatever batches', () => {
    const folder = makeFolder();
    let files = 0;
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1 })), (batches) => {
        const path = join(folder, `journal-${String(files++)}`);
        const journal = createJournal(path, asText);
        for (const batch of batches) expect(journal.append(batch)).toEqual(batch.map((text) => JSON.stringify(text)));
        journal.close();
        // Halves of pairs come back as the same halves: JSON writes them out.
        const again = createJournal(path, asText);
        expect(again.left()).toEqual({ records: batches.flat(), damaged: 0 });
        expect(again.size()).toBe(batches.length === 0 ? 0 : statSync(path).size);
      }),
    );
  });

  it('takes lines longer than the room it keeps, and short ones after them', () => {
    const path = join(makeFolder(), 'journal');
    const journal = createJournal(path, asText);
    const texts = ['ab', '語'.repeat(600_000), 'é'.repeat(30_000), 'c'];
    for (const text of texts) journal.append([text]);
    expect(journal.left().records).toEqual(texts);
    expect(readFileSync(path, 'utf8')).toBe(texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  });
});
