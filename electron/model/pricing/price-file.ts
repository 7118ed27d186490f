import { z } from 'zod';
import { readYaml } from '../yaml-text.ts';
import { issueWords, yamlWords } from '../../contract/issue-words.ts';
import { say } from '../../contract/sentences/index.ts';

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

/** Reads a price file; a problem is one sentence that names its line, and its column where it is no YAML. */
export function parsePriceFile(
  text: string,
): { readonly ok: true; readonly file: PriceFile } | { readonly ok: false; readonly problem: string } {
  const read = readYaml(text);
  if (!read.ok) {
    const { line, column, code, message } = read.problems[0];
    return { ok: false, problem: say('said.policy.place', { line, column, words: yamlWords(code, message) }) };
  }
  const parsed = priceFile.safeParse(read.content ?? {});
  if (parsed.success) return { ok: true, file: parsed.data };
  const issue = parsed.error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const field = path.map(String).join('.') || 'the file';
  const words =
    issue?.code === 'unrecognized_keys'
      ? say('app.prices.not_a_field', { field })
      : say('said.policy.problem', {
          field,
          wrong: issue === undefined ? say('said.policy.wrong') : issueWords(issue),
        });
  return { ok: false, problem: say('said.policy.line', { line: read.placeOf(path).line, words }) };
}
