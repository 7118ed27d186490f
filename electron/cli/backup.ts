import type { CliContext, DataOption } from './context.ts';
import type { ExitCode } from './failure.ts';
import { reading } from './store.ts';

/** Copies the whole database into one file, while the app may be running. */
export async function backup(context: CliContext, file: string, options: DataOption): Promise<ExitCode> {
  const { sizeBytes } = await reading(context, options.data, (store) => store.backup(file));
  context.out.line(`Backed up to ${file} (${(sizeBytes / 1e6).toFixed(1)} MB).`);
  return 0;
}
