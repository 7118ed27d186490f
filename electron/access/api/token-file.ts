import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiTokenRecords } from '../../storage/store.ts';

const tokenFile = z.object({
  tokens: z.array(z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.number() })),
});

/** Earlier versions kept tokens in `api-tokens.json`; they move into the database once, and the file goes. */
export function moveTokenFile(dataDir: string, records: Pick<ApiTokenRecords, 'all' | 'put'>): void {
  const path = join(dataDir, 'api-tokens.json');
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) rmSync(path, { force: true });
    return;
  }
  const parsed = tokenFile.safeParse(read);
  const known = new Set(records.all().map(({ name }) => name));
  for (const token of parsed.success ? parsed.data.tokens : []) {
    if (!known.has(token.name)) records.put({ ...token, requestsPerMinute: null, concurrency: null, usdPerDay: null });
  }
  rmSync(path, { force: true });
}
