import { z } from 'zod';
import { BUILT_IN_POLICIES, LANGUAGES, ROUTE_AUTO, THEMES } from './names.ts';

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
    })
    .prefault({}),
  policy: z.enum(BUILT_IN_POLICIES).default('local-first'),
  api: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** 0 picks a free one. */
      port: z.number().int().min(0).max(65_535).default(8790),
    })
    .prefault({}),
  data: z
    .strictObject({
      /** Traces older than this many days are removed; 0 = keep all. */
      traceDays: z.number().int().min(0).max(3650).default(0),
    })
    .prefault({}),
});
export type Config = z.infer<typeof config>;

/** `problem` names the line of the file that is wrong; while it is set the last good file stays in force. */
export const settingsState = z.object({ config, path: z.string(), problem: z.string().nullable() });
export type SettingsState = z.infer<typeof settingsState>;
