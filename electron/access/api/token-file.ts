import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const tokenRecord = z.object({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.number(),
  requestsPerMinute: z.number().nullable().default(null),
  concurrency: z.number().nullable().default(null),
  usdPerDay: z.number().nullable().default(null),
});
export type TokenRecord = z.infer<typeof tokenRecord>;

const tokenFile = z.object({ tokens: z.array(tokenRecord) });

/** Where tokens made here are kept: as hashes. */
export interface TokenRecords {
  all(): readonly TokenRecord[];
  /** Replaces the one of the same name. */
  put(record: TokenRecord): void;
  /** False when there was none. */
  remove(name: string): boolean;
}

/** Tokens in `api-tokens.json` of the data folder, readable by its owner alone. */
export function openTokenFile(dataDir: string): TokenRecords {
  const path = join(dataDir, 'api-tokens.json');

  const read = (): readonly TokenRecord[] => {
    try {
      const parsed = tokenFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.data.tokens : [];
    } catch {
      return [];
    }
  };
  let current = read();

  const write = (tokens: readonly TokenRecord[]): void => {
    const next = `${path}.new`;
    writeFileSync(next, `${JSON.stringify({ tokens }, null, 2)}\n`, { mode: 0o600 });
    chmodSync(next, 0o600);
    renameSync(next, path);
    current = tokens;
  };

  return {
    all: () => current,
    put(record) {
      write([...read().filter(({ name }) => name !== record.name), record]);
    },
    remove(name) {
      const before = read();
      if (!before.some((record) => record.name === name)) return false;
      write(before.filter((record) => record.name !== name));
      return true;
    },
  };
}
