const MOST_USD = 1_000_000;

/** Thousands in groups, then a part of a dollar: told apart by their two signs, in English and in German. */
const GROUPED = /^\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+)$/;
/** A thousand to one and one to another: nobody's limit is guessed. */
const EITHER = /^[1-9]\d{0,2}(?:,\d{3})+$/;

/** What a typed amount in USD is: null = none was typed, which sets no limit; undefined = it is none, or could be two. */
export function readUsd(typed: string): number | null | undefined {
  const plain = typed.trim().replace(/^\$/, '');
  if (plain === '') return null;
  if (EITHER.test(plain)) return undefined;
  const cents = Math.max(plain.lastIndexOf(','), plain.lastIndexOf('.'));
  const value = Number(
    GROUPED.test(plain)
      ? `${plain.slice(0, cents).replaceAll(/[.,]/g, '')}.${plain.slice(cents + 1)}`
      : plain.replace(',', '.'),
  );
  return Number.isFinite(value) && value >= 0 && value <= MOST_USD ? value : undefined;
}

/** A whole number from 1 on; null = none was typed, which sets no limit; undefined = it is none. */
export function readWhole(typed: string, most = Number.MAX_SAFE_INTEGER): number | null | undefined {
  const plain = typed.trim();
  if (plain === '') return null;
  const value = Number(plain);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}
