import { z } from 'zod';
import { EGRESS_OUTCOMES, PROVIDER_KINDS } from './names.ts';

const usd = z.number().min(0).max(1_000_000);

/** A run of letters of both cases with digits, or of hexadecimal digits, as no name has: a key pasted where its place is named. */
const isNoKey = (text: string): boolean =>
  !text
    .split(/[^A-Za-z0-9]+/u)
    .some(
      (run) =>
        /[0-9a-f]{24}/iu.test(run) || (run.length >= 16 && /[a-z]/u.test(run) && /[A-Z]/u.test(run) && /\d/u.test(run)),
    );

const KEY_PLACE =
  'name where the key is kept, as {env: NAME} or {keychain: name}; a key itself does not belong in this file';

/** A variable of the environment, by its name. POSIX.1-2017 8.1: what programs agree on as one. */
const variable = (problem: string) =>
  z
    .string()
    .max(200)
    .regex(/^[A-Za-z_]\w*$/u, problem)
    .refine(isNoKey, problem);

/** Where a key is kept. A literal key in the file is refused: files get shared and backed up. */
export const keyRef = z.union(
  [
    z.strictObject({
      env: variable(KEY_PLACE),
    }),
    z.strictObject({ keychain: z.string().min(1).max(200).refine(isNoKey, KEY_PLACE) }),
  ],
  { error: KEY_PLACE },
);

/** Fields that belong to a request itself or to the connection (RFC 9110, 7.6.1), or that have a place of their own here. */
const OWN_HEADERS =
  /^(?:authorization|x-api-key|x-goog-api-key|host|connection|content-(?:length|type|encoding)|accept-encoding|cookie|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/iu;

const VARIABLE_PLACE =
  'name the environment variable that holds the value, as {env: NAME}; a secret itself does not belong in this file';
const MOST_HEADERS = 20;

/** Headers sent to a provider besides its own, such as those of a gateway: each by the environment variable that holds its value. */
const moreHeaders = z
  .record(z.string(), z.strictObject({ env: variable(VARIABLE_PLACE) }, VARIABLE_PLACE))
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    const refuse = (message: string, path: string[]) => {
      context.addIssue({ code: 'custom', message, path });
    };
    if (names.length > MOST_HEADERS) refuse('no more than 20 headers', []);
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
      refuse('two headers have the same name', []);
    for (const name of names) {
      if (!/^[A-Za-z0-9-]{1,64}$/u.test(name)) refuse('name headers with letters, digits and dashes', [name]);
      else if (OWN_HEADERS.test(name)) refuse('this header is written by the app: a key stands under apiKey', [name]);
    }
  });

export const capabilities = z.strictObject({
  tools: z.boolean().optional(),
  jsonSchema: z.boolean().optional(),
  vision: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  logprobs: z.boolean().optional(),
  embeddings: z.boolean().optional(),
});

/** One model of a provider. Absent facts come from the price table, else from careful defaults. */
export const providerModel = z.strictObject({
  id: z.string().trim().min(1).max(200),
  name: z.string().min(1).max(200).optional(),
  enabled: z.boolean().default(true),
  contextTokens: z.number().int().min(256).max(100_000_000).optional(),
  maxOutputTokens: z.number().int().min(1).max(10_000_000).optional(),
  usdPerMTokIn: usd.optional(),
  /** Prompt tokens read from the provider's cache. Absent = the price table's, else the full price. */
  usdPerMTokCachedIn: usd.optional(),
  /** Prompt tokens written to the provider's cache. */
  usdPerMTokCacheWrite: usd.optional(),
  usdPerMTokOut: usd.optional(),
  /** 0 to 1: how good its answers are held to be. */
  quality: z.number().min(0).max(1).optional(),
  capabilities: capabilities.optional(),
});
export type ProviderModel = z.infer<typeof providerModel>;

/** An address with the path of one call at its end, as manuals print it: what stands before is the address. */
const CALL_PATH = /(?:\/chat\/completions|(?<=\/v\d[\w.]*)\/(?:completions|embeddings|responses|messages))\/*$/u;

/** A user name, a password or a query may be a secret, which would stand in the file and in what is said of it. */
const MORE_THAN_ADDRESS = /^[a-z]+:\/\/[^/?#]*@|[?#]/iu;

/** An address on the web that holds no secret. */
export const bareAddress = (error?: string) =>
  z
    .url({ protocol: /^https?$/, ...(error === undefined ? {} : { error }) })
    .refine(
      (address) => !MORE_THAN_ADDRESS.test(address),
      'write the address alone, without a user name, a password, a query or a fragment',
    );

export const providerConfig = z
  .strictObject({
    /** Used in `provider/model` names. */
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'use lower-case letters, digits, dashes')
      .refine((id) => !['switchyard', 'auto'].includes(id), 'this name is taken by the app'),
    name: z.string().min(1).max(200).optional(),
    kind: z.enum(PROVIDER_KINDS),
    enabled: z.boolean().default(true),
    /** Absent = the provider's own address; needed for `openai-compatible`. */
    baseUrl: bareAddress('write a whole address, such as http://127.0.0.1:9001/v1')
      .overwrite((address) => address.replace(CALL_PATH, ''))
      .optional(),
    apiKey: keyRef.optional(),
    headers: moreHeaders.optional(),
    /** Runs on this machine or one that counts as it: its models may answer private conversations. Off unless said. */
    trustedForPrivate: z.boolean().default(false),
    /** Most requests at once; 0 = no limit. */
    concurrency: z.number().int().min(0).max(10_000).default(0),
    usdPerDay: usd.nullable().default(null),
    models: z
      .array(providerModel)
      .max(500)
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two models have the same id')
      .default([]),
  })
  .refine((provider) => (provider.id === 'local') === (provider.kind === 'local'), {
    path: ['id'],
    error: 'the id “local” and the kind “local” belong together: they state facts of models of this machine',
  })
  .refine((provider) => provider.kind !== 'openai-compatible' || provider.baseUrl !== undefined, {
    path: ['baseUrl'],
    error: 'an openai-compatible provider needs its address, such as http://127.0.0.1:9001/v1',
  });
export type ProviderConfig = z.infer<typeof providerConfig>;

export const providerHealth = z.object({
  state: z.enum([
    'ok',
    'untested',
    'no-key',
    'key-refused',
    'out-of-quota',
    'limited',
    'failing',
    'offline',
    'disabled',
  ]),
  /** One sentence; null when all is well. */
  detail: z.string().nullable(),
  /** Epoch ms at which it is tried again; null = at once or not before a person acts. */
  until: z.number().nullable(),
  lastOkAt: z.number().nullable(),
  lastFaultAt: z.number().nullable(),
});
export type ProviderHealth = z.infer<typeof providerHealth>;

/** A provider as the Models room shows it. Never holds a key. */
export const providerEntry = z.object({
  config: providerConfig,
  hasKey: z.boolean(),
  /** Where the key comes from: `keychain`, `session` (no keychain here), an environment variable, or nowhere. */
  keyFrom: z.enum(['keychain', 'session', 'env', 'none']),
  health: providerHealth,
  spentTodayUsd: z.number(),
});
export type ProviderEntry = z.infer<typeof providerEntry>;

export const providerTest = z.object({
  ok: z.boolean(),
  /** One sentence: what worked, or what failed and what to do. */
  detail: z.string(),
  firstByteMs: z.number().nullable(),
  /** Models the provider lists, at most 500. */
  models: z.array(z.string()),
});
export type ProviderTest = z.infer<typeof providerTest>;

/** Prices of requests with long prompts, in USD for a million tokens: of all their tokens, not only of those above. */
export const priceTier = z.object({
  /** It counts for prompts of more tokens than this. */
  aboveTokensIn: z.number(),
  usdPerMTokIn: z.number(),
  usdPerMTokCachedIn: z.number(),
  usdPerMTokCacheWrite: z.number(),
  usdPerMTokOut: z.number(),
});
export type PriceTier = z.infer<typeof priceTier>;

/** Price of one model, in USD for a million tokens. */
export const price = z.object({
  usdPerMTokIn: z.number(),
  usdPerMTokCachedIn: z.number(),
  usdPerMTokCacheWrite: z.number(),
  usdPerMTokOut: z.number(),
  /** Dearer ones for longer prompts, by rising length. Absent = none. */
  tiers: z.array(priceTier).optional(),
  /** `config`, or where the table has it from. */
  source: z.string(),
  /** ISO date of the source; null when it is the person's own. */
  asOf: z.string().nullable(),
});
export type Price = z.infer<typeof price>;

/** One request that left the machine. */
export const egressEntry = z.object({
  id: z.string(),
  at: z.number(),
  /** `host:port`. */
  host: z.string(),
  method: z.string(),
  /** Path without query. */
  path: z.string(),
  providerId: z.string(),
  modelId: z.string().nullable(),
  purpose: z.enum(['chat', 'embedding', 'test', 'check', 'export', 'download', 'search']),
  conversationId: z.string().nullable(),
  traceId: z.string().nullable(),
  bytesOut: z.number().int(),
  bytesIn: z.number().int(),
  /** null = no answer came, or none so far. */
  status: z.number().int().nullable(),
  durationMs: z.number(),
  /** Token of the local API it was sent for; null or absent = none, or one of several. */
  tokenName: z.string().nullable().optional(),
  /** `host:port` of the proxy it went through; null or absent = none. */
  via: z.string().nullable().optional(),
  /** How the answer ended; null or absent = it did not yet, or nobody saw it: the app ended first, or an earlier version logged it. */
  outcome: z.enum(EGRESS_OUTCOMES).nullable().optional(),
});
export type EgressEntry = z.infer<typeof egressEntry>;

/** An entry as a person reads it. */
export const egressListed = egressEntry.extend({
  /** Title of its conversation now; null = it belongs to none, or that is deleted. */
  conversationTitle: z.string().nullable(),
});
export type EgressListed = z.infer<typeof egressListed>;

/** One budget and how much of it is used. `reservedUsd` = held by turns under way. */
export const budgetLine = z.object({
  scope: z.enum(['turn', 'day', 'month', 'provider', 'token']),
  /** Provider id or token name; null for the others. */
  name: z.string().nullable(),
  limitUsd: z.number(),
  spentUsd: z.number(),
  reservedUsd: z.number(),
  /** Epoch ms of the next reset; null = none. */
  resetsAt: z.number().nullable(),
});
export type BudgetLine = z.infer<typeof budgetLine>;

export const apiTokenEntry = z.object({
  name: z.string(),
  createdAt: z.number().nullable(),
  /** `config` = stands in the settings file; `app` = made here. */
  from: z.enum(['config', 'app']),
  requestsPerMinute: z.number().nullable(),
  concurrency: z.number().nullable(),
  usdPerDay: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
});
export type ApiTokenEntry = z.infer<typeof apiTokenEntry>;

/** Whether anything outside can be reached, as far as is known. */
export const networkState = z.object({
  online: z.boolean(),
  /** Epoch ms since when; null = since start. */
  since: z.number().nullable(),
  detail: z.string().nullable(),
});
export type NetworkState = z.infer<typeof networkState>;

export const apiState = z.object({
  running: z.boolean(),
  url: z.string().nullable(),
  problem: z.string().nullable(),
});
export type ApiState = z.infer<typeof apiState>;
