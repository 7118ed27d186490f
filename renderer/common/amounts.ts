const MOST_USD = 1_000_000;

/** What a typed amount in USD is: null = none was typed, which sets no limit; undefined = it is none. */
export function readUsd(typed: string): number | null | undefined {
  const plain = typed.trim().replace(/^\$/, '').replace(',', '.');
  if (plain === '') return null;
  const value = Number(plain);
  return Number.isFinite(value) && value >= 0 && value <= MOST_USD ? value : undefined;
}

/** A whole number from 1 on; null = none was typed, which sets no limit; undefined = it is none. */
export function readWhole(typed: string, most = Number.MAX_SAFE_INTEGER): number | null | undefined {
  const plain = typed.trim();
  if (plain === '') return null;
  const value = Number(plain);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}
