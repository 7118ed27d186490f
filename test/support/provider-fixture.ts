import { z } from 'zod';
import type { ProviderAnswer } from '../../electron/model/classify/types.ts';

/** One row of test/fixtures/provider-errors.jsonl: an answer of a provider and what it means. */
export const fixtureSchema = z.object({
  provider: z.string(),
  phase: z.string(),
  status: z.number().nullable().optional(),
  signature: z.record(z.string(), z.unknown()),
  expect: z.object({ class: z.string(), origin: z.string(), recoverable: z.boolean(), action: z.string().optional() }),
});
export type Fixture = z.infer<typeof fixtureSchema>;

/** Values for headers a row only names. */
const HEADER_VALUES: Readonly<Record<string, string>> = {
  'retry-after': '3',
  'retry-after-ms': '3000',
  'x-ratelimit-*': '',
  'anthropic-ratelimit-*': '',
};
const PHASES = ['pre', 'stream', 'finish', 'process'] as const;

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  const next: Record<string, unknown> =
    typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  target[head] = next;
  put(next, rest, value);
}

/** Makes of a row the answer it describes: its paths filled in, in the place its provider uses. */
export function answerOfFixture({ provider, phase, status, signature }: Fixture): ProviderAnswer {
  const body: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  let error: unknown;
  for (const [path, value] of Object.entries(signature)) {
    if (path === 'headers' && Array.isArray(value)) {
      for (const name of value) {
        const plain = String(name).replace(/\?$/u, '');
        headers[plain] = HEADER_VALUES[plain] ?? '3';
      }
    } else if (path.startsWith('headers.')) headers[path.slice('headers.'.length)] = String(value);
    else if (path === 'code' && status === null) error = Object.assign(new Error(String(value)), { code: value });
    else if (path.startsWith('error.code') && phase === 'network')
      error = Object.assign(new Error(String(value)), { code: value });
    else if (value !== 'absent') put(body, path.replace(/~$/u, '').split('.'), value);
  }
  return {
    provider,
    phase: PHASES.find((known) => known === phase) ?? 'pre',
    status: status ?? null,
    headers,
    body: Object.keys(body).length === 0 ? null : body,
    ...(error === undefined ? {} : { error }),
  };
}
