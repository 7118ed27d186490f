import type { FaultCode } from '../../contract/faults.ts';
import type { Facts } from './facts.ts';

/** No stated wait is longer than 7 days; more is a mistake of the other side. */
const MOST_MS = 7 * 24 * 60 * 60 * 1000;

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A wait that can be meant: whole ms from 0 to 7 days; null = none. */
export const saneMs = (ms: number): number | null =>
  Number.isFinite(ms) && ms >= 0 ? Math.min(MOST_MS, Math.ceil(ms)) : null;

/** A Go duration such as `1m30s`, `6m0s`, `120ms`, `1.5s`, `1d2h`, in ms; null = it is none. */
export function goDurationMs(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/u.test(trimmed)) return null;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/gu))
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return saneMs(total);
}

const dateMs = (text: string, now: number): number | null => {
  // Without a letter it is a number, which a date parser would read as a year.
  const at = /[a-z]/iu.test(text) ? Date.parse(text) : NaN;
  return Number.isFinite(at) ? saneMs(Math.max(0, at - now)) : null;
};

/** Seconds from now, or a moment in seconds or milliseconds since 1970. */
function momentMs(text: string, now: number): number | null {
  if (!/^\s*\d+(?:\.\d+)?\s*$/u.test(text)) return goDurationMs(text) ?? dateMs(text, now);
  const value = Number(text);
  if (value > 1e11) return saneMs(Math.max(0, value - now));
  if (value > 1e9) return saneMs(Math.max(0, value * 1000 - now));
  return saneMs(value * 1000);
}

/** `retry-after`: seconds or an HTTP date (RFC 9110 10.2.3). */
function retryAfterHeader(text: string, now: number): number | null {
  return /^\s*\d+(?:\.\d+)?\s*$/u.test(text) ? saneMs(Number(text) * 1000) : (goDurationMs(text) ?? dateMs(text, now));
}

const RESET =
  /^(?:x-)?ratelimit-reset(?:-[\w-]+)?$|^x-ratelimit-[\w-]*reset[\w-]*$|^anthropic-ratelimit-[\w-]+-reset$|^x-ms-ratelimit-reset[\w-]*$/u;

/** `"default";r=0;t=50`, `limit=100, remaining=0, reset=50` (drafts of the IETF's RateLimit header; Hugging Face). */
function rateLimitMs(text: string): { readonly ms: number; readonly isUsed: boolean } | null {
  const left = /\b(?:r|remaining)=(\d+)/u.exec(text)?.[1];
  const reset = /\b(?:t|reset)=(\d+)/u.exec(text)?.[1];
  const ms = reset === undefined ? null : saneMs(Number(reset) * 1000);
  return ms === null ? null : { ms, isUsed: left !== undefined && Number(left) === 0 };
}

const remainingName = (name: string) => name.replace('reset', 'remaining');

/** Resets of limits: of those that are used up the last, else the first of all. */
function resetMs(facts: Pick<Facts, 'headers'>, now: number): number | null {
  const all: number[] = [];
  const used: number[] = [];
  for (const limit of (facts.headers['ratelimit'] ?? '').split(/,(?=\s*")/u)) {
    const said = rateLimitMs(limit);
    if (said) all.push(said.ms);
    if (said?.isUsed) used.push(said.ms);
  }
  for (const [name, value] of Object.entries(facts.headers)) {
    if (!RESET.test(name)) continue;
    const ms = momentMs(value, now);
    if (ms === null) continue;
    all.push(ms);
    const left = facts.headers[remainingName(name)];
    if (left !== undefined && Number(left) <= 0) used.push(ms);
  }
  if (used.length > 0) return Math.max(...used);
  return all.length > 0 ? Math.min(...all) : null;
}

const NUMBER_AND_UNIT = String.raw`((?:\d+(?:\.\d+)?\s?(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|ms|s|m|h|d)\s?){1,4})`;
const IN_WORDS = new RegExp(
  String.raw`(?:try again|retry|retry[- ]?after|retrydelay|available|wait|replenished|resets?)["':,]?\s*(?:in|after|for|at least)?\s*["':]?\s*(?:about |another )?` +
    NUMBER_AND_UNIT,
  'u',
);
const WORDS_TO_UNIT: readonly (readonly [RegExp, string])[] = [
  [/milliseconds?/gu, 'ms'],
  [/(?:seconds?|secs?)/gu, 's'],
  [/(?:minutes?|mins?)/gu, 'm'],
  [/(?:hours?|hrs?)/gu, 'h'],
  [/days?/gu, 'd'],
];

const CHINESE_UNITS: Readonly<Record<string, string>> = { 秒: 's', 分: 'm', 小时: 'h', 天: 'd' };
/** "请在30秒后重试", "请1分钟后再试". */
const IN_CHINESE =
  /(\d{1,6}(?:\.\d{1,3})?)\s?(毫秒|秒|分|小时|天)钟?\s?(?:之|以)?后[^\n]{0,6}(?:重试|再试|重新|再次|恢复|可用)/u;
/** Azure's gateway: "Quota will be replenished in 01:02:03", which may begin with days. */
const ON_A_CLOCK =
  /(?:again|retry|replenished|resets?|available) (?:in|after) (?:(\d{1,2})\.)?(\d{1,2}):(\d\d):(\d\d)\b/u;

/** "Please try again in 1m2.5s", "retry after 20 seconds", and Google's `"retryDelay": "34s"`. */
function wordsMs(text: string): number | null {
  const [, days, hours, minutes, seconds] = ON_A_CLOCK.exec(text) ?? [];
  if (hours !== undefined) return goDurationMs(`${days ?? 0}d${hours}h${minutes ?? 0}m${seconds ?? 0}s`);
  const [, amount, unit] = IN_CHINESE.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return goDurationMs(`${amount}${CHINESE_UNITS[unit] ?? 'ms'}`);
  const found = IN_WORDS.exec(text)?.[1];
  if (found === undefined) return null;
  let short = found.replaceAll(/\s/gu, '');
  for (const [words, unit] of WORDS_TO_UNIT) short = short.replaceAll(words, unit);
  return goDurationMs(short);
}

const UNTIL =
  /(?:regain|resets?|again|available|until|after|try|retry)\b[^\n]{0,40}?\b(\d{4}-\d\d-\d\d)(?:t| at | )(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?:z\b|utc|gmt)/u;

/** "You will regain access on 2026-02-01 at 00:00 UTC" (Anthropic). Without a zone nobody knows when that is. */
function untilMs(text: string, now: number): number | null {
  const [, day, hour] = UNTIL.exec(text) ?? [];
  return day === undefined || hour === undefined ? null : dateMs(`${day}T${hour}Z`, now);
}

/** How long the other side asks us to wait, in ms from now, at most 7 days; null = it does not say. */
export function retryAfterMs(
  facts: Pick<Facts, 'headers' | 'text' | 'retryDelayMs'>,
  code: FaultCode,
  now: number,
): number | null {
  const { headers } = facts;
  const exact = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'];
  const exactMs = exact === undefined || !/^\s*\d+(?:\.\d+)?\s*$/u.test(exact) ? null : saneMs(Number(exact));
  if (exactMs !== null) return exactMs;
  const header = headers['retry-after'];
  const headerMs = header === undefined ? null : retryAfterHeader(header, now);
  if (headerMs !== null) return headerMs;
  const said = facts.retryDelayMs ?? wordsMs(facts.text) ?? untilMs(facts.text, now);
  if (said !== null) return said;
  // Resets come with every answer of some providers: only a limit makes them a wait.
  return code === 'rate_limit' || code === 'quota' ? resetMs(facts, now) : null;
}
