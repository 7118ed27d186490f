import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { onceFor } from '../../base/once-for.ts';
import { say } from '../../contract/sentences/index.ts';
import type { Config } from '../../contract/config.ts';
import { refuse } from '../../contract/faults.ts';
import type { ApiTokenEntry } from '../../contract/providers.ts';
import type { ApiTokenRecord, ApiTokenRecords } from '../../storage/store.ts';

/** What a token may do; null = no limit of its own. */
export interface TokenGrant {
  readonly name: string;
  readonly requestsPerMinute: number | null;
  readonly concurrency: number | null;
  readonly usdPerDay: number | null;
}

export interface Tokens {
  /** A new random token under this name; the one before it stops working. It is shown once and kept only as its hash. */
  issue(grant: TokenGrant): string;
  /** As `issue`, but a name that is taken is refused. */
  create(grant: TokenGrant): string;
  /** Takes one made here away. Those of the settings file are taken away there. */
  revoke(name: string): void;
  verify(token: string): TokenGrant | null;
  list(): ApiTokenEntry[];
}

export interface TokensDeps {
  readonly records: ApiTokenRecords;
  /** Tokens of the settings file, as they are now. */
  readonly config: () => Config['api']['tokens'];
  readonly now: () => number;
  readonly onChange?: () => void;
}

interface Known {
  readonly hash: Buffer;
  readonly grant: TokenGrant;
}

/** When a token was used is written down no more often than this, in ms. */
const TOUCH_MS = 60_000;

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');

/** Hashes of tokens that were right lately are kept, so many at most: hashing took a sixtieth of a call, most of it to set the hash up. */
const MOST_KNOWN = 32;

/** Tokens are random 256-bit values, so one fast hash is enough: there is nothing to guess from. */
const newToken = (): string => `sy-${randomBytes(32).toString('base64url')}`;

/** Tokens of the local API: those of the settings file and those made in the app. */
export function createTokens({ records, config, now, onChange }: TokensDeps): Tokens {
  const usedAt = new Map<string, number>();
  const hashes = new Map<string, Buffer>();
  let read: { from: unknown; known: readonly Known[] } = { from: null, known: [] };

  const fromConfig = (): readonly Known[] => {
    const tokens = config();
    if (read.from !== tokens) {
      const known = tokens.map(({ hash, ...grant }) => ({
        hash: Buffer.from(hash.replace(/^sha256:/iu, ''), 'hex'),
        grant,
      }));
      read = { from: tokens, known };
    }
    return read.known;
  };

  /** Hashes of records as bytes; a record that changes is another one. */
  const bytesOf = onceFor(({ sha256 }: ApiTokenRecord) => Buffer.from(sha256, 'hex'));

  const used = (name: string, record: ApiTokenRecord | null): void => {
    const at = now();
    usedAt.set(name, at);
    if (!record || at - (record.lastUsedAt ?? -Infinity) < TOUCH_MS) return;
    try {
      records.touch(name, at);
    } catch {
      // A full disk must not shut a working token out.
    }
  };

  const add = (grant: TokenGrant): string => {
    const token = newToken();
    records.put({ ...grant, sha256: hashOf(token).toString('hex'), createdAt: now() });
    onChange?.();
    return token;
  };

  return {
    issue: add,
    create(grant) {
      if (config().some(({ name }) => name === grant.name) || records.all().some(({ name }) => name === grant.name)) {
        throw refuse(say('app.token.taken', { name: grant.name }), 'conflict');
      }
      return add(grant);
    },
    revoke(name) {
      if (!records.remove(name)) {
        throw config().some((token) => token.name === name)
          ? refuse(say('app.token.in_file', { name }))
          : refuse(say('app.token.none', { name }), 'not_found');
      }
      onChange?.();
    },
    verify(token) {
      const offered = hashes.get(token) ?? hashOf(token);
      // Every entry is compared, so the time taken does not say which one came close.
      let found: TokenGrant | null = null;
      let kept: ApiTokenRecord | null = null;
      for (const known of fromConfig()) if (timingSafeEqual(offered, known.hash)) found = known.grant;
      for (const record of records.all()) if (timingSafeEqual(offered, bytesOf(record))) found = kept = record;
      if (found === null) {
        hashes.delete(token);
        return null;
      }
      if (hashes.size >= MOST_KNOWN && !hashes.has(token)) hashes.clear();
      hashes.set(token, offered);
      const { name, requestsPerMinute, concurrency, usdPerDay } = found;
      used(name, kept);
      return { name, requestsPerMinute, concurrency, usdPerDay };
    },
    list: () => [
      ...config().map(({ name, requestsPerMinute, concurrency, usdPerDay }) => ({
        name,
        createdAt: null,
        from: 'config' as const,
        requestsPerMinute,
        concurrency,
        usdPerDay,
        lastUsedAt: usedAt.get(name) ?? null,
      })),
      ...records.all().map(({ name, createdAt, lastUsedAt, requestsPerMinute, concurrency, usdPerDay }) => ({
        name,
        createdAt,
        from: 'app' as const,
        requestsPerMinute,
        concurrency,
        usdPerDay,
        lastUsedAt: usedAt.get(name) ?? lastUsedAt,
      })),
    ],
  };
}
