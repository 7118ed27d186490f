/** Deeper schemas are taken as they are. */
const MOST_DEPTH = 64;
/** Where a schema holds schemas by name, one schema, and a list of them. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties']);
const LIST: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'allOf', 'prefixItems']);
/** What says which values a schema means; one without any of them means every value. */
const TELLING = ['type', 'const', 'enum', 'oneOf', 'anyOf', 'allOf', '$ref', 'properties', 'items', 'prefixItems'];

const ANY_VALUE = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
    { type: 'object', additionalProperties: true },
    { type: 'array' },
  ],
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON schema as the library's converter to grammars reads it best: whoever matches one of several (`anyOf`) matches (`oneOf`), an
 * object needs not say that it is one, and what says nothing means any value, not null.
 */
export function readableSchema(schema: unknown, depth = 0): unknown {
  if (!isRecord(schema) || depth > MOST_DEPTH) return schema;
  const next = (value: unknown): unknown => readableSchema(value, depth + 1);
  const made: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const name = key === 'anyOf' ? 'oneOf' : key;
      if (BY_NAME.has(key) && isRecord(value))
        return [name, Object.fromEntries(Object.entries(value).map(([property, one]) => [property, next(one)]))];
      if (ONE.has(key)) return [name, next(value)];
      return [name, LIST.has(key) && Array.isArray(value) ? value.map(next) : value];
    }),
  );
  if (TELLING.every((key) => !(key in schema))) return depth === 0 ? made : { ...ANY_VALUE };
  if (!('type' in made) && 'properties' in made) made['type'] = 'object';
  return made;
}
