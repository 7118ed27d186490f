import type { z } from 'zod';
import { badRequest } from './errors.ts';
import { sayIssue } from './issue.ts';

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

/** The `type` of one entry of a list of parts; null = it has none. */
export function typeOf(value: unknown): string | null {
  const type: unknown = Reflect.get(Object(value), 'type');
  return typeof type === 'string' ? type.slice(0, 100) : null;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key) as unknown, value);

/** Reads fields by a schema; the refusal names the first field that is wrong, and what it must be. */
export function readFields<T>(schema: z.ZodType<T>, fields: unknown, under = ''): T {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const inner = issue?.path ?? [];
  const path = [...(under === '' ? [] : [under]), ...inner].map(String).join('.');
  const said = issue ? sayIssue(issue, at(fields, inner)) : 'is not as expected';
  throw badRequest(`${path === '' ? 'The request' : `\`${path}\``} ${said}.`, path === '' ? null : path);
}
