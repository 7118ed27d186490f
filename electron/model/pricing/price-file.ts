import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';

const usd = z.number().min(0).max(1_000_000);
const tokens = z.number().int().min(1).max(100_000_000);

const tier = z.strictObject({
  /** For prompts of more tokens than this. */
  above: tokens,
  in: usd,
  cached: usd.optional(),
  write: usd.optional(),
  out: usd,
});

const model = z.strictObject({
  in: usd,
  /** Absent = the full price. */
  cached: usd.optional(),
  /** Absent = the full price. */
  write: usd.optional(),
  out: usd,
  /** Prices of longer prompts, by rising length. */
  tiers: z
    .array(tier)
    .max(10)
    .refine(
      (all) => all.every(({ above }, at) => at === 0 || above > (all[at - 1]?.above ?? 0)),
      'write longer prompts later',
    )
    .optional(),
  context: tokens.optional(),
  output: tokens.optional(),
  /** Absent = what is usual for the provider. */
  can: z.array(z.enum(['tools', 'jsonSchema', 'vision', 'reasoning', 'logprobs', 'embeddings'])).optional(),
});

const priceFile = z.record(
  z.string().min(1).max(64),
  z.strictObject({
    source: z.string().min(1).max(500),
    asOf: z.iso.date(),
    models: z.record(z.string().min(1).max(200), model),
  }),
);
/** A price file: USD for a million tokens, by provider and model. */
export type PriceFile = z.infer<typeof priceFile>;

/** Where the key at the end of a path stands, or the nearest part of it that does. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
    if (!pair) break;
    if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

/** Reads a price file; a problem names its line. */
export function parsePriceFile(
  text: string,
): { readonly ok: true; readonly file: PriceFile } | { readonly ok: false; readonly problem: string } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `Line ${String(Math.max(1, lines.linePos(offset).line))}`;
  const broken = document.errors[0];
  if (broken) return { ok: false, problem: `${at(broken.pos[0])}: ${broken.message.split('\n', 1)[0] ?? ''}` };
  const parsed = priceFile.safeParse(document.toJS({ maxAliasCount: 50 }) ?? {});
  if (parsed.success) return { ok: true, file: parsed.data };
  const issue = parsed.error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const words = issue?.code === 'unrecognized_keys' ? 'is not known here' : (issue?.message ?? 'is wrong');
  return { ok: false, problem: `${at(offsetOf(document, path))}: “${path.map(String).join('.')}”: ${words}.` };
}
