import type { Row } from '../../native/sqlite/index.ts';
import { damaged } from './faults.ts';

/** SQLite has no booleans. */
export const bit = (value: boolean): 0 | 1 => (value ? 1 : 0);

/** A column that must hold a number. */
export function integer(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw damaged(`${column} is not a number`);
  return value;
}

/** Null for NULL and for no row at all. */
export function integerOrNull(row: Row | undefined, column: string): number | null {
  return row === undefined || row[column] === null ? null : integer(row, column);
}

/** A column that must hold text. */
export function text(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw damaged(`${column} is not text`);
  return value;
}

/** JSON kept in a column; null stays null. */
export function json(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value !== 'string') throw damaged('a JSON column is not text');
  try {
    return JSON.parse(value);
  } catch {
    throw damaged('a JSON column does not parse');
  }
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

/** A row as the entity it should be; a row that is not is damage, and said as such. */
export function entity<T>(schema: Schema<T>, value: unknown, table: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw damaged(`a row of ${table} is not valid`);
  return parsed.data;
}
