import { id as idSchema } from '../contract/entities/chat.ts';
import { createAnnounce } from '../orchestration/announce.ts';
import { createData } from '../orchestration/data/data.ts';
import type { CliContext } from './context.ts';
import { wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { reading } from './store.ts';

/** Writes conversations, all branches, into one JSON file. */
export async function exportChats(
  context: CliContext,
  file: string,
  options: { readonly data: string; readonly conversation?: string },
): Promise<ExitCode> {
  if (options.conversation !== undefined && !idSchema.safeParse(options.conversation).success) {
    throw wrongUsage(
      `"${options.conversation}" is no conversation id: take the conversationId that chat --json printed.`,
    );
  }
  const { conversations } = await reading(context, options.data, (store) =>
    createData({
      store,
      dataDir: options.data,
      clock: context.clock,
      announce: createAnnounce(() => undefined),
      dialogs: null,
    }).export(file, options.conversation),
  );
  context.out.line(`Exported ${conversations} ${conversations === 1 ? 'conversation' : 'conversations'} to ${file}.`);
  return 0;
}
