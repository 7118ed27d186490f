import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Clock } from '../../base/clock.ts';
import type { Conversation, Message } from '../../contract/entities/chat.ts';
import type { Fault } from '../../contract/faults.ts';
import type { Store, TurnEnd } from '../../storage/store.ts';
import type { TracesBehind } from '../traces/traces-behind.ts';
import { storageFault } from '../storage-fault.ts';
import type { Turn } from './turn.ts';

/** A killed core may lose at most a second of text, so a checkpoint is never further away than this. */
const CHECKPOINT_MS = 800;
/** A turn that could not be stored is tried again this often, and given up after as many tries. */
const RETRY_MS = 5000;
const MOST_RETRIES = 120;

export interface KeeperDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Stores traces behind their turns; null or absent = each is stored with the end of its turn. */
  readonly traceBehind?: () => Pick<TracesBehind, 'begin' | 'save' | 'forget'> | null;
  /** Something could not be stored; said to the person once per turn. */
  readonly onTrouble: (fault: Fault) => void;
}

export interface TurnKeeper {
  /** Text grew: it will be stored within a second. */
  grew(): void;
  /** Stores the end. When that fails the rows are made up as they would have been, and stored as soon as possible. */
  end(end: TurnEnd): { conversation: Conversation; message: Message; fault: Fault | null };
  summary(): { checkpoints: number; checkpointMs: number };
}

/** Keeps one live turn in the store. A full disk never stops the text from reaching the person. */
export function createTurnKeeper(deps: KeeperDeps, turn: Turn): TurnKeeper {
  const { store, clock, timers, log } = deps;
  const { replyId } = turn.begin;
  let storedAtMs = -Infinity;
  let cancel: (() => void) | null = null;
  let checkpoints = 0;
  let checkpointMs = 0;
  let troubled = false;

  const trouble = (error: unknown, during: string): Fault => {
    const fault = storageFault(error);
    log.write('error', 'turn.not_stored', { during, code: fault.code, error: String(error) });
    if (!troubled) deps.onTrouble(fault);
    troubled = true;
    return fault;
  };
  const checkpoint = () => {
    cancel = null;
    const before = clock.monotonicMs();
    storedAtMs = before;
    if (troubled) return;
    try {
      store.chat.checkpoint(replyId, turn.live.text());
      checkpoints++;
    } catch (error) {
      trouble(error, 'checkpoint');
    }
    checkpointMs += clock.monotonicMs() - before;
  };
  /** The reply first: nobody waits for its trace. */
  const storeEnd = (end: TurnEnd) => {
    const behind = deps.traceBehind?.() ?? null;
    if (!behind) return store.chat.endTurn(end);
    const ended = store.chat.endTurn(end, 'follows');
    behind.save({ ...end.trace, decision: end.decision, spans: [...end.spans] }, end.usages);
    return ended;
  };
  const later = (end: TurnEnd, triesLeft: number) => {
    if (triesLeft === 0) return;
    timers.after(RETRY_MS, () => {
      try {
        storeEnd(end);
        log.write('info', 'turn.stored_late', {});
      } catch {
        later(end, triesLeft - 1);
      }
    });
  };

  return {
    grew() {
      if (cancel) return;
      const wait = storedAtMs + CHECKPOINT_MS - clock.monotonicMs();
      if (wait <= 0) checkpoint();
      else cancel = timers.after(wait, checkpoint);
    },
    end(end) {
      cancel?.();
      cancel = null;
      try {
        return { ...storeEnd(end), fault: null };
      } catch (error) {
        const fault = trouble(error, 'end');
        if (fault.code === 'storage_full') later(end, MOST_RETRIES);
        const reply = { ...end.reply, finishReason: 'fault' as const, fault };
        const message: Message = {
          id: replyId,
          conversationId: turn.conversation.id,
          parentId: turn.begin.replyParentId,
          role: 'assistant',
          text: end.text,
          status: end.text === '' ? 'failed' : 'partial',
          turnId: turn.begin.turnId,
          depth: 0,
          siblingIds: [replyId],
          createdAt: turn.begin.at,
          ...stored(store, replyId),
          reply,
        };
        return { conversation: turn.conversation, message, fault };
      }
    },
    summary: () => ({ checkpoints, checkpointMs: Math.round(checkpointMs * 100) / 100 }),
  };
}

/** Where the row stands in its tree, as far as it can still be read. */
function stored(store: Store, replyId: string): Partial<Pick<Message, 'depth' | 'siblingIds' | 'createdAt'>> {
  try {
    const message = store.chat.message(replyId);
    return message ? { depth: message.depth, siblingIds: message.siblingIds, createdAt: message.createdAt } : {};
  } catch {
    return {};
  }
}
