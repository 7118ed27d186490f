import { z } from 'zod';
import { engineStatus } from './entities/model.ts';
import { id } from './entities/chat.ts';
import { apiState, networkState } from './providers.ts';

/** Said once to every window; nobody answers. */
export const signals = {
  /** What went stale: `chats`, `chat:<id>`, `traces`, `trace:<id>`, `prompts`, `feedback`, `models`, `settings`, `usage`, `overview`,
   * `providers`, `policies`, `budgets`, `egress`, `api`, `downloads`, `bench`, `bench-reports`. */
  topics: z.object({ topics: z.array(z.string()) }),
  /** A turn began somewhere (this window, the command line, the local API). */
  turn: z.object({ turnId: id, conversationId: id, replyId: id, state: z.enum(['started', 'ended']) }),
  engine: engineStatus,
  /** The network went away or came back. */
  network: networkState,
  /** The local API started, ended or could not. */
  api: apiState,
  /** One sentence the person should see now. */
  notice: z.object({ level: z.enum(['info', 'warning', 'error']), text: z.string() }),
  /** A menu or key command of the shell for the page: `new-chat`, `palette`, `settings`, `toggle-sidebar`. */
  command: z.object({ name: z.string() }),
} as const;

export type Signals = typeof signals;
export type SignalName = keyof Signals;
export type SignalPayload<N extends SignalName> = z.infer<Signals[N]>;
