import { create } from 'zustand';

/** What the ratings are narrowed by; undefined = any. */
export interface FeedbackQuery {
  readonly text: string;
  readonly rating: 'up' | 'down' | undefined;
  readonly modelId: string | undefined;
  readonly promptVersionId: string | undefined;
}

export const NO_QUERY: FeedbackQuery = { text: '', rating: undefined, modelId: undefined, promptVersionId: undefined };

interface FeedbackRoom {
  readonly query: FeedbackQuery;
  readonly set: (change: Partial<FeedbackQuery>) => void;
}

export const useFeedbackRoom = create<FeedbackRoom>((set) => ({
  query: NO_QUERY,
  set: (change) => {
    set(({ query }) => ({ query: { ...query, ...change } }));
  },
}));

export const isNarrowed = (query: FeedbackQuery): boolean =>
  query.text !== '' || query.rating !== undefined || query.modelId !== undefined || query.promptVersionId !== undefined;
