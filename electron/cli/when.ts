import { wrongUsage } from './failure.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Reads a moment: `90m`, `2h`, `7d` ago, an ISO date or time, or epoch milliseconds. Gives epoch ms. */
export function parseWhen(text: string, now: number): number {
  const ago = /^(\d{1,6})([smhdw])$/u.exec(text);
  if (ago?.[1] !== undefined && ago[2] !== undefined) return Math.max(0, now - Number(ago[1]) * (UNIT_MS[ago[2]] ?? 0));
  if (/^\d{12,14}$/u.test(text)) return Number(text);
  // A bare date would be read as UTC by Date.parse; a person means their own midnight.
  const at = /^\d{4}-\d{2}-\d{2}$/u.test(text) ? Date.parse(`${text}T00:00`) : Date.parse(text);
  if (/^\d{4}-/u.test(text) && Number.isFinite(at) && at >= 0) return at;
  throw wrongUsage(`"${text}" is not a time: write 90m, 2h, 7d, or a date such as 2026-11-23 or 2026-11-23T14:30.`);
}
