import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { field, list } from './json.ts';
import { createBodyReader, NoAnswer } from './read-body.ts';
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

const event = (data: string): string => `data: ${data}\n\n`;

/** Who knows one chunk, and what it makes of a stream: the words, and where it stops. */
function knowing(data: string) {
  const known = createRepeatedChunks();
  known.learn(data, JSON.parse(data));
  return (text: string, at = 0): { words: string[]; end: number } => {
    const words: string[] = [];
    const end = known.skim(text, at, (each) => words.push(each));
    return { words, end };
  };
}
const NOTHING = { words: [], end: 0 };

describe('a chunk that is like one before it', () => {
  it('need not be parsed to know its words', () => {
    const text = [' world', '', '你好 🙂', '{}[]:,'].map((words) => event(chunk(words))).join('');
    expect(knowing(chunk('Hello'))(text)).toEqual({ words: [' world', '', '你好 🙂', '{}[]:,'], end: text.length });
  });

  it('is known with the blanks that servers in Python write', () => {
    const spaced = (words: string) => `{"choices": [{"index": 0, "delta": {"content": "${words}"}}]}`;
    expect(knowing(spaced('a'))(event(spaced('b'))).words).toEqual(['b']);
  });

  it('is left to who parses from the first on that is another', () => {
    const like = event(chunk('a'));
    const text = `${like}${like}${event('[DONE]')}${like}`;
    expect(knowing(chunk('Hello'))(text)).toEqual({ words: ['a', 'a'], end: 2 * like.length });
    expect(knowing(chunk('Hello'))(text, like.length)).toEqual({ words: ['a'], end: 2 * like.length });
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
    ['with a second line', `${chunk('a')}\ndata: 1`],
    ['with a line break among its words', chunk('a b').replace('a b', 'a\nb')],
  ])('is parsed %s', (_what, data) => {
    expect(knowing(chunk('Hello'))(event(data))).toEqual(NOTHING);
  });

  it.each([
    ['other kinds of line ends', `data: ${chunk('a')}\r\n\r\n`],
    ['no blank', `data:${chunk('a')}\n\n`],
    ['a name', `event: x\ndata: ${chunk('a')}\n\n`],
    ['an end that has not come', `data: ${chunk('a')}\n`],
  ])('is read in full with %s', (_what, text) => {
    expect(knowing(chunk('Hello'))(text)).toEqual(NOTHING);
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
    ['has several lines', chunk('a').replace('{', '{\n')],
  ])('is not known from one that %s', (_what, data) => {
    const skim = knowing(data);
    const parsed = JSON.parse(data) as object;
    expect([skim(event(data)), skim(event(JSON.stringify(parsed)))]).toEqual([NOTHING, NOTHING]);
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
      '"content":"',
      '\u0000',
      '🙂',
      'é',
      '\n\n',
      'data: ',
    );
    const words = fc.array(letters, { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, words, fc.nat({ max: 400 }), (first, second, put, place) => {
        const skim = knowing(chunk(first));
        const whole = event(chunk(second));
        const at = place % whole.length;
        for (const text of [whole, whole.slice(0, at) + put + whole.slice(at)]) {
          const { words: said, end } = skim(text);
          const read: string[] = [];
          createParser({ onEvent: ({ data }) => read.push(data) }).feed(text.slice(0, end));
          expect(read.map((data): unknown => JSON.parse(data))).toEqual(
            said.map((each): unknown => JSON.parse(chunk(each))),
          );
        }
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});

describe('a stream whose chunks are alike', () => {
  it('is not read from the middle of an event', () => {
    const words: string[] = [];
    const reader = createBodyReader(
      'text/event-stream',
      () => undefined,
      () => undefined,
      {
        known: createRepeatedChunks(),
        onWords: (each) => words.push(each),
      },
    );
    const feed = (text: string) => reader.feed(Buffer.from(text));
    feed(event(chunk('a')));
    feed('data: [\n');
    expect(() => feed(event(chunk('b')))).toThrow(NoAnswer);
    expect(words).toEqual([]);
  });

  it('says the same however it is cut, as one that is parsed', () => {
    const letters = fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '🙂', '你');
    const words = fc.array(
      fc.array(letters, { maxLength: 3 }).map((all) => all.join('')),
      { maxLength: 12 },
    );
    const ends = fc.constantFrom('\n\n', '\r\n\r\n', '\n\n\n', '\n: ping\n\n');
    fc.assert(
      fc.property(
        words,
        fc.array(ends, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat({ max: 90 }), { minLength: 1 }),
        (all, seps, cuts) => {
          const text = all.map((each, at) => `data: ${chunk(each)}${seps[at % seps.length] ?? ''}`).join('');
          const bytes = Buffer.from(`${text}data: [DONE]\n\n`);
          const read = (plain: boolean): string[] => {
            const said: string[] = [];
            const add = (each: string): void => void said.push(each);
            const reader = createBodyReader(
              'text/event-stream',
              (document) => add(String(field(field(list(field(document, 'choices'))[0], 'delta'), 'content'))),
              () => add('done'),
              plain ? { known: createRepeatedChunks(), onWords: add } : undefined,
            );
            for (let at = 0, turn = 0; at < bytes.length; turn++) {
              const next = at + 1 + (cuts[turn % cuts.length] ?? 0);
              reader.feed(bytes.subarray(at, next));
              at = next;
            }
            reader.end();
            return said;
          };
          expect(read(true)).toEqual([...all, 'done']);
          expect(read(true)).toEqual(read(false));
        },
      ),
      { seed: 11, numRuns: 800 },
    );
  });
});
