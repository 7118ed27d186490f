import { readFileSync } from 'node:fs';
import { createApi } from '../access/api/api.ts';
import { openTokens } from '../access/api/tokens.ts';
import { parseConfig } from '../orchestration/settings/config-file.ts';
import type { CliContext } from './context.ts';
import { openCore } from './core.ts';
import { CliFailure, sentenceOf, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';

export interface ServeOptions {
  readonly data: string;
  readonly config?: string;
  readonly port?: number;
}

/** A file that was named must be right; the one of the data folder falls back to its last good state. */
function checkNamedConfig(path: string): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw wrongUsage(`The configuration ${path} cannot be read (${sentenceOf(error)}): check the path.`);
  }
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new CliFailure(`${path}: ${parsed.problem} Correct it and start again.`);
}

const listenFailure = (error: unknown, port: number): unknown =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    ? new CliFailure(`Port ${port} is taken: choose another with --port, or 0 for a free one.`)
    : error;

/** Runs the core without a window until it is told to end. */
export async function serve(context: CliContext, options: ServeOptions): Promise<ExitCode> {
  if (options.config !== undefined) checkNamedConfig(options.config);
  const core = await openCore(context, {
    dataDir: options.data,
    source: 'api',
    what: 'serve',
    watch: true,
    ...(options.config === undefined ? {} : { configPath: options.config }),
  });
  try {
    for (const problem of core.info().problems) context.err.line(problem);
    const tokens = openTokens(options.data);
    const api = createApi({
      complete: core.complete,
      models: () =>
        core.models.list().map(({ id, provider, state, contextTokens, addedAt }) => ({
          id,
          provider,
          usable: state === 'ready' || state === 'loading' || state === 'loaded',
          contextTokens,
          addedAt,
        })),
      verifyToken: tokens.verify,
      version: core.version,
      clock: context.clock,
      log: core.log,
    });
    const port = options.port ?? core.settings.config().api.port;
    const { url } = await api.listen(port).catch((error: unknown) => {
      throw listenFailure(error, port);
    });
    const token = tokens.issue('serve', context.clock.now());
    context.out.json({ listening: url, token });
    core.onReady();
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await api.close();
    return 0;
  } finally {
    await core.dispose();
  }
}
