import type { Turn } from './turn.ts';

/** Ended turns whose last word is still remembered for a reader that comes late. */
const MOST_ENDED = 200;

/** Per conversation a line of turns: the live one first, the queued ones behind it. */
export interface TurnLines {
  of(conversationId: string): readonly Turn[];
  all(): Turn[];
  find(turnId: string): Turn | undefined;
  /** Live, queued or ended not long ago. */
  recall(turnId: string): Turn | undefined;
  join(turn: Turn): void;
  /** Takes a turn out; the answer is the one at the head of its line now. */
  leave(turn: Turn): Turn | undefined;
}

export function createTurnLines(): TurnLines {
  const lines = new Map<string, readonly Turn[]>();
  const ended = new Map<string, Turn>();
  const all = () => [...lines.values()].flat();
  const find = (turnId: string) => all().find(({ begin }) => begin.turnId === turnId);

  return {
    of: (conversationId) => lines.get(conversationId) ?? [],
    all,
    find,
    recall: (turnId) => find(turnId) ?? ended.get(turnId),
    join(turn) {
      const { id } = turn.conversation;
      lines.set(id, [...(lines.get(id) ?? []), turn]);
    },
    leave(turn) {
      const { id } = turn.conversation;
      const left = (lines.get(id) ?? []).filter((other) => other !== turn);
      if (left.length > 0) lines.set(id, left);
      else lines.delete(id);
      ended.set(turn.begin.turnId, turn);
      const oldest = ended.size > MOST_ENDED ? ended.keys().next().value : undefined;
      if (oldest !== undefined) ended.delete(oldest);
      return left[0];
    },
  };
}
