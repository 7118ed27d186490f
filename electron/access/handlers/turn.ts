import type { HandlersOf, Services, StreamSources } from '../services.ts';

type Names = 'turn.start' | 'turn.regenerate' | 'turn.edit' | 'turn.stop' | 'turn.active';

/** Turns: what is said and answered. */
export const turnHandlers = ({ turns }: Services): HandlersOf<Names> => ({
  'turn.start': (input) => turns.start(input),
  'turn.regenerate': (input) => turns.regenerate(input),
  'turn.edit': (input) => turns.edit(input),
  'turn.stop': ({ turnId }) => {
    turns.stop(turnId);
    return {};
  },
  'turn.active': () => ({ turns: turns.active() }),
});

export const turnStreams = ({ turns }: Services): StreamSources => ({
  'turn.live': ({ turnId, afterSeq }, listener) => turns.read(turnId, afterSeq, listener),
});
