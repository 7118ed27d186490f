import type { HandlersOf, Services } from '../services.ts';

/** Ratings and notes. */
export const feedbackHandlers = ({
  feedback,
}: Services): HandlersOf<'feedback.give' | 'feedback.remove' | 'feedback.list'> => ({
  'feedback.give': (input) => feedback.give(input),
  'feedback.remove': ({ messageId }) => {
    feedback.remove(messageId);
    return {};
  },
  'feedback.list': ({ limit, ...filter }) => feedback.list(filter, limit),
});
