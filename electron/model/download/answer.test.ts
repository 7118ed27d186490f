import { describe, expect, it } from 'vitest';
import { judge, readContentRange } from './answer.ts';

const ask = (status: number, headers: Record<string, string>, from = 10, end = 100, taken: ('size' | 'range')[] = []) =>
  judge(status, new Headers(headers), { from, to: Math.min(end, from + 20), end, sizeBytes: 100 }, 0, new Set(taken));
const says = (...args: Parameters<typeof ask>) => {
  const verdict = ask(...args);
  return verdict.kind === 'setback' ? verdict.setback.says('files.example') : verdict;
};

describe('the head of an answer with a part of a file', () => {
  it('is taken when it promises what was asked or more, as far as that is missing', () => {
    expect(ask(206, { 'content-range': 'bytes 10-99/100', etag: '"x"', 'content-length': '90' })).toEqual({
      kind: 'take',
      skip: 0,
      until: 100,
      endsThere: true,
      tag: '"x"',
    });
    expect(ask(206, { 'content-range': 'bytes 10-99/100' })).toMatchObject({ endsThere: false });
    expect(ask(206, { 'content-range': 'bytes 10-19/*' })).toMatchObject({ until: 20 });
    expect(ask(206, { 'content-range': 'bytes 10-99/100' }, 10, 50)).toMatchObject({ until: 50 });
    expect(ask(200, {}, 0)).toMatchObject({ kind: 'take', skip: 0, until: 100 });
  });

  it('is taken as far as the file is missing when it sends the whole instead of a first piece', () => {
    expect(ask(200, { 'content-length': '100' }, 0)).toMatchObject({ until: 100, endsThere: true });
  });

  it.each([
    ['another part', 206, { 'content-range': 'bytes 0-99/100' }, /another part/],
    ['no part at all', 206, {}, /another part/],
    [
      'several parts',
      206,
      { 'content-range': 'bytes 10-99/100', 'content-type': 'multipart/byteranges; boundary=x' },
      /wrapped/,
    ],
    ['a packed part', 206, { 'content-range': 'bytes 10-99/100', 'content-encoding': 'gzip' }, /packs/],
    ['the whole file', 200, { 'content-length': '100' }, /whole file again/],
    ['another length', 206, { 'content-range': 'bytes 10-99/200' }, /200 bytes instead of 100/],
    ['a web page', 200, { 'content-type': 'text/html; charset=utf-8' }, /web page/],
    ['an end that is none', 416, { 'content-range': 'bytes */100' }, /must have/],
    ['another end', 416, { 'content-range': 'bytes */5' }, /5 bytes instead/],
    ['nowhere', 302, {}, /nowhere/],
  ])('is not taken when it offers %s', (_what, status, headers, words) => {
    expect(says(status, headers)).toMatch(words);
  });

  it('is believed after its source said so often enough, and then only as far as the file goes', () => {
    expect(ask(206, { 'content-range': 'bytes 10-199/200' }, 10, 100, ['size'])).toMatchObject({ until: 100 });
    expect(ask(200, {}, 10, 100, ['range'])).toMatchObject({ kind: 'take', skip: 10 });
  });

  it('tells what may pass from what is the source’s last word', () => {
    const hope = (status: number) => {
      const verdict = ask(status, { 'retry-after': '3' });
      return verdict.kind === 'setback' ? [verdict.setback.hope, verdict.setback.retryAfterMs ?? null] : verdict.kind;
    };
    expect(hope(503)).toEqual(['again', 3000]);
    expect(hope(429)).toEqual(['again', 3000]);
    expect(hope(500)).toEqual(['again', 3000]);
    expect([hope(404), hope(403), hope(400)].map(([first]) => first)).toEqual(['source', 'source', 'source']);
  });

  it('has a range that can be read, or none', () => {
    expect(readContentRange('bytes 0-4/10')).toEqual({ from: 0, to: 5, total: 10 });
    for (const bad of ['bytes 4-0/10', 'bytes 0-10/10', 'items 0-4/10', 'bytes 0-4', 'bytes -1-4/10', ''])
      expect(readContentRange(bad)).toBeNull();
  });
});
