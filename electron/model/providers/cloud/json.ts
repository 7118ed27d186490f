/** A field of something a provider sent, whatever it is. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** A list a provider sent; empty when it is none. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** A text a provider sent; null when it is none. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What a table says of a word a provider sent: words such as `constructor` stand in no table, though every object answers to them. */
export const rowOf = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** JSON, else the text as it is; null when there is none. */
export function jsonOr(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
