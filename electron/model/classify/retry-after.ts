import type { ProviderAnswer } from './types.ts';

/** A wait longer than this is no wait but a mistake of the clock: 7 days. */
const MOST_MS = 7 * 24 * 60 * 60_000;

const clamp = (ms: number): number | undefined =>
  Number.isFinite(ms) && ms >= 0 && ms <= MOST_MS ? Math.round(ms) : undefined;

/** Go durations as OpenAI and Groq send them: `1m30.5s`, `6m0s`, `120ms`, `2h`. */
export function goDurationMs(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s|d)/gu)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return undefined;
  const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return clamp(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0));
}

/** Seconds, an HTTP date (RFC 9110, 10.2.3), or an RFC 3339 time. */
function momentMs(text: string, now: number): number | undefined {
  if (/^\s*\d+(\.\d+)?\s*$/u.test(text)) return clamp(Number(text) * 1000);
  // `-5` is a date to JavaScript.
  if (!/[a-z]{3}|T\d/iu.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : clamp(Math.max(0, at - now));
}

function fromHeaders(headers: ProviderAnswer['headers'], now: number): number | undefined {
  const precise = headers['retry-after-ms'];
  const ms = precise !== undefined && /^\s*\d/u.test(precise) ? clamp(Number(precise)) : undefined;
  if (ms !== undefined) return ms;
  const plain = headers['retry-after'];
  const said = plain === undefined ? undefined : momentMs(plain, now);
  if (said !== undefined) return said;
  // What is used up says when it comes back; the longest wait of those that are at zero counts.
  const waits = Object.entries(headers).flatMap(([name, value]) => {
    const reset = /^(?:x-ratelimit-reset(?:-(requests|tokens))?|anthropic-ratelimit-([a-z-]+)-reset)$/u.exec(name);
    if (!reset) return [];
    const what = reset[1] ?? reset[2];
    const left =
      reset[2] === undefined
        ? headers[`x-ratelimit-remaining${what === undefined ? '' : `-${what}`}`]
        : headers[`anthropic-ratelimit-${reset[2]}-remaining`];
    if (left !== undefined && Number(left) > 0) return [];
    // OpenRouter gives epoch milliseconds, GitHub-like servers epoch seconds.
    const number = Number(value);
    const wait =
      number > 1e12
        ? clamp(number - now)
        : number > 1e9
          ? clamp(number * 1000 - now)
          : (goDurationMs(value) ?? momentMs(value, now));
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** Google's `RetryInfo` (google.rpc.RetryInfo: `"retryDelay": "34s"`), anywhere in the body. */
function fromRetryInfo(body: unknown, depth = 0): number | undefined {
  if (depth > 6 || typeof body !== 'object' || body === null) return undefined;
  const delay: unknown = Reflect.get(body, 'retryDelay');
  if (typeof delay === 'string') return goDurationMs(delay);
  for (const inner of Object.values(body)) {
    const found = fromRetryInfo(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const IN_TEXT =
  /(?:try again|retry|wait|available|reset)[^.\d]{0,40}?(?:in|after|for)\s+((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|h|hours?|m|min|minutes?|s|sec|seconds?)\s*)+)/u;

function fromText(text: string): number | undefined {
  const found = IN_TEXT.exec(text)?.[1];
  if (found === undefined) return undefined;
  const go = found
    .replace(/milliseconds?/gu, 'ms')
    .replace(/hours?/gu, 'h')
    .replace(/min(?:utes?)?/gu, 'm')
    .replace(/sec(?:onds?)?/gu, 's')
    .replace(/\s+/gu, '');
  return goDurationMs(go);
}

/** How long the other side asked us to wait, in ms; absent when it did not say anything believable. */
export function retryAfterMs(answer: ProviderAnswer, text: string, now: number): number | undefined {
  return fromHeaders(answer.headers, now) ?? fromRetryInfo(answer.body) ?? fromText(text);
}
