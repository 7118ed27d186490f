import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeatedChunks } from './repeated-chunks.ts';

const chunk = (content: unknown, more: object = {}, choice: object = {}, delta: object = {}): string =>
  JSON.stringify({
    id: 'c-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { ...delta, content }, finish_reason: null, logprobs: null, ...choice }],
    ...more,
  });

/** Knows one chunk. */
function knowing(text: string) {
  const known = createRepeatedChunks();
  known.learn(text, JSON.parse(text));
  return known;
}

describe('a chunk that is like one before it', () => {
  it('need not be parsed to know its words', () => {
    const known = knowing(chunk('Hello'));
    expect([' world', '', '你好 🙂', '{}[]:,'].map((words) => known.wordsIn(chunk(words)))).toEqual([
      ' world',
      '',
      '你好 🙂',
      '{}[]:,',
    ]);
  });

  it('is known with the blanks that servers in Python write', () => {
    const spaced = (words: string) => `{"choices": [{"index": 0, "delta": {"content": "${words}"}}]}`;
    expect(knowing(spaced('a')).wordsIn(spaced('b'))).toBe('b');
  });

  it.each([
    ['with a quote in its words', chunk('say "yes"')],
    ['with a new line in its words', chunk('a\nb')],
    ['with a backslash in its words', chunk('a\\b')],
    ['of another answer', chunk('a', { id: 'c-2' })],
    ['that ends the answer', chunk('a', {}, { finish_reason: 'stop' })],
    ['with probabilities', chunk('a', {}, { logprobs: { content: [{ token: 'a', logprob: -1 }] } })],
    ['with a count', chunk('a', { usage: { prompt_tokens: 1, completion_tokens: 1 } })],
    ['without words', chunk(null)],
    ['that is cut', chunk('a').slice(0, -1)],
    ['shorter than what surrounds its words', chunk('').slice(0, 40)],
  ])('is parsed %s', (_what, text) => {
    expect(knowing(chunk('Hello')).wordsIn(text)).toBeNull();
  });

  it.each([
    ['says a count too', chunk('a', { usage: { prompt_tokens: 1 } })],
    ['ends the answer', chunk('a', {}, { finish_reason: 'stop' })],
    ['is an error', chunk('a', { object: 'error' })],
    ['fails beside its words', chunk('a', { error: { message: 'no' } })],
    ['thinks beside its words', chunk('a', {}, {}, { reasoning_content: 'hm' })],
    ['calls a tool beside its words', chunk('a', {}, {}, { tool_calls: [{ index: 0 }] })],
    ['belongs to a second answer', chunk('a', {}, { index: 1 })],
    ['is whole', JSON.stringify({ choices: [{ index: 0, message: { content: 'a' } }] })],
    ['says its words twice', '{"choices":[{"index":0,"delta":{"content":"a","content":"a"}}]}'],
    ['says them twice, once in disguise', '{"choices":[{"index":0,"delta":{"content":"a","\\u0063ontent":"a"}}]}'],
    ['has words that are written in another way', '{"choices":[{"index":0,"delta":{"content":"\\u0061"}}]}'],
  ])('is not known from one that %s', (_what, text) => {
    const known = knowing(text);
    const parsed = JSON.parse(text) as object;
    expect([known.wordsIn(text), known.wordsIn(JSON.stringify(parsed))]).toEqual([null, null]);
  });

  it('says what parsing it would say, whatever stands in it', () => {
    const letters = fc.constantFrom(
      'a',
      '"',
      '\\',
      '\n',
      '}',
      '{',
      ',',
      ':',
      'content',
      '"content":"',
      '\u0000',
      '🙂',
      'é',
    );
    const words = fc.array(letters, { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, words, fc.nat({ max: 400 }), (first, second, put, place) => {
        const known = knowing(chunk(first));
        const whole = chunk(second);
        const at = place % whole.length;
        for (const text of [whole, whole.slice(0, at) + put + whole.slice(at)]) {
          const said = known.wordsIn(text);
          if (said === null) continue;
          expect(JSON.parse(text)).toEqual(JSON.parse(chunk(said)));
        }
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});
