import { currentLanguage } from './i18n/index.ts';
import { kitText } from './text.ts';

const cache = new Map<string, Intl.NumberFormat>();
const number = (value: number, options: Intl.NumberFormatOptions = {}): string => {
  const key = `${currentLanguage()}${JSON.stringify(options)}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(currentLanguage(), options);
    cache.set(key, format);
  }
  return format.format(value);
};

const digits = (value: number, count: number): string =>
  number(value, { minimumFractionDigits: count, maximumFractionDigits: count });

export const formatNumber = (value: number): string => number(value);
export const formatPercent = (share: number): string => number(share, { style: 'percent', maximumFractionDigits: 0 });

/** 0.4 ms, 12 ms, 1.3 s, 2.5 min. Absent = a dash. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return kitText.t('none');
  if (ms < 1000) return kitText.t('unitMs', { value: ms < 10 ? digits(ms, ms === 0 ? 0 : 1) : digits(ms, 0) });
  if (ms < 60_000) return kitText.t('unitS', { value: ms < 10_000 ? digits(ms / 1000, 1) : digits(ms / 1000, 0) });
  return kitText.t('unitMin', { value: digits(ms / 60_000, 1) });
}

export function formatTokens(count: number | null | undefined): string {
  if (count === null || count === undefined) return kitText.t('none');
  return kitText.t('unitTokens', { count, value: number(count) });
}

export function formatSpeed(tokensPerSecond: number | null | undefined): string {
  if (tokensPerSecond === null || tokensPerSecond === undefined) return kitText.t('none');
  return kitText.t('unitTokensPerSecond', { value: digits(tokensPerSecond, tokensPerSecond < 10 ? 1 : 0) });
}

/** $0 for free, four places under a dollar. */
export function formatUsd(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return kitText.t('none');
  if (usd > 0 && usd < 0.00005) return `<$${digits(0.0001, 4)}`;
  const places = usd === 0 ? 0 : usd < 1 ? 4 : 2;
  return `$${digits(usd, places)}`;
}

/** A price: two places, up to four where it has them. $2.50, $0.15, $0.075. */
export const formatPrice = (usd: number): string =>
  `$${number(usd, { minimumFractionDigits: 2, maximumFractionDigits: 4 })}`;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return kitText.t('none');
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${digits(value, unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit] ?? 'B'}`;
}

/** A language by its name where the person reads: "en" is English, 英语 in Chinese. What is no language stays as it is. */
export function formatLanguage(tag: string): string {
  try {
    return new Intl.DisplayNames([currentLanguage()], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** 0.5 B, 7.2 B parameters and the like: compact count. */
export const formatCompact = (value: number): string =>
  number(value, { notation: 'compact', maximumFractionDigits: 1 });

const dates = new Map<string, Intl.DateTimeFormat>();
const date = (at: number, options: Intl.DateTimeFormatOptions): string => {
  const key = `${currentLanguage()}${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(currentLanguage(), options);
    dates.set(key, format);
  }
  return format.format(at);
};

export const formatTimeOfDay = (at: number): string => date(at, { hour: '2-digit', minute: '2-digit' });
export const formatDay = (at: number): string => date(at, { year: 'numeric', month: 'short', day: 'numeric' });
export const formatDateTime = (at: number): string =>
  date(at, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Time today, day otherwise: for dense lists. `now` is given so that it can be tested. */
export function formatWhen(at: number, now: number): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return formatTimeOfDay(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return date(at, sameYear ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'short', day: 'numeric' });
}
