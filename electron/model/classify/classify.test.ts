import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOfFixture, fixtureSchema } from '../../../test/support/provider-fixture.ts';
import { classify } from './classify.ts';
import type { ProviderAnswer } from './types.ts';

/** Rows of the same form from elsewhere: SWITCHYARD_FIXTURES=file vitest run electron/model/classify */
const files = (
  process.env['SWITCHYARD_FIXTURES'] ?? 'test/fixtures/provider-errors.jsonl,test/fixtures/provider-errors-more.jsonl'
).split(',');
const rows = files
  .flatMap((file) => readFileSync(resolve(file), 'utf8').split('\n'))
  .filter((line) => line.trim() !== '')
  .map((line) => fixtureSchema.parse(JSON.parse(line)));

const NOW = Date.UTC(2026, 10, 24, 12);
const answer = (more: Partial<ProviderAnswer>): ProviderAnswer => ({
  provider: 'openai',
  phase: 'pre',
  status: 400,
  headers: {},
  body: null,
  ...more,
});

describe('what a provider answered becomes a fault of the table', () => {
  it.each(
    rows.map(
      (row) => [`${row.provider} ${row.phase} ${String(row.status)} ${JSON.stringify(row.signature)}`, row] as const,
    ),
  )('%s', (_, row) => {
    const fault = classify(answerOfFixture(row), NOW);
    const expected = row.expect.class;
    if (expected === 'not_an_error' || expected === 'degraded_ok') expect(fault).toBeNull();
    else {
      const { origin, recoverable } = row.expect;
      expect(fault).toMatchObject({ code: expected, origin, recoverable });
    }
  });
});

describe('answers nobody promised', () => {
  it('never throws and always answers with a code of the table, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.record({
          provider: fc.string(),
          phase: fc.constantFrom('pre', 'stream', 'finish', 'process'),
          status: fc.option(fc.integer({ min: 100, max: 999 })),
          headers: fc.dictionary(fc.string(), fc.string()),
          body: fc.anything(),
          error: fc.anything(),
        }),
        (whatever) => {
          const fault = classify(whatever as ProviderAnswer, NOW);
          if (fault) expect(fault.detail.length).toBeGreaterThan(5);
        },
      ),
    );
  });

  it('keeps what was said out of the sentence', () => {
    const body = { error: { message: 'Incorrect API key provided: sk-live-secret', code: 'invalid_api_key' } };
    expect(JSON.stringify(classify(answer({ status: 401, body }), NOW))).not.toContain('sk-live');
  });

  it('takes a page of a gateway for what its status says', () => {
    const body = '<html><head><title>502 Bad Gateway</title></head></html>';
    expect(classify(answer({ status: 502, body }), NOW)?.code).toBe('server_error');
  });
});

describe('how long the other side asked us to wait', () => {
  const waits = (more: Partial<ProviderAnswer>) => classify(answer({ status: 429, ...more }), NOW)?.retryAfterMs;
  it.each([
    ['seconds', { headers: { 'retry-after': '7' } }, 7000],
    ['a date', { headers: { 'retry-after': new Date(NOW + 90_000).toUTCString() } }, 90_000],
    ['milliseconds', { headers: { 'retry-after-ms': '250', 'retry-after': '1' } }, 250],
    [
      'a Go duration',
      { headers: { 'x-ratelimit-reset-tokens': '1m30.5s', 'x-ratelimit-remaining-tokens': '0' } },
      90_500,
    ],
    [
      'a time of Anthropic',
      {
        headers: {
          'anthropic-ratelimit-requests-reset': new Date(NOW + 4000).toISOString(),
          'anthropic-ratelimit-requests-remaining': '0',
        },
      },
      4000,
    ],
    [
      'Google’s RetryInfo',
      { body: { error: { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }] } } },
      34_000,
    ],
    ['words', { body: { error: { message: 'Rate limit reached. Please try again in 1.2s.' } } }, 1200],
  ])('reads %s', (_, more, expected) => {
    expect(waits(more)).toBe(expected);
  });
  it.each(['-5', 'soon', '99999999999', 'NaN'])('does not believe %s', (value) => {
    expect(waits({ headers: { 'retry-after': value } })).toBeUndefined();
  });
});
