import { beginningRow } from './beginning-row.ts';
import type { Database } from '../../native/sqlite/index.ts';
import type { Clock } from '../base/clock.ts';
import type { MintId } from '../base/ids.ts';
import type { Store, TurnBegin } from './store.ts';

type Stage = Pick<Store, 'chat'>;

/** Compiled code and statements come with the first few calls. */
const TIMES = 3;

/**
 * Stores made-up turns and takes them back, all in one transaction: the first real turn then finds its statements prepared, its
 * code compiled and its pages read. It took 20 ms without. Nothing of it is ever visible.
 */
export function rehearseTurns(db: Database, { chat }: Stage, clock: Clock, mintId: MintId): void {
  if (db.readOnly) return;
  const takeBack = new Error('Rehearsed.');
  try {
    db.write(() => {
      const conversationId = mintId();
      for (let time = 0; time < TIMES; time++) playTurn(chat, conversationId, clock.now(), mintId);
      throw takeBack;
    });
  } catch (error) {
    if (error !== takeBack) throw error;
  }
}

function playTurn(chat: Stage['chat'], conversationId: string, at: number, mintId: MintId): void {
  const [userId, replyId, turnId, traceId] = [mintId(), mintId(), mintId(), mintId()];
  const text = 'A rehearsal of the words with which a turn begins, never kept.';
  const before = chat.get(conversationId);
  const begin: TurnBegin = {
    conversation: { id: conversationId, private: false, route: 'auto', title: 'Rehearsal' },
    userMessage: { id: userId, parentId: before?.headMessageId ?? null, text },
    replyId,
    replyParentId: userId,
    turnId,
    traceId,
    promptVersionId: null,
    replyStatus: 'streaming',
    at,
    trace: beginningRow({
      traceId,
      turnId,
      conversationId,
      replyId,
      startedAt: at,
      source: 'app',
      private: false,
      promptVersionId: null,
      question: text,
    }),
  };
  const { reply } = chat.beginTurn(begin);
  chat.checkpoint(replyId, text);
  if (!reply.reply) return;
  chat.endTurn({
    replyId,
    status: 'complete',
    text,
    reply: reply.reply,
    trace: { ...begin.trace, status: 'ok', durationMs: 1 },
    decision: null,
    spans: [],
    usages: [],
    at,
  });
}
