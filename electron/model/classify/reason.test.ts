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

  const poem = 'Ich war allein.\nEr ging fort.\nSie weinte sehr.\nNiemand weiß es.';
  it.each([
    ['on one line', poem, `Invalid input: ${poem.replaceAll('\n', ' ')}`],
    ['with blanks of its own', poem, `Invalid input: ${poem.replaceAll('\n', '  ')} at messages`],
    ['as JSON without its quotes', poem, `Bad value ${JSON.stringify(`${poem.slice(4)} x`).slice(1, -1)}`],
    [
      'as ASCII',
      '我的邻居五月以来没有付房租',
      'Invalid: \\u6211\\u7684\\u90bb\\u5c45\\u4e94\\u6708\\u4ee5\\u6765\\u6ca1',
    ],
    ['in Chinese, a part of it', '请告诉我：我的邻居五月以来没有付房租', '输入有误：我的邻居五月以来没有付'],
    ['as arguments in another form', '{"note":"he has not paid since May"}', "got {'note': 'he has not paid since M"],
  ])('says nothing that was asked, repeated %s', (_how, asked, said) => {
    expect(reasonOf({ error: said }, null, [asked])).toBeNull();
  });

  it('is said though a few of its words were asked too', () => {
    const said = 'This model does not support function calling';
    expect(reasonOf({ error: said }, null, ['What is function calling? 你好'])).toBe(said);
  });

  it('is no page, behind its first words either', () => {
    const page = 'Upstream said: <!DOCTYPE html><html><body><h1>502</h1></body></html>';
    expect(reasonOf({ error: { message: page } }, null, [])).toBeNull();
    expect(reasonOf({ error: { message: 'a <b> tag' } }, null, [])).toBe('a <b> tag');
  });

  it('is cut between characters, and not at a blank far in front', () => {
    expect(reasonOf({ error: `x${'🙂'.repeat(400)}` }, null, [])).toBe(`x${'🙂'.repeat(119)} …`);
    expect(reasonOf({ error: `错误 ${'参'.repeat(400)}` }, null, [])).toBe(`错误 ${'参'.repeat(237)} …`);
  });

  it('is found in ten million characters at once', () => {
    const long = 'ab '.repeat(3_500_000);
    expect(reasonOf({ error: long }, 'key', [long.slice(0, 1_000_000).replaceAll('b', 'c')])?.length).toBeLessThan(243);
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
