import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Egress } from '../egress/egress.ts';
import type { EgressSeries } from '../egress/series.ts';
import { did, judge } from './answer.ts';
import type { Setback, SourceDid, Wanted } from './answer.ts';

/** One request is sent on at most so often. */
const MOST_HOPS = 8;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname.toLowerCase());

/** Carries a setback through code that throws. */
export class SetbackError extends Error {
  readonly setback: Setback;
  constructor(setback: Setback) {
    super(setback.says('The source'));
    this.name = 'SetbackError';
    this.setback = setback;
  }
}

export const stopped = (code: Setback['code'], hope: Setback['hope'], what: SourceDid): SetbackError =>
  new SetbackError({ code, hope, says: did(what) });

/** Where a source sends on to; refuses what no honest one does. */
function nextHop(from: URL, location: string, seen: Set<string>): URL {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw stopped('server_error', 'source', 'model.source.elsewhere');
  }
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    throw stopped('server_error', 'source', 'model.source.no_web');
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw stopped('server_error', 'source', 'model.source.unencrypted');
  if (isLoopback(to) && !isLoopback(from)) throw stopped('server_error', 'source', 'model.source.inwards');
  if (seen.has(to.href) || seen.size >= MOST_HOPS) throw stopped('server_error', 'source', 'model.source.circle');
  return to;
}

/** What a broken connection means. */
export function setbackOf(error: unknown): Setback {
  if (error instanceof SetbackError) return error.setback;
  if (error instanceof FaultError)
    return {
      code: error.fault.code,
      hope: error.fault.recoverable ? 'again' : 'all',
      says: () => error.fault.detail,
    };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH')
    return { code: 'offline', hope: 'again', says: did('model.source.unreachable', { code }) };
  if (/^(?:CERT_|ERR_TLS|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return { code: 'network', hope: 'source', says: did('model.source.unproven', { code }) };
  const says = code === '' ? did('model.source.broke') : did('model.source.broke_why', { code });
  return { code: 'network', hope: 'again', says };
}

export interface Opened {
  readonly body: ReadableStream<Uint8Array>;
  readonly skip: number;
  readonly until: number;
  readonly endsThere: boolean;
  readonly tag: string;
  /** Where it came from in the end. */
  readonly url: URL;
}

export interface AskDeps {
  readonly egress: Egress;
  readonly clock: Clock;
  /** Whose file it is, for the log of what left the machine. */
  readonly label: string;
  /** The requests this one belongs to. */
  readonly series: EgressSeries;
}

/**
 * Asks one source for a stretch of the file and follows where it sends. `resolved` = where it sent the last time, to be asked at
 * once; null = not known. Rejects with a SetbackError, or the socket's own error.
 */
export async function askSource(
  { egress, clock, label, series }: AskDeps,
  { source, resolved }: { readonly source: string; readonly resolved: URL | null },
  wanted: Wanted,
  taken: ReadonlySet<'size' | 'range'>,
  signal: AbortSignal,
): Promise<Opened> {
  const first = new URL(source);
  let url = resolved ?? first;
  const seen = new Set<string>([url.href]);
  const { from, to, sizeBytes } = wanted;
  const range = to === sizeBytes ? `bytes=${from}-` : `bytes=${from}-${to - 1}`;
  const headers: Record<string, string> = from === 0 && to === sizeBytes ? {} : { range };
  for (;;) {
    const door = egress.fetchFor({
      providerId: 'download',
      modelId: label,
      origin: { traceId: null, conversationId: null, private: false, purpose: 'download' },
      trustedForPrivate: false,
      bulk: true,
      series,
    });
    const response = await door(url, { headers, signal });
    const verdict = judge(response.status, response.headers, wanted, clock.now(), taken);
    if (verdict.kind === 'take' && response.body) {
      const etag = createHash('sha256').update(verdict.tag).digest('hex').slice(0, 8);
      return { body: response.body, ...verdict, tag: `${first.host}#${etag}`, url };
    }
    await response.body?.cancel().catch(() => undefined);
    if (verdict.kind === 'redirect') {
      url = nextHop(url, verdict.location, seen);
      seen.add(url.href);
      continue;
    }
    if (verdict.kind === 'take') throw stopped('server_error', 'again', 'model.source.nothing');
    // Addresses that are signed for a time run out: the way from the beginning gives a new one.
    const ranOut = url.href !== first.href && (resolved !== null || verdict.setback.code === 'auth');
    throw new SetbackError(ranOut ? { ...verdict.setback, hope: 'again' } : verdict.setback);
  }
}
