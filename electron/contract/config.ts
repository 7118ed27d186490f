import { z } from 'zod';
import { isProxyAddress, LANGUAGES, ROUTE_AUTO, THEMES } from './names.ts';
import { bareAddress, providerConfig } from './providers.ts';

const usd = z.number().min(0).max(1_000_000);

/** The one YAML file in the data folder. Every field has a default; unknown fields are refused with their line. */
export const config = z.strictObject({
  appearance: z
    .strictObject({
      theme: z.enum(THEMES).default('system'),
      language: z.enum(LANGUAGES).default('system'),
      /** Shows token counts, ids and raw attributes everywhere. */
      developerDetail: z.boolean().default(false),
      /** Body text of replies in px. */
      fontSize: z.number().int().min(12).max(24).default(15),
      sendOnEnter: z.boolean().default(true),
    })
    .prefault({}),
  chat: z
    .strictObject({
      defaultRoute: z.string().default(ROUTE_AUTO),
      defaultPrivate: z.boolean().default(false),
    })
    .prefault({}),
  engine: z
    .strictObject({
      /** `auto` picks the best backend found. */
      backend: z.enum(['auto', 'cpu', 'vulkan', 'cuda', 'metal']).default('auto'),
      /** Folder scanned for GGUF files besides the data folder's `models`; null = none. */
      modelFolder: z.string().nullable().default(null),
      /** Seconds without a turn after which a model is unloaded; 0 = never. */
      idleUnloadSeconds: z.number().int().min(0).max(86_400).default(600),
      /** Megabytes that the state of the last conversations may take in the data folder, so that they go on quickly after a restart;
       * 0 = none is kept. Nothing of a private conversation is. */
      keptStatesMb: z.number().int().min(0).max(65_536).default(512),
    })
    .prefault({}),
  /** Where models are searched and downloaded, when a person asks for it. */
  hub: z
    .strictObject({
      url: bareAddress().default('https://huggingface.co'),
      /** Servers with the same files, asked when the hub fails. Every file is checked against its sum, wherever it comes from. */
      mirrors: z.array(bareAddress()).max(10).default([]),
    })
    .prefault({}),
  /** The way to providers, the hub and a collector outside this machine's own networks. */
  network: z
    .strictObject({
      /**
       * `system` = as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say, else the operating system; `none` = directly; else the address of
       * an HTTP or SOCKS proxy, for all that NO_PROXY does not name. A user name and password stand in those variables only: files get shared and backed up.
       */
      proxy: z
        .string()
        .refine(
          (way) => way === 'system' || way === 'none' || isProxyAddress(way),
          'write system, none or the address of a proxy, such as http://proxy:3128 or socks5://127.0.0.1:1080; a user name and password belong in HTTPS_PROXY',
        )
        .default('system'),
    })
    .prefault({}),
  /** Cloud providers and servers of the team. */
  providers: z
    .array(providerConfig)
    .max(100)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two providers have the same id')
    .default([]),
  /** A built-in policy or the name of a file in the folder `policies` beside this one. */
  policy: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}(\.ya?ml)?$/, 'name a built-in policy or a file in the folder policies')
    .default('local-first'),
  /** In USD; null = no limit. Reached, turns step down to local models. */
  budgets: z
    .strictObject({
      perTurnUsd: usd.nullable().default(null),
      usdPerDay: usd.nullable().default(null),
      usdPerMonth: usd.nullable().default(null),
    })
    .prefault({}),
  cache: z
    .strictObject({
      /** The same request answers from the last answer; only where sampling is fixed (temperature 0 or a seed) or `always`. */
      exact: z.enum(['off', 'deterministic', 'always']).default('deterministic'),
      exactTtlSeconds: z.number().int().min(1).max(31_536_000).default(86_400),
      /** Answers to questions of the same meaning; needs an embedding model. */
      semantic: z.boolean().default(false),
      /** Most wrong hits a person accepts, as a share of hits; the similarity needed follows from what was measured. */
      semanticMaxWrongShare: z.number().min(0.001).max(0.2).default(0.01),
    })
    .prefault({}),
  api: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** 0 picks a free one. */
      port: z.number().int().min(0).max(65_535).default(8790),
      /** Lets any program of this machine read /metrics without a token. */
      openMetrics: z.boolean().default(false),
      tokens: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(100),
            /** SHA-256 of the token, 64 hexadecimal digits. */
            hash: z
              .string()
              .regex(/^(sha256:)?[0-9a-f]{64}$/i, 'write the SHA-256 of the token as 64 hexadecimal digits'),
            requestsPerMinute: z.number().int().min(1).max(1_000_000).nullable().default(null),
            concurrency: z.number().int().min(1).max(10_000).nullable().default(null),
            usdPerDay: usd.nullable().default(null),
          }),
        )
        .max(1000)
        .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two tokens have the same name')
        .default([]),
    })
    .prefault({}),
  /** Traces that go to a collector of the person's choice, as they end. */
  export: z
    .strictObject({
      /** OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; null = nothing leaves. */
      endpoint: bareAddress().nullable().default(null),
      protocol: z.enum(['protobuf', 'json']).default('protobuf'),
      /** Headers with a secret, by the environment variable that holds it; a literal secret is refused. */
      headers: z
        .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), z.strictObject({ env: z.string().min(1).max(200) }))
        .default({}),
      /** Traces of private conversations leave too. */
      includePrivate: z.boolean().default(false),
      /** The beginning of the question leaves too. */
      includeText: z.boolean().default(false),
    })
    .prefault({}),
  data: z
    .strictObject({
      /** Traces older than this many days are removed; 0 = keep all. */
      traceDays: z.number().int().min(0).max(3650).default(0),
      /** The oldest traces go while the database holds more than this, in MB; 0 = no limit. Conversations always stay. */
      traceMegabytes: z.number().int().min(0).max(1_000_000).default(4000),
      /**
       * `preview`: the beginning of the question, and the words of replays. `whole`: requests of the local API and their answers too.
       * `none`: traces and answer caches hold no word of questions or answers. Keys are hidden in all of them.
       */
      traceText: z.enum(['preview', 'whole', 'none']).default('preview'),
      /** Share of plain successful API calls that keep their steps; errors always keep them. */
      traceSample: z.number().min(0).max(1).default(1),
    })
    .prefault({}),
});
export type Config = z.infer<typeof config>;

/** `problem` names the line of the file that is wrong; while it is set the last good file stays in force. */
export const settingsState = z.object({ config, path: z.string(), problem: z.string().nullable() });
export type SettingsState = z.infer<typeof settingsState>;
