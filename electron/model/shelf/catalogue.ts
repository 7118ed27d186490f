import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { sha256Hex } from '../../contract/entities/download.ts';
import { MODEL_KINDS } from '../../contract/names.ts';

const entry = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
    name: z.string().min(1).max(100),
    kind: z.enum(MODEL_KINDS),
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    file: z.string().regex(/^[\w./-]+\.gguf$/),
    /** SPDX. */
    licence: z.string().min(1),
    parameters: z.number().int().positive(),
    /** Parameters used for each token; absent = all. */
    active: z.number().int().positive().optional(),
    quantization: z.string().min(2),
    /** Bytes, rounded. */
    about: z.number().int().positive(),
    context: z.number().int().positive(),
    languages: z.union([z.literal('many'), z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1)]),
    /** Exact, with `sha256`. */
    bytes: z.number().int().positive().optional(),
    sha256: sha256Hex.optional(),
  })
  .refine(({ bytes, sha256 }) => (bytes === undefined) === (sha256 === undefined), 'bytes and sha256 go together')
  .refine(({ active, parameters }) => active === undefined || active <= parameters, 'more active than there are');
export type CatalogueEntry = z.infer<typeof entry>;

export const catalogueFile = z.strictObject({
  asOf: z.coerce.date(),
  models: z
    .array(entry)
    .min(1)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two models have the same id'),
});

/** The models that come with the app as choices. Throws when the file is missing or wrong: it belongs to the app. */
export function readCatalogue(resourcesDir: string): readonly CatalogueEntry[] {
  return catalogueFile.parse(parse(readFileSync(join(resourcesDir, 'catalogue.yaml'), 'utf8'))).models;
}
