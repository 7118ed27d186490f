import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeaders, writeHeaders } from './headers.ts';

describe('headers of a collector', () => {
  it('are read one a line, with or without the dollar of a variable; empty lines say nothing', () => {
    expect(readHeaders('authorization: OTLP_TOKEN\n\n  x-team :$TEAM ')).toEqual({
      headers: { authorization: { env: 'OTLP_TOKEN' }, 'x-team': { env: 'TEAM' } },
    });
  });

  it.each([
    ['a secret', 'authorization: Bearer abc'],
    ['no colon', 'x-ok: OK\nauthorization OTLP_TOKEN'],
    ['a name with a blank', 'my header: NAME'],
    ['a name that stood there before', 'x-team: TEAM\nX-Team: OTHER'],
  ])('are refused with their line when one has %s', (_, typed) => {
    expect(readHeaders(typed)).toEqual({ wrongLine: typed.split('\n').length });
  });

  it('come back as they were written', () => {
    const name = fc.stringMatching(/^[A-Za-z-][A-Za-z0-9-]{0,63}$/u).filter((text) => text !== '__proto__');
    const env = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,50}$/u).map((value) => ({ env: value }));
    fc.assert(
      fc.property(fc.dictionary(name, env, { noNullPrototype: true }), (headers) => {
        fc.pre(new Set(Object.keys(headers).map((each) => each.toLowerCase())).size === Object.keys(headers).length);
        expect(readHeaders(writeHeaders(headers))).toEqual({ headers });
      }),
    );
  });

  it('never break on anything typed', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        readHeaders(typed);
      }),
    );
  });
});
