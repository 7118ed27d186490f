import { MAX_MESSAGE_CHARS } from '../../../../electron/contract/names.ts';
import type { Message, ReplyInfo } from '../../../../electron/contract/entities/chat.ts';
import { call, faultOf, liveTurns, mintId } from '../../../link/index.ts';
import { announce, formatNumber, toast } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import { knownThread } from './thread.ts';
import type { Thread } from './thread.ts';
import { said } from '../../../common/core-words/index.ts';

const noReply = (traceId: string): ReplyInfo => ({
  traceId,
  modelId: null,
  modelName: null,
  route: null,
  degraded: false,
  degradedReason: null,
  promptVersionId: null,
  tokensIn: 0,
  tokensCached: 0,
  tokensOut: 0,
  contextTokens: null,
  firstTokenMs: null,
  durationMs: null,
  tokensPerSecond: null,
  costUsd: 0,
  finishReason: null,
  fault: null,
  rating: null,
});

interface RowFacts {
  readonly id: string;
  readonly turnId: string;
  readonly parentId: string | null;
  readonly depth: number;
  readonly siblingIds: readonly string[];
}

const userRow = (thread: Thread, facts: RowFacts, text: string, now: number): Message => ({
  ...facts,
  siblingIds: [...facts.siblingIds],
  conversationId: thread.conversationId,
  role: 'user',
  text,
  status: 'complete',
  createdAt: now,
  reply: null,
});

const replyRow = (thread: Thread, facts: RowFacts, queued: boolean, now: number): Message => ({
  ...facts,
  siblingIds: [...facts.siblingIds],
  conversationId: thread.conversationId,
  role: 'assistant',
  text: '',
  status: queued ? 'queued' : 'streaming',
  createdAt: now,
  reply: noReply(facts.turnId),
});

/** Why a text cannot be sent, as the sentence to show; null when it can. */
export function refusal(text: string): string | null {
  if (text.trim() === '') return words.t('empty');
  if (text.length > MAX_MESSAGE_CHARS) {
    return words.t('tooLong', { count: formatNumber(text.length), max: formatNumber(MAX_MESSAGE_CHARS) });
  }
  return null;
}

/** Lone surrogates cannot be stored as text: they become the replacement character, as any editor would show them. */
const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

/**
 * How long the two new rows wait to be drawn while the core begins the turn, in ms. It has them on its way in about three; drawn at once they
 * would take the core it runs on. Late or not, nobody sees a frame of difference.
 */
const DRAW_WITHIN_MS = 25;

export interface SendOptions {
  readonly route: string;
  readonly private: boolean;
}

/** Puts both rows on screen at once, then asks the core. False when the core refused; the rows are taken back. */
export async function sendMessage(thread: Thread, text: string, options: SendOptions): Promise<boolean> {
  const turnId = mintId();
  const userMessageId = mintId();
  const replyId = mintId();
  const before = thread.total();
  const last = thread.at(before - 1);
  const queued = thread.live().length > 0;
  const now = Date.now();
  const clean = wellFormed(text);
  const parentId = before === 0 ? null : (last?.id ?? null);
  const user = userRow(
    thread,
    { id: userMessageId, turnId, parentId, depth: before, siblingIds: [userMessageId] },
    clean,
    now,
  );
  const reply = replyRow(
    thread,
    { id: replyId, turnId, parentId: userMessageId, depth: before + 1, siblingIds: [replyId] },
    queued,
    now,
  );
  const fresh = !thread.stored;
  const hold = thread.hold();
  const draw = (): void => {
    clearTimeout(late);
    hold();
  };
  const late = setTimeout(draw, DRAW_WITHIN_MS);
  thread.put([user, reply]);
  try {
    const started = await call('turn.start', {
      turnId,
      conversationId: thread.conversationId,
      userMessageId,
      replyId,
      text: clean,
      ...(fresh ? { route: options.route, private: options.private } : {}),
    });
    acknowledge(thread, started.userMessage, started.reply, started.conversation);
    draw();
    announce(words.t('announceStart'));
    return true;
  } catch (error) {
    thread.drop([replyId, userMessageId]);
    draw();
    if (fresh) thread.stored = false;
    toast({ text: words.t('notSent', { detail: said(faultOf(error).detail) }), level: 'error' });
    return false;
  }
}

/** A short turn may end before its start is confirmed: its final row must not be overwritten by the first one. */
function acknowledge(
  thread: Thread,
  user: Message | null,
  reply: Message,
  conversation: Parameters<Thread['setConversation']>[0],
): void {
  const at = thread.at(thread.indexOf(reply.id));
  const ended = at !== undefined && at.status !== 'queued' && at.status !== 'streaming';
  thread.put([...(user === null ? [] : [user]), ...(ended ? [] : [reply])], conversation);
}

/** Another reply beside the old one. */
export async function regenerate(thread: Thread, message: Message, route?: string): Promise<void> {
  const turnId = mintId();
  const replyId = mintId();
  announce(words.t('announceStart'));
  try {
    const started = await call('turn.regenerate', {
      turnId,
      replyId,
      messageId: message.id,
      ...(route === undefined ? {} : { route }),
    });
    thread.put([started.reply], started.conversation);
  } catch (error) {
    toast({ text: words.t('notSent', { detail: said(faultOf(error).detail) }), level: 'error' });
  }
}

/** A changed message beside the old one, with its reply. */
export async function editMessage(thread: Thread, message: Message, text: string): Promise<boolean> {
  announce(words.t('announceStart'));
  try {
    const started = await call('turn.edit', {
      turnId: mintId(),
      userMessageId: mintId(),
      replyId: mintId(),
      messageId: message.id,
      text: wellFormed(text),
    });
    thread.put([started.userMessage, started.reply], started.conversation);
    return true;
  } catch (error) {
    toast({ text: words.t('notSent', { detail: said(faultOf(error).detail) }), level: 'error' });
    return false;
  }
}

export const stopTurn = (turnId: string): void => {
  void call('turn.stop', { turnId }).catch(() => undefined);
};

/** Walks to the branch that holds this message. */
export async function showBranch(thread: Thread, messageId: string, index: number): Promise<void> {
  try {
    const conversation = await call('chat.showBranch', { messageId });
    await thread.rebase(conversation, index);
  } catch (error) {
    toast({ text: words.t('failedAction', { detail: said(faultOf(error).detail) }), level: 'error' });
  }
}

/** Ends arrive with the stored rows: they are put in place, and said aloud once. */
export function followEnds(): () => void {
  return liveTurns.onEnd((end, turnId) => {
    const thread = knownThread(end.conversation.id);
    if (thread === undefined) return;
    if (end.trace === null) {
      const gone = thread.live().filter((row) => row.turnId === turnId);
      thread.drop(gone.flatMap((row) => [row.id, ...(row.parentId === null ? [] : [row.parentId])]));
      thread.setConversation(end.conversation);
      return;
    }
    if (thread.indexOf(end.message.id) >= 0) thread.put([end.message], end.conversation);
    const { status, reply, text } = end.message;
    if (status === 'failed') announce(words.t('announceFailed', { detail: said(reply?.fault?.detail ?? '') }));
    else if (status === 'stopped') announce(words.t('announceStopped'));
    else announce(words.t('announceEnd', { text: text.slice(0, 300) }));
  });
}
