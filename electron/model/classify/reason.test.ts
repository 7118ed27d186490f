import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonOf } from './reason.ts';

describe('what a provider says was wrong with a request', () => {
  it.each([
    ['OpenAI', { error: { message: "Invalid 'temperature': above 2.", type: 'x' } }, "Invalid 'temperature': above 2"],
    ['Anthropic', { type: 'error', error: { type: 'x', message: 'max_tokens: too small' } }, 'max_tokens: too small'],
    ['Google, in a list', [{ error: { code: 400, message: 'Unknown name "foo"' } }], 'Unknown name "foo"'],
    ['FastAPI', { detail: [{ loc: ['body', 'top_p'], msg: 'must be <= 1', input: 7 }] }, 'top_p: must be <= 1'],
    ['Ollama', { error: 'model does not support tools' }, 'model does not support tools'],
    [
      'a gateway',
      { error: { message: 'Provider returned error', metadata: { raw: '{"error":"bad seed"}' } } },
      'bad seed',
    ],
    ['plain words', 'missing field `messages`\n at line 1', 'missing field `messages` at line 1'],
    ['a page', '<html><body>Bad request</body></html>', null],
    ['nothing', { error: { message: '' } }, null],
    ['half of it', '{"error": {"mess', null],
  ])('is found in an answer of %s', (_who, body, reason) => {
    expect(reasonOf(body, null, [])).toBe(reason);
    if (typeof body !== 'string') expect(reasonOf(JSON.stringify(body), null, [])).toBe(reason);
  });

  it('says no key, and nothing that was asked', () => {
    expect(reasonOf({ error: 'wrong key abc123' }, 'abc123', [])).toBe('wrong key [key]');
    const asked = 'my neighbour has not paid his rent since May';
    expect(reasonOf({ error: `Invalid value: '${asked.slice(3)} and so on'` }, null, [asked])).toBeNull();
  });

  it('stays within one sentence', () => {
    expect(reasonOf({ error: 'Unsupported value: 0.2. Only 1 is; see the docs.' }, null, [])).toBe(
      'Unsupported value: 0.2 – Only 1 is – see the docs',
    );
  });

  it('is one line of a bearable length', () => {
    const reason = reasonOf({ error: `a\u202e\n\t${'word '.repeat(200)}` }, null, []);
    expect(reason).toMatch(/^a word (?:word )+…$/u);
    expect(reason?.length).toBeLessThanOrEqual(242);
  });

  it('never throws and never holds an echo, whatever came', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (body, text) => {
        const reason = reasonOf(body, null, [text]);
        if (text.length >= 30) expect(reason ?? '').not.toContain(text);
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
