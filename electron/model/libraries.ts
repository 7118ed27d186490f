import type * as Libraries from './late-libraries.ts';

let loading: Promise<typeof Libraries> | null = null;

/**
 * Libraries of providers and proxies, loaded with the first request that needs them. They are a file of their own beside this one: the
 * source under Node, a bundle when this file is bundled, so that the app's start does not read them.
 */
export const loadLibraries = (): Promise<typeof Libraries> =>
  (loading ??= import(
    /* @vite-ignore */ new URL(
      import.meta.url.endsWith('.ts') ? './late-libraries.ts' : './libraries.mjs',
      import.meta.url,
    ).href
  ) as Promise<typeof Libraries>);
