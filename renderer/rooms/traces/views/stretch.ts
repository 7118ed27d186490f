import { formatDateTime, formatTimeOfDay, formatWhen } from '../../../kit/index.ts';

const DAY_MS = 86_400_000;
const sameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();

/** The day of a moment, without its time: "Nov 25". */
// Asked for another day than its own, a day is written out.
export const formatMonthDay = (at: number): string => formatWhen(at, at - 2 * DAY_MS);

/** A stretch of time, as short as it can be read: "Nov 25 14:00 – 16:00", or both days where it crosses midnight. */
export const formatStretch = ({ since, until }: { readonly since: number; readonly until: number }): string => {
  // Stretches of whole steps end a millisecond before the next one.
  const end = until + 1;
  if (end - since < 1000) return formatDateTime(since);
  const from = `${formatMonthDay(since)} ${formatTimeOfDay(since)}`;
  return sameDay(since, end) || sameDay(since, until)
    ? `${from} – ${formatTimeOfDay(end)}`
    : `${from} – ${formatMonthDay(end)} ${formatTimeOfDay(end)}`;
};
