import { APICallError } from '@ai-sdk/provider';
import { FaultError } from '../../../contract/faults.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { AnswerPhase, ProviderAnswer } from '../../classify/types.ts';

const parsed = (text: string | undefined): unknown => {
  if (text === undefined || text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const lowered = (headers: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** What an error of the library or the socket says a provider answered. */
export function answerOf(
  error: unknown,
  provider: string,
  phase: AnswerPhase,
  connected: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null,
): ProviderAnswer {
  if (APICallError.isInstance(error)) {
    const status = error.statusCode ?? connected?.status ?? null;
    return {
      provider,
      phase,
      status,
      headers: lowered(error.responseHeaders ?? connected?.headers),
      body: parsed(error.responseBody),
      error: error.cause ?? error,
    };
  }
  const headers = lowered(connected?.headers);
  const status = connected?.status ?? null;
  // A chunk that is an error: the library hands on what stood in it.
  if (!(error instanceof Error)) return { provider, phase, status, headers, body: { error } };
  const value = 'value' in error ? error.value : null;
  const text = 'text' in error && typeof error.text === 'string' ? parsed(error.text) : null;
  return { provider, phase, status, headers, body: value ?? text, error: error.cause ?? error };
}

/** The fault that our own side threw into the library, wherever it was wrapped. */
export function ownFault(error: unknown): Fault | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof FaultError) return at.fault;
  return null;
}

/** The socket's own code of an error, wherever it was wrapped; null = no socket failed. */
export function networkCodeOf(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/u.test(at.code)) return at.code;
    // Several addresses were tried: the first failure is as good as the others.
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return null;
}
