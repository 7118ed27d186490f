import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../storage/store.ts';
import type { SummaryDoor } from '../answer/types.ts';

/** The summaries of a conversation along one path; `path` oldest first. Not to be able to keep one is no reason to fail. */
export function summariesOf(
  { store, clock, log }: { readonly store: Pick<Store, 'chat'>; readonly clock: Clock; readonly log: Log },
  conversationId: string,
  path: readonly { readonly id: string }[],
): SummaryDoor {
  return {
    newest() {
      const places = new Map(path.map(({ id }, at) => [id, at + 1]));
      let best: ReturnType<SummaryDoor['newest']> = null;
      for (const { messageId, text, modelId, modelName } of store.chat.summaries(conversationId)) {
        const covered = places.get(messageId);
        if (covered !== undefined && covered > (best?.covered ?? 0)) best = { covered, text, modelId, modelName };
      }
      return best;
    },
    keep({ covered, ...summary }) {
      const messageId = path[covered - 1]?.id;
      if (messageId === undefined) return;
      try {
        store.chat.saveSummary({ messageId, ...summary, createdAt: clock.now() });
      } catch (error) {
        log.write('warn', 'turn.summary_not_stored', { error: String(error) });
      }
    },
  };
}
