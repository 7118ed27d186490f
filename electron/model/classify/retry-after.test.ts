import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { goDurationMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const WEEK_MS = 7 * 24 * 3600 * 1000;
const after = (headers: Record<string, string>, body: unknown = {}, provider = 'openai', status = 429) =>
  classify({ provider, phase: 'pre', status, headers, body }, NOW)?.retryAfterMs;

describe('how long a provider asks us to wait', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '7', 'retry-after-ms': '1250' }, 1250],
    [{ 'retry-after': 'Thu, 15 Jan 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Thu, 15 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '0' }, 360_000],
    [{ 'x-ratelimit-reset-requests': '120ms' }, 120],
    [
      {
        'x-ratelimit-reset-requests': '1m30s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '1s',
        'x-ratelimit-remaining-tokens': '900',
      },
      90_000,
    ],
    [{ 'x-ratelimit-reset': String(NOW + 4000) }, 4000],
    [{ 'x-ratelimit-reset': String(NOW / 1000 + 4) }, 4000],
    [{ 'ratelimit-reset': '12' }, 12_000],
    [
      {
        'anthropic-ratelimit-input-tokens-reset': '2026-01-15T12:00:20Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-01-15T12:00:01Z',
        'anthropic-ratelimit-requests-remaining': '40',
      },
      20_000,
    ],
  ])('is read from %j', (headers, ms) => {
    expect(after(headers)).toBe(ms);
  });

  it('is read from the words, when no header says it', () => {
    expect(after({}, { error: { message: 'Rate limit reached. Please try again in 1.2s. Visit' } })).toBe(1200);
    expect(after({}, { error: { message: 'Please try again in 7m12.5s.' } })).toBe(432_500);
    expect(after({}, { error: { message: 'Please retry after 20 seconds.' } }, 'azure')).toBe(20_000);
    expect(after({}, { error: { message: 'Try again in 2 minutes' } })).toBe(120_000);
  });

  it('is read from words in Chinese, and from a time on a clock', () => {
    const said = (message: string) => after({}, { error: { message } });
    expect(said('请求过于频繁，请在30秒后重试')).toBe(30_000);
    expect(said('触发限流，请 1 分钟后再试')).toBe(60_000);
    expect(said('请求过快，请500毫秒后重试')).toBe(500);
    expect(said('您在30秒内请求过于频繁')).toBeUndefined();
    expect(said('Out of call volume quota. Quota will be replenished in 01:02:03.')).toBe(3_723_000);
    expect(said('Out of call volume quota. Quota will be replenished in 1.00:00:10.')).toBe(86_410_000);
  });

  it('is read from the RateLimit header, of the limit that is used up', () => {
    expect(after({ ratelimit: '"api";r=0;t=50' })).toBe(50_000);
    expect(after({ ratelimit: '"burst";r=3;t=2, "daily";r=0;t=50' })).toBe(50_000);
    expect(after({ ratelimit: '"burst";r=3;t=2' })).toBe(2000);
    expect(after({ ratelimit: 'limit=100, remaining=0, reset=50' })).toBe(50_000);
    expect(after({ ratelimit: '"api";r=0;t=50', 'retry-after': '7' })).toBe(7000);
    for (const ratelimit of ['', 'soon', '"api";r=0', '"api";r=0;t=-5', 'reset=NaN'])
      expect(after({ ratelimit })).toBeUndefined();
  });

  it('is read from Google’s RetryInfo and from headers that OpenRouter passes on', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' }];
    expect(after({}, { error: { status: 'RESOURCE_EXHAUSTED', details } }, 'google')).toBe(34_070);
    const metadata = { headers: { 'X-RateLimit-Reset': String(NOW + 9000) } };
    expect(after({}, { error: { code: 429, message: 'Rate limit exceeded', metadata } }, 'openrouter')).toBe(9000);
  });

  it('is read from a field of the body, and from a moment in words that has a zone', () => {
    expect(after({}, { error: 'rate limited', retry_after: 2.5 })).toBe(2500);
    expect(after({}, { error: { message: 'busy', retry_after_ms: 750 } })).toBe(750);
    expect(after({}, { error: 'Model is currently loading', estimated_time: 20 }, 'huggingface', 503)).toBe(20_000);
    const until = (moment: string) => after({}, { error: { message: `Your limit will reset at ${moment}.` } });
    expect(until('2026-01-16 12:00 UTC')).toBe(86_400_000);
    expect(until('2026-01-15T12:00:30Z')).toBe(30_000);
    expect(until('2026-01-15 15:00:00')).toBeUndefined();
    for (const retry_after of [-1, Number.NaN, '5 parsecs']) expect(after({}, { retry_after })).toBeUndefined();
  });

  it('is not said when the value is absurd, and never longer than seven days', () => {
    for (const value of ['-5', 'NaN', 'soon', '', 'Infinity']) expect(after({ 'retry-after': value })).toBeUndefined();
    expect(after({ 'retry-after': '99999999' })).toBe(WEEK_MS);
    expect(after({ 'retry-after': 'Thu, 15 Jan 2099 12:00:30 GMT' })).toBe(WEEK_MS);
  });

  it('comes from no limit’s reset when no limit was the reason', () => {
    expect(after({ 'x-ratelimit-reset-tokens': '6m0s' }, {}, 'openai', 503)).toBeUndefined();
    expect(after({ 'retry-after': '3' }, {}, 'openai', 503)).toBe(3000);
    expect(after({ 'retry-after': '3' }, {}, 'openai', 401)).toBeUndefined();
  });

  it('is a whole number between 0 and seven days, whatever the headers hold', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'retry-after',
          'retry-after-ms',
          'x-ratelimit-reset-tokens',
          'anthropic-ratelimit-tokens-reset',
        ),
        fc.oneof(
          fc.string(),
          fc.double().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (name, value) => {
          const ms = after({ [name]: value });
          if (ms !== undefined) expect(Number.isInteger(ms) && ms >= 0 && ms <= WEEK_MS).toBe(true);
        },
      ),
    );
  });

  it('reads durations as Go writes them', () => {
    expect(goDurationMs('1h2m3.5s')).toBe(3_723_500);
    expect(goDurationMs('1d')).toBe(86_400_000);
    expect(goDurationMs('500µs')).toBe(1);
    expect(goDurationMs('-1s')).toBeNull();
    expect(goDurationMs('10')).toBeNull();
  });
});
