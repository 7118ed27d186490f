import type { z } from 'zod';
import { badRequest } from './errors.ts';

/** Deeper than any schema people write; what is deeper would overflow the stack of whoever walks it later. */
const MOST_LEVELS = 128;

function levelsWithin(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return false;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? (item as unknown[]) : Object.values(item)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return true;
}

/** The fields of a request's body. Null counts as left out: some clients send it so. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON: send one JSON object.', null, 'invalid_json');
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw badRequest('The body must be one JSON object.', null, 'invalid_json');
  }
  if (!levelsWithin(raw, MOST_LEVELS)) {
    throw badRequest(`The body is nested deeper than ${MOST_LEVELS} levels: send a flatter one.`, null, 'invalid_json');
  }
  return Object.fromEntries(Object.entries(raw).filter(([, field]) => field !== null));
}

/** Reads fields by a schema; the refusal names the first field that is wrong. */
export function readFields<T>(schema: z.ZodType<T>, fields: unknown, under = ''): T {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(under === '' ? [] : [under]), ...(issue?.path ?? [])].map(String).join('.');
  throw badRequest(
    path === ''
      ? `The request is not as expected: ${issue?.message ?? 'invalid'}.`
      : `\`${path}\` is not as expected: ${issue?.message ?? 'invalid'}.`,
    path === '' ? null : path,
  );
}
