import { createAnnounce } from '../orchestration/announce.ts';
import { createData } from '../orchestration/data/data.ts';
import type { CliContext, DataOption } from './context.ts';
import { CliFailure } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { writing } from './store.ts';

/** Reads conversations that were exported; those known already are left alone. */
export async function importChats(context: CliContext, file: string, options: DataOption): Promise<ExitCode> {
  const { conversations, skipped } = await writing(context, options.data, 'import', (store) =>
    createData({
      store,
      dataDir: options.data,
      clock: context.clock,
      announce: createAnnounce(() => undefined),
      dialogs: null,
    }).import(file),
  );
  context.out.line(`Imported ${conversations}, left out ${skipped} (known already or not readable).`);
  if (conversations === 0 && skipped === 0) throw new CliFailure(`There is no conversation in ${file}.`);
  return 0;
}
