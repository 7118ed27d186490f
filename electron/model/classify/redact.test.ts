import { describe, expect, it } from 'vitest';
import { redactBody } from './redact.ts';

const SECRETS = [
  'sk-proj-abcDEF1234567890abcDEF',
  'sk-ant-api03-AbCdEfGhIjKl_-123456',
  'sk-abc***********wxyz',
  'gsk_abcdefghijklmnop1234',
  'xai-abcdefghijklmnop',
  'AIzaSyA1234567890abcdefghijklmnopqrstuv',
  'AKIAIOSFODNN7EXAMPLE',
  'Bearer abc.def-ghi_jkl',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
  'somebody.else@example.co.uk',
  'org-AbCdEf123456',
  'proj_AbCdEf123456',
  'projects/my-secret-project',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/x',
  '203.0.113.77',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'QWxhZGRpbjpvcGVuIHNlc2FtZSBhbmQgc29tZSBtb3JlIHRleHQgdG8gYmUgbG9uZw==',
];

describe('a body that is kept', () => {
  it.each(SECRETS)('does not hold %s, in JSON, in words or in a name', (secret) => {
    for (const body of [
      { error: { message: `wrong: ${secret}, sorry` } },
      `wrong: ${secret}, sorry`,
      [{ [secret]: 1 }],
      new TextEncoder().encode(`{"a":"${secret}"}`),
    ]) {
      const kept = redactBody(body);
      expect(kept).not.toContain(secret);
      expect(kept).toMatch(/\[\w+\]/u);
    }
  });

  it('does not hold what a person wrote', () => {
    const kept = redactBody({
      detail: [{ loc: ['body'], msg: 'Field required', input: 'my diary' }],
      messages: ['diary'],
    });
    expect(kept).not.toContain('diary');
    expect(kept).toContain('Field required');
  });

  it('keeps what makes it a fixture', () => {
    expect(redactBody({ error: { type: 'teapot_error', code: 'short_and_stout', message: 'I am a teapot' } })).toBe(
      '{"error":{"type":"teapot_error","code":"short_and_stout","message":"I am a teapot"}}',
    );
  });

  it('is bounded, and survives what cannot be read', () => {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    expect(redactBody('x '.repeat(100_000)).length).toBeLessThanOrEqual(4096);
    for (const odd of [ring, undefined, null, 1n, () => 1, Symbol('x')]) expect(typeof redactBody(odd)).toBe('string');
  });
});
