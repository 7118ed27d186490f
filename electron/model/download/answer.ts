import { retryAfterMs } from '../classify/retry-after.ts';
import type { FaultCode } from '../../contract/faults.ts';
import { say } from '../../contract/sentences/index.ts';
import type { SentenceCode } from '../../contract/sentences/index.ts';

/** What was asked for: `[from, to)` of a file of `sizeBytes`. Up to `end` of it is missing. */
export interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly end: number;
  readonly sizeBytes: number;
}

/** Why an answer, or the lack of one, does not bring the file on. */
export interface Setback {
  readonly code: FaultCode;
  /** `again` = may well work next time; `source` = this place will not do; `all` = no place will. */
  readonly hope: 'again' | 'source' | 'all';
  /** Taken as it is once this source has said so often enough: the sum decides then. */
  readonly doubt?: 'size' | 'range';
  readonly retryAfterMs?: number;
  /** A sentence about the source at this host. */
  readonly says: (host: string) => string;
}

/** What to do with the head of an answer. */
export type Verdict =
  /**
   * Its body holds the file from `from` on; `skip` bytes of it are known already; nothing past `until` is taken. `endsThere` = it
   * says that its body ends there.
   */
  | {
      readonly kind: 'take';
      readonly skip: number;
      readonly until: number;
      readonly endsThere: boolean;
      readonly tag: string;
    }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'setback'; readonly setback: Setback };

/** What a source did, as a sentence about it. */
export type SourceDid = SentenceCode & `model.source.${string}`;

/** The sentence about a source, once its host is known. */
export const did =
  (what: SourceDid, slots: Readonly<Record<string, string | number>> = {}): Setback['says'] =>
  (host) =>
    say(what, { host, ...slots });

const setback = (
  code: FaultCode,
  hope: Setback['hope'],
  says: Setback['says'],
  more: Partial<Setback> = {},
): Verdict => ({
  kind: 'setback',
  setback: { code, hope, says, ...more },
});

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** `bytes 5-9/10`, `bytes 5-9/*` (RFC 9110, 14.4). */
export function readContentRange(text: string): { from: number; to: number; total: number | null } | null {
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text.trim());
  if (!found) return null;
  const [from, last, total] = [Number(found[1]), Number(found[2]), found[3] === '*' ? null : Number(found[3])];
  return last < from || (total !== null && last >= total) ? null : { from, to: last + 1, total };
}

const lengthOf = (headers: Headers): number | null => {
  const text = headers.get('content-length');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
};

function judgeFailure(status: number, headers: Headers, now: number): Verdict {
  const code: FaultCode = status === 429 ? 'rate_limit' : status === 503 ? 'overloaded' : 'server_error';
  const facts = { headers: Object.fromEntries(headers), text: '', retryDelayMs: null };
  const wait = retryAfterMs(facts, code, now);
  const later = wait === null ? {} : { retryAfterMs: wait };
  if (status === 401 || status === 403) return setback('auth', 'source', did('model.source.forbidden', { status }));
  if (status === 404 || status === 410) return setback('not_found', 'source', did('model.source.missing', { status }));
  if (status === 408 || status === 425 || status === 429)
    return setback(code, 'again', did('model.source.wait'), later);
  if (status >= 500) return setback(code, 'again', did('model.source.failed', { status }), later);
  return setback('invalid_request', 'source', did('model.source.refused', { status }));
}

const otherSize = (total: number, sizeBytes: number): Verdict =>
  setback('model_file_corrupt', 'again', did('model.source.size', { total, size: sizeBytes }), { doubt: 'size' });

/**
 * Whether the head of an answer promises the bytes that were asked for. `taken` lists doubts this source has used up: it is then
 * believed as far as the known size goes, since the sum has the last word.
 */
export function judge(
  status: number,
  headers: Headers,
  wanted: Wanted,
  now: number,
  taken: ReadonlySet<'size' | 'range'> = new Set(),
): Verdict {
  const { from, end, sizeBytes } = wanted;
  if (REDIRECTS.has(status)) {
    const location = headers.get('location');
    return location === null
      ? setback('server_error', 'again', did('model.source.nowhere'))
      : { kind: 'redirect', location };
  }
  if (status === 416) {
    const total = /^bytes \*\/(\d{1,15})$/i.exec(headers.get('content-range') ?? '')?.[1];
    return total === undefined || Number(total) === sizeBytes
      ? setback('server_error', 'again', did('model.source.no_part'))
      : otherSize(Number(total), sizeBytes);
  }
  if (status !== 200 && status !== 206) return judgeFailure(status, headers, now);

  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity')
    return setback('server_error', 'again', did('model.source.packs', { how: encoding.slice(0, 20) }));
  const type = headers.get('content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/html') || type.startsWith('application/xhtml'))
    return setback('network', 'again', did('model.source.page'));
  const tag = headers.get('etag') ?? '';
  const length = lengthOf(headers);

  if (status === 206) {
    if (type.startsWith('multipart/')) return setback('server_error', 'again', did('model.source.wrapped'));
    const range = readContentRange(headers.get('content-range') ?? '');
    if (!range || range.from !== from) return setback('server_error', 'again', did('model.source.other_part'));
    if (range.total !== null && range.total !== sizeBytes && !taken.has('size'))
      return otherSize(range.total, sizeBytes);
    // More than was asked for is taken as well: breaking it off would cost what is on its way.
    const until = Math.min(end, range.to);
    return { kind: 'take', skip: 0, until, endsThere: length === until - from, tag };
  }
  if (length !== null && length !== sizeBytes && !taken.has('size')) return otherSize(length, sizeBytes);
  if (from > 0 && !taken.has('range'))
    return setback('server_error', 'again', did('model.source.whole'), {
      doubt: 'range',
    });
  // Nothing shorter is to be had of it: what it sends is taken as far as it is missing.
  return { kind: 'take', skip: from, until: end, endsThere: length === end, tag };
}
