import type { HandlersOf, Services } from '../services.ts';

/** Recorded requests asked again. */
export const replayHandlers = ({ replays }: Services): HandlersOf<'replay.plan' | 'replay.run' | 'replay.stop'> => ({
  'replay.plan': (wish) => replays.plan(wish),
  'replay.run': (wish) => replays.run(wish),
  'replay.stop': ({ replayId }) => {
    replays.stop(replayId);
    return {};
  },
});
