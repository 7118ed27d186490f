import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Feedback } from '../../contract/entities/chat.ts';
import { refuse } from '../../contract/faults.ts';
import type { FeedbackReader, Store } from '../../storage/store.ts';
import type { Announce } from '../announce.ts';

export interface FeedbackRoom {
  give(input: { messageId: string; rating: 'up' | 'down'; reason: Feedback['reason']; note: string }): Feedback;
  remove(messageId: string): void;
  list: FeedbackReader['list'];
}

export interface FeedbackDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly announce: Announce;
}

/** What people thought of replies. */
export function createFeedback({ store, clock, mintId, announce }: FeedbackDeps): FeedbackRoom {
  const needReply = (messageId: string) => {
    const message = store.chat.message(messageId);
    if (!message) throw refuse(say('app.rating.gone'), 'not_found');
    if (!message.reply) throw refuse(say('app.rating.replies_only'));
    return { conversationId: message.conversationId, traceId: message.reply.traceId };
  };
  const changed = ({ conversationId, traceId }: { conversationId: string; traceId: string }) => {
    announce.topics(['feedback', `chat:${conversationId}`, 'traces', `trace:${traceId}`, 'prompts']);
  };

  return {
    give({ messageId, rating, reason, note }) {
      const reply = needReply(messageId);
      const clean = note.toWellFormed().trim();
      const given = store.feedback.give({ id: mintId(), messageId, rating, reason, note: clean, at: clock.now() });
      changed(reply);
      return given;
    },
    remove(messageId) {
      const reply = needReply(messageId);
      store.feedback.remove(messageId);
      changed(reply);
    },
    list: (filter, limit) => store.feedback.list(filter, limit),
  };
}
