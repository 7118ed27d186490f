import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../native/sqlite/index.ts';
import { makeBegin, makeStore, overwriteTableEnd, playTurn } from '../../test/flow/storage-kit.ts';

/** Snippets of the messages (not titles) that a search finds, marks shown as brackets. */
function found(kit: ReturnType<typeof makeStore>, typed: string): string[] {
  return kit.store.chat
    .search(typed, 50)
    .filter(({ messageId }) => messageId !== null)
    .map(({ snippet }) => snippet.replaceAll('\u0002', '[').replaceAll('\u0003', ']'));
}

function withReply(answer: string): ReturnType<typeof makeStore> {
  const kit = makeStore();
  playTurn(kit, kit.mintId(), null, 'plain question', answer);
  return kit;
}

describe('search', () => {
  it.each([
    ['a whole word', 'Brew coffee', 'coffee', 'Brew [coffee]'],
    ['the beginning of a word', 'Brew coffee', 'cof', 'Brew [cof]fee'],
    ['one letter', 'Brew coffee', 'c', 'Brew [c]offee'],
    ['another case', 'Brew COFFEE', 'Coffee', 'Brew [COFFEE]'],
    ['accents that were not typed', 'Crème brûlée', 'creme brulee', '[Crème] [brûlée]'],
    ['accents that are not in the text', 'creme', 'crème', '[creme]'],
    ['one Chinese character', '今天天气很好', '气', '今天天[气]很好'],
    ['two Chinese characters', '今天天气很好', '天气', '今天[天气]很好'],
    ['Chinese beside Latin', '用GPU模型', 'gpu模', '用[GPU模]型'],
    ['Japanese', 'データベースを開く', 'ベース', 'データ[ベース]を開く'],
    ['Korean with a particle', '학교에서 배웠다', '학교', '[학교]에서 배웠다'],
    ['Thai', 'ภาษาไทย', 'ไทย', 'ภาษา[ไทย]'],
    ['full-width letters', 'ＡＢＣ', 'abc', '[ＡＢＣ]'],
    ['an emoji', 'well done 🎉', '🎉', 'well done [🎉]'],
    ['several words in any order', 'Brew coffee slowly', 'slow brew', '[Brew] coffee [slow]ly'],
    ['punctuation inside a word', 'see foo.bar()', 'foo.bar', 'see [foo.bar]()'],
  ])('finds %s', (_, text, typed, snippet) => {
    expect(found(withReply(text), typed)).toEqual([snippet]);
  });

  it('does not find the middle of a word or a Chinese sequence that does not occur', () => {
    expect(found(withReply('Brew coffee 今天'), 'offee')).toEqual([]);
    expect(found(withReply('Brew coffee 今天'), '天今')).toEqual([]);
  });

  it('finds titles first, and a title under its new name only', () => {
    const kit = makeStore();
    const c = kit.mintId();
    playTurn(kit, c, null, 'walnut', 'walnut');
    kit.store.chat.update(c, { title: 'Hazel', titleSource: 'user' }, 1);
    expect(kit.store.chat.search('hazel', 10)).toMatchObject([{ conversationId: c, messageId: null, title: 'Hazel' }]);
    expect(kit.store.chat.search('walnut', 10).map(({ messageId }) => messageId === null)).toEqual([false, false]);
  });

  it('shows newest messages first and no more than asked for', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'alpha 1', 'x');
    playTurn(kit, c, first.replyId, 'alpha 2', 'x');
    expect(found(kit, 'alpha')).toEqual(['[alpha] 2', '[alpha] 1']);
    expect(kit.store.chat.search('alpha', 2)).toHaveLength(2);
  });

  it('leaves deleted conversations out until they are restored, and forgets purged ones', () => {
    const kit = makeStore();
    const c = kit.mintId();
    playTurn(kit, c, null, 'walnut', 'x');
    kit.store.chat.remove(c, 5);
    expect(kit.store.chat.search('walnut', 10)).toEqual([]);
    kit.store.chat.restore(c);
    expect(kit.store.chat.search('walnut', 10)).toHaveLength(2);
    kit.store.chat.remove(c, 5);
    expect(kit.store.chat.purgeDeletedBefore(6)).toBe(1);
    expect(kit.store.chat.search('walnut', 10)).toEqual([]);
    expect(kit.store.check(true)).toMatchObject({ ok: true });
  });

  it('finds an unfinished reply only once it is closed', () => {
    const kit = makeStore();
    const begin = makeBegin(kit.mintId, kit.mintId(), null, 'q');
    kit.store.chat.beginTurn(begin);
    kit.store.chat.checkpoint(begin.replyId, 'walnut');
    expect(found(kit, 'walnut')).toEqual([]);
    kit.store.chat.closeInterrupted(1);
    expect(found(kit, 'walnut')).toEqual(['[walnut]']);
  });

  it('accepts whatever is typed', () => {
    const kit = withReply('a "quoted" AND NEAR(text) col:umn * ^ 你好');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('', '"', '*', ' AND ', 'NEAR(', '^', '-', ':'),
        (a, b) => {
          expect(Array.isArray(kit.store.chat.search(`${a}${b}${a}`, 5))).toBe(true);
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });

  it('finds every message by any of its own words', () => {
    const kit = makeStore();
    const c = kit.mintId();
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zäöüé0-9一-三]{1,8}$/), { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        (words, pick) => {
          const { replyId } = playTurn(kit, c, null, 'q', words.join(' '));
          const hits = kit.store.chat.search(words[pick % words.length] ?? '', 500);
          expect(hits.map(({ messageId }) => messageId)).toContain(replyId);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('survives lone surrogates and NUL in text and query', () => {
    const kit = withReply('left \ud800 nul \u0000 right');
    expect(found(kit, 'right')).toHaveLength(1);
    expect(found(kit, '\udfff\u0000')).toEqual([]);
  });

  it('cuts a long message around the match, on one line', () => {
    const [snippet] = found(withReply(`${'x '.repeat(400)}\n\nneedle\n${'y '.repeat(400)}`), 'needle');
    expect(snippet).toMatch(/^….* \[needle\] .*…$/);
    expect(snippet?.length).toBeLessThan(260);
  });

  it('is whole again after the restart that follows damage in its index, with every message kept', () => {
    const kit = withReply('walnut');
    kit.store.dispose();
    overwriteTableEnd(kit.path, 'messages_fts_data');
    const damaged = kit.reopen();
    expect(() => damaged.chat.search('walnut', 5)).toThrow(/restart Switchyard/);
    expect(damaged.chat.list().conversations).toHaveLength(1);
    damaged.dispose();
    const store = kit.reopen();
    expect(store.problems).toEqual([expect.stringContaining('all conversations could be read')]);
    expect(store.chat.search('walnut', 5)).toHaveLength(1);
    expect(store.check(true)).toMatchObject({ ok: true });
  });

  it('makes an index again that lost its words', () => {
    const kit = withReply('walnut');
    kit.store.dispose();
    const db = openDatabase({ path: kit.path });
    db.exec(`INSERT INTO messages_fts (messages_fts) VALUES ('delete-all'); DELETE FROM meta`);
    db.close();
    expect(kit.reopen().chat.search('walnut', 5)).toHaveLength(1);
  });
});
