import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AnswerPhase, ProviderAnswer } from '../../electron/model/classify/types.ts';

const row = z.looseObject({
  provider: z.string(),
  phase: z.string(),
  status: z.union([z.number(), z.string(), z.null(), z.array(z.number())]).optional(),
  signature: z.record(z.string(), z.unknown()),
  expect: z.looseObject({
    class: z.string(),
    origin: z.string(),
    recoverable: z.boolean(),
    /** The wait that the answer states, at noon of 15 January 2026. Absent = not looked at. */
    retryAfterMs: z.number().optional(),
  }),
});
/** One provider answer of a fixture file, as its README describes them. */
export type ProviderRow = z.infer<typeof row>;

export const readRows = (path: string): ProviderRow[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => row.parse(JSON.parse(line)));

/** A text the pattern matches: its own words with the signs of a pattern taken out. */
function exampleOf(pattern: string): string {
  const example = pattern
    .replaceAll(/\(\?:?([^()|]*)\|[^()]*\)/gu, '$1')
    .replaceAll(/\(([^()|]*)(?:\|[^()]*)?\)/gu, '$1')
    .replaceAll(/\\d[+*]?/gu, '4096')
    .replaceAll(/\\[sw][+*]?/gu, ' ')
    .replaceAll(/\.[*+]\??/gu, ' ')
    .replaceAll(/\[[^\]]*\][+*?]?/gu, '7')
    .replaceAll(/\\(.)/gu, '$1')
    .replaceAll(/[\^$]/gu, '');
  return example.includes('|') ? (example.split('|', 1)[0] ?? '') : example;
}

const STATED: Readonly<Record<string, unknown>> = {
  present: { message: 'The server had an error while processing your request' },
  int: 4096,
  integer: 4096,
  number: 4096,
  string: 'x',
  true: true,
  false: false,
  null: null,
};

const values = (name: string, value: unknown): unknown[] => {
  if (name.endsWith('~')) return typeof value === 'string' ? [exampleOf(value)] : [value];
  if (typeof value !== 'string') return [value];
  if (value in STATED) return [STATED[value]];
  if (/^[\w.-]+(?:\|[\w.-]+)+$/u.test(value)) return value.split('|');
  if (/^\[.*\]$/u.test(value)) return [[{ loc: ['body', 'messages'], msg: 'Field required', type: 'missing' }], value];
  return [value];
};

/** Puts a value where a path such as `error.code` or `choices[0].finish_reason` says. */
function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.replaceAll(/\[(\d*)\]/gu, '.$1').split('.');
  let at: Record<string, unknown> = target;
  parts.forEach((part, index) => {
    const key = part === '' ? '0' : part;
    if (index === parts.length - 1) {
      const there = at[key];
      const both = typeof there === 'object' && there !== null && typeof value === 'object' && value !== null;
      at[key] = both ? { ...there, ...value } : value;
      return;
    }
    const next = parts[index + 1] ?? '';
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = /^\d*$/u.test(next) ? [] : {};
    at = at[key] as Record<string, unknown>;
  });
}

const HEADER_VALUES: Readonly<Record<string, string>> = { 'retry-after': '7', 'retry-after-ms': '7000' };
const asList = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

function headersOf(signature: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of 'headers' in signature ? asList(signature['headers']) : []) {
    if (name.endsWith('?')) continue;
    headers[name.replace('*', 'reset').toLowerCase()] = HEADER_VALUES[name] ?? '7';
  }
  for (const [name, value] of Object.entries(signature))
    if (name.startsWith('headers.')) headers[name.slice('headers.'.length).toLowerCase()] = String(value);
  return headers;
}

function bodies(row: ProviderRow): unknown[] {
  const entries = Object.entries(row.signature).filter(
    ([name, value]) => name !== 'headers' && !name.startsWith('headers.') && value !== 'absent',
  );
  if (entries.length === 0) return [null, '', {}];
  const [only] = entries;
  if (entries.length === 1 && (only?.[0] === 'line' || only?.[0] === 'body' || only?.[0] === 'body~'))
    return values(only[0], only[1]);
  let all: Record<string, unknown>[] = [{}];
  for (const [name, value] of entries) {
    const path = name.replace(/[~?]$/u, '').replace(/^(?:data|body)\./u, '');
    all = values(name, value).flatMap((one) =>
      all.map((body) => {
        const next = structuredClone(body);
        put(next, path, one);
        return next;
      }),
    );
  }
  return all.flatMap((body) => [body, ...wrapped(row, body)]);
}

/** The same as the provider's own wire has it. */
function wrapped(row: ProviderRow, body: Record<string, unknown>): unknown[] {
  const { message, ...rest } = body;
  const shapes: unknown[] = [JSON.stringify(body)];
  const error = typeof body['error'] === 'object' && body['error'] !== null ? body['error'] : null;
  if (typeof message === 'string')
    shapes.push({ ...rest, error: { message, ...error } }, { ...rest, error: { ...error, message }, object: 'error' });
  else if (error && !('message' in error))
    shapes.push({ ...body, error: { ...error, message: 'Something was wrong.' } });
  if (error && typeof row.status === 'number' && row.provider === 'google')
    shapes.push([{ error: { code: row.status, message: message ?? 'Something was wrong.', ...error } }]);
  if (error && row.phase === 'stream') shapes.push(`event: error\ndata: ${JSON.stringify(body)}\n\n`);
  if (typeof body['event'] === 'string' && row.provider === 'bedrock')
    shapes.push({ [body['event']]: { message: 'Something was wrong.' } });
  if (row.phase === 'process') shapes.push(Object.values(body).map(String).join(' '));
  return shapes;
}

const NETWORK_CODE =
  /^(?:E[A-Z]{3,}|EAI_\w+|UND_ERR\w*|CERT_\w+|[A-Z_]*SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_\w+|HPE_\w+)$/u;

function thrownOf(signature: Readonly<Record<string, unknown>>): Error[] {
  const code = Object.values(signature).find((value) => typeof value === 'string' && NETWORK_CODE.test(value));
  if (typeof code !== 'string') return [];
  const cause = Object.assign(new Error(`connect ${code} 127.0.0.1:9`), { code });
  return [cause, Object.assign(new TypeError('fetch failed'), { cause }), new AggregateError([cause])];
}

const PHASES: readonly AnswerPhase[] = ['pre', 'stream', 'finish', 'process'];

function statusesOf({ status }: ProviderRow): (number | null)[] {
  if (status === undefined || status === null) return [null];
  if (typeof status === 'number') return [status];
  if (Array.isArray(status)) return status;
  return [...status.matchAll(/\d{3}/gu)].map(([digits]) => Number(digits));
}

/** Every answer a row may stand for: the bare signature, and what the provider's wire makes of it. */
export function answersOf(row: ProviderRow): ProviderAnswer[] {
  const phases = PHASES.filter((phase) => phase === row.phase);
  const headers = headersOf(row.signature);
  const answers: ProviderAnswer[] = [];
  for (const phase of phases.length > 0 ? phases : (['pre', 'stream'] as const)) {
    for (const status of statusesOf(row)) {
      for (const body of bodies(row)) answers.push({ provider: row.provider, phase, status, headers, body });
      if (status === null)
        for (const error of thrownOf(row.signature))
          answers.push({ provider: row.provider, phase, status, headers: {}, body: null, error });
    }
  }
  return answers;
}
