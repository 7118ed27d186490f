import type { Message } from '../../../../electron/contract/entities/chat.ts';
import type { FEEDBACK_REASONS } from '../../../../electron/contract/names.ts';
import { call, faultOf } from '../../../link/index.ts';
import { announce, toast } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';

export type Reason = (typeof FEEDBACK_REASONS)[number];
type Rating = 'up' | 'down' | null;

const show = (thread: Thread, message: Message, rating: Rating): void => {
  const now = thread.at(thread.indexOf(message.id)) ?? message;
  if (now.reply !== null) thread.put([{ ...now, reply: { ...now.reply, rating } }]);
};

async function change(
  thread: Thread,
  message: Message,
  rating: Rating,
  said: string,
  ask: () => Promise<unknown>,
): Promise<boolean> {
  const before = message.reply?.rating ?? null;
  show(thread, message, rating);
  try {
    await ask();
    announce(said);
    return true;
  } catch (error) {
    show(thread, message, before);
    toast({ text: words.t('failedAction', { detail: faultOf(error).detail }), level: 'error' });
    return false;
  }
}

/** Stores a rating; the button shows it at once. */
export const rate = (
  thread: Thread,
  message: Message,
  rating: 'up' | 'down',
  reason: Reason | null,
  note: string,
): Promise<boolean> =>
  change(thread, message, rating, words.t(rating === 'up' ? 'ratedGood' : 'ratedBad'), () =>
    call('feedback.give', { messageId: message.id, rating, reason, note }),
  );

export const unrate = (thread: Thread, message: Message): Promise<boolean> =>
  change(thread, message, null, words.t('unrated'), () => call('feedback.remove', { messageId: message.id }));
