/** A stretch of local calendar time: `from` inclusive, `until` exclusive, epoch ms. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

/** The day and the month a moment lies in, as people in `timeZone` count them. */
export interface Calendar {
  day(now: number): Period;
  month(now: number): Period;
  /** A moment in words: `00:00 on 25 November`. */
  words(at: number): string;
}

const HOUR_MS = 3_600_000;
/** Clocks are at most 14 hours ahead of and 12 behind UTC. */
const MOST_OFFSET_MS = 15 * HOUR_MS;

/** `timeZone`: IANA name; absent = the one of this machine, asked anew for every day. */
export function createCalendar(timeZone?: () => string): Calendar {
  const zone = timeZone ?? (() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  let kept: { readonly zone: string; readonly dateOf: (at: number) => number } | null = null;

  /** Local dates as ordered numbers: 20261124. */
  function dates(): (at: number) => number {
    const name = zone();
    if (kept?.zone === name) return kept.dateOf;
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    const dateOf = (at: number): number => Number(format.format(at).replaceAll(/\D/g, ''));
    kept = { zone: name, dateOf };
    return dateOf;
  }

  /** First moment whose local date is this one or later: not always 00:00, some zones turn their clocks at midnight. */
  function startOf(year: number, month: number, day: number): number {
    const dateOf = dates();
    const utc = Date.UTC(year, month - 1, day);
    const named = new Date(utc);
    const wanted = named.getUTCFullYear() * 10_000 + (named.getUTCMonth() + 1) * 100 + named.getUTCDate();
    let before = utc - MOST_OFFSET_MS;
    let after = utc + MOST_OFFSET_MS;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (dateOf(middle) >= wanted) after = middle;
      else before = middle;
    }
    return after;
  }

  const partsOf = (at: number): [year: number, month: number, day: number] => {
    const date = dates()(at);
    return [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  };

  return {
    day(now) {
      const [year, month, day] = partsOf(now);
      return { from: startOf(year, month, day), until: startOf(year, month, day + 1) };
    },
    month(now) {
      const [year, month] = partsOf(now);
      return { from: startOf(year, month, 1), until: startOf(year, month + 1, 1) };
    },
    words(at) {
      const timeZone = zone();
      const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
      const date = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long' }).format(at);
      return `${time} on ${date}`;
    },
  };
}
