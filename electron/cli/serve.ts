import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemTimers } from '../base/timers.ts';
import { parseConfig } from '../orchestration/settings/config-file.ts';
import { rehearseCalls } from '../rehearsed-calls.ts';
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
  let rehearsal: Promise<unknown> = Promise.resolve();
  try {
    for (const problem of core.info().problems) context.err.line(problem);
    const wrong = core.settings.state().problem;
    if (wrong !== null) context.err.line(`Settings: ${wrong}`);
    const port = options.port ?? core.settings.config().api.port;
    const { url } = await core.api.serveAt(port);
    const limits = { requestsPerMinute: null, concurrency: null, usdPerDay: null };
    const token = core.api.tokens.issue({ name: 'serve', ...limits });
    context.out.json({ listening: url, token });
    core.onReady();
    rehearsal = rehearseCalls({
      resourcesDir: context.resourcesDir,
      clock: context.clock,
      timers: systemTimers,
      mintId: randomUUID,
      isOver: () => core.api.wasCalled() || context.signal.aborted,
    }).catch((error: unknown) => {
      core.log.write('warn', 'serve.rehearsal', { error: String(error) });
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return 0;
  } finally {
    await rehearsal;
    await core.dispose();
  }
}
