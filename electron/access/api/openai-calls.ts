import type { ToolPart } from './dialect.ts';

/** Clients read the arguments of a call as JSON, which the empty text of a call that takes none is not. */
export const NO_ARGUMENTS = '{}';

/**
 * Parts of streamed calls in the order they can be said. A call is known to have no arguments only once the answer is over, and
 * clients take a call for whole when the next one begins: so that one waits while the call before it has none yet.
 */
export interface CallOrder {
  /** What can be said now. */
  take(part: ToolPart): readonly ToolPart[];
  /** Everything that waits. `whole` = the answer came to its end, so a call without arguments takes none. */
  rest(whole: boolean): readonly ToolPart[];
}

export function createCallOrder(): CallOrder {
  /** The call that has no arguments yet; null = none is in the way. */
  let bare: number | null = null;
  let waiting: ToolPart[] = [];

  const take = (part: ToolPart): readonly ToolPart[] => {
    if (bare !== null && part.index !== bare) {
      waiting.push(part);
      return [];
    }
    if (part.argumentsText !== '') {
      const open = bare !== null;
      bare = null;
      return open ? [part, ...again()] : [part];
    }
    if (part.name !== undefined) bare = part.index;
    return [part];
  };
  const again = (): readonly ToolPart[] => {
    const kept = waiting;
    waiting = [];
    return kept.flatMap(take);
  };

  return {
    take,
    rest(whole) {
      const all: ToolPart[] = [];
      while (bare !== null) {
        if (whole) all.push({ kind: 'tool', index: bare, argumentsText: NO_ARGUMENTS });
        bare = null;
        all.push(...again());
      }
      return all;
    },
  };
}
