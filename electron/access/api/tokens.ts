import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const tokenFile = z.object({
  tokens: z.array(z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.number() })),
});
type TokenFile = z.infer<typeof tokenFile>;

export interface TokenStore {
  /** A new random token under this name; the one before it stops working. It is shown once and kept only as its hash. */
  issue(name: string, at: number): string;
  verify(token: string): boolean;
  names(): string[];
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** Tokens of the local API, in `api-tokens.json` of the data folder. They are random 256-bit values, so one fast hash is enough. */
export function openTokens(dataDir: string): TokenStore {
  const path = join(dataDir, 'api-tokens.json');

  const read = (): TokenFile => {
    try {
      const parsed = tokenFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.data : { tokens: [] };
    } catch {
      return { tokens: [] };
    }
  };
  let current = read();

  return {
    issue(name, at) {
      const token = `sy-${randomBytes(32).toString('base64url')}`;
      current = {
        tokens: [
          ...read().tokens.filter((kept) => kept.name !== name),
          { name, sha256: hashOf(token).toString('hex'), createdAt: at },
        ],
      };
      const next = `${path}.new`;
      writeFileSync(next, `${JSON.stringify(current, null, 2)}\n`, { mode: 0o600 });
      chmodSync(next, 0o600);
      renameSync(next, path);
      return token;
    },
    verify(token) {
      const offered = hashOf(token);
      // Every entry is compared, so the time taken does not say which one came close.
      let known = false;
      for (const entry of current.tokens) {
        if (timingSafeEqual(offered, Buffer.from(entry.sha256, 'hex'))) known = true;
      }
      return known;
    },
    names: () => current.tokens.map((entry) => entry.name),
  };
}
