import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../model/model.ts';
import { createScriptCheck } from './script.ts';

const user = (text: string): ModelMessage => ({ role: 'user', text });
const problem = (question: string | readonly ModelMessage[], answer: string) =>
  createScriptCheck(typeof question === 'string' ? [user(question)] : question).problem(answer);

const CHINESE = '今天天气很好，我们去公园散步，看到了很多花和鸟，然后回家吃饭，晚上又看了一部电影，非常开心。';
const RUSSIAN = 'Сегодня хорошая погода, мы гуляли в парке, видели цветы и птиц, а потом пошли домой ужинать.';
const NOISE = 'the 今天天气很好公园散步 кажется погода สวัสดีครับผม and then مرحبا بالعالم كيف';

describe('an answer in a script nobody asked for', () => {
  it.each([
    ['Chinese', CHINESE, /Chinese or Japanese/],
    ['Russian', RUSSIAN, /Cyrillic/],
    ['Chinese with some code', `${CHINESE} const a = 1;`, /Chinese/],
  ])('is noticed: %s to an English question', (_, answer, words) => {
    expect(problem('Why is the sky blue?', answer)).toMatch(words);
  });

  it('is noticed in a mix of scripts that no language has', () => {
    expect(problem('Why is the sky blue?', NOISE)).toMatch(/many scripts/);
  });

  it('is noticed in bytes that are no text', () => {
    expect(problem('Hi', `Sure ${'\ufffd'.repeat(40)} ok`)).toMatch(/broken characters/);
  });

  it('is noticed while the text grows, in few looks', () => {
    const { watch } = createScriptCheck([user('Why?')]);
    let text = '';
    let noticedAt: number | null = null;
    for (let n = 0; n < 100 && noticedAt === null; n++) {
      text += CHINESE;
      if (watch(CHINESE) !== null) noticedAt = text.length;
    }
    expect(noticedAt).toBeGreaterThan(500);
    expect(noticedAt).toBeLessThan(700);
  });

  it('is judged by its end when it began well', () => {
    expect(problem('Why?', 'It is because of the air. '.repeat(200) + CHINESE.repeat(100))).toMatch(/Chinese/);
  });
});

describe('an answer that is left alone', () => {
  it.each([
    ['the script of the question', '今天天气怎么样？', CHINESE],
    ['a question that mixes languages', 'What does 你好 mean?', CHINESE],
    ['a translation', 'Translate “good morning, my friends” please', CHINESE],
    ['a named language', 'Say something nice in Russian.', RUSSIAN],
    ['a language named in German', 'Schreibe das auf Chinesisch.', CHINESE],
    ['a language named in Spanish', '¿Cómo se dice «buenos días» en ruso?', RUSSIAN],
    ['Latin letters to a Chinese question', '写一个函数', 'function add(a, b) { return a + b; }'.repeat(10)],
    ['a formula', 'What is the area of a circle?', 'α = β γ δ, so Σ αβγδ and finally Ω'],
    ['some words among many', 'Tell me about Tolstoy', `${'He wrote long books about war. '.repeat(5)}Война и мир`],
    ['signs and pictures', 'Draw', '→→→ ★★★ 🙂🙂🙂 ┌──┐│  │└──┘ '.repeat(20)],
    ['one broken letter', 'Hi', `Caf\ufffd is open. ${'Come in. '.repeat(20)}`],
    ['accents of every kind', 'Schreib was', 'Größe, façade, mañana, Łódź, Đà Nẵng, İstanbul, ærlig. '.repeat(10)],
  ])('%s', (_, question, answer) => {
    expect(problem(question, answer)).toBeNull();
  });

  it('after an image, which may hold any script', () => {
    const image: ModelMessage = {
      role: 'user',
      text: 'What does it say?',
      images: [{ mediaType: 'image/png', data: '' }],
    };
    expect(problem([image], CHINESE)).toBeNull();
  });

  it('when the script stood in an earlier message, whoever wrote it', () => {
    const before: ModelMessage[] = [user('Go on.'), { role: 'assistant', text: CHINESE }, user('And then?')];
    expect(problem(before, CHINESE)).toBeNull();
  });

  it('whatever it says in the letters of the question', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abc ÄÖß éñ.,;1234 (){}') }),
        fc.string(),
        (answer, question) => {
          expect(problem(question, answer)).toBeNull();
        },
      ),
    );
  });
});
