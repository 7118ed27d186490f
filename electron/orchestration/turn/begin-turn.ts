import { say } from '../../contract/sentences/index.ts';
import type { Conversation } from '../../contract/entities/chat.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import { beginningRow } from '../../storage/index.ts';
import type { Store, TurnBegin } from '../../storage/store.ts';
import { storageFault } from '../storage-fault.ts';
import { createLiveText } from './live-text.ts';
import { titleFrom } from './message-text.ts';
import type { Turn, TurnStarted } from './turn.ts';
import type { TurnsDeps } from './turns.ts';

/** What is known of a turn before it is stored. */
export interface NewTurn {
  readonly turnId: string;
  readonly replyId: string;
  /** null = it is stored with this turn. */
  readonly conversation: Conversation | null;
  readonly conversationId: string;
  /** null = another reply to a message that is stored already. */
  readonly userMessage: TurnBegin['userMessage'];
  readonly userMessageId: string;
  readonly question: string;
  readonly route: string | undefined;
  readonly private: boolean | undefined;
  readonly queued: boolean;
}

/** The prompt in force: the conversation's own text, else the production version of its prompt. */
function promptOf(store: Store, conversation: Conversation | null): { text: string | null; versionId: string | null } {
  if (!conversation) return { text: null, versionId: null };
  if (conversation.systemPrompt !== null) return { text: conversation.systemPrompt || null, versionId: null };
  const prompt = conversation.promptId === null ? null : store.prompts.get(conversation.promptId);
  const versionId = prompt?.labels['production'] ?? null;
  const version = versionId === null ? null : store.prompts.version(versionId);
  return { text: version?.text ?? null, versionId: version ? versionId : null };
}

/** Stores message and empty reply in one transaction, before any model is asked; the trace with them, where none may follow. */
export function beginTurn(deps: TurnsDeps, input: NewTurn): { turn: Turn; started: TurnStarted } {
  const { store, mintId } = deps;
  const { conversation, conversationId, turnId, replyId, userMessageId } = input;
  const traceId = mintId();
  const recorder = deps.startTrace(traceId, 'Turn');
  const { chat: defaults } = deps.config();
  const isPrivate = conversation?.private ?? input.private ?? defaults.defaultPrivate;
  const route = input.route ?? conversation?.route ?? defaults.defaultRoute;
  const prompt = promptOf(store, conversation);
  const isNamed = conversation !== null && (conversation.messageCount > 0 || conversation.titleSource === 'user');
  const title = isNamed ? conversation.title : titleFrom(input.question);
  const begin: TurnBegin = {
    conversation: { id: conversationId, private: isPrivate, route, title },
    userMessage: input.userMessage,
    replyId,
    replyParentId: userMessageId,
    turnId,
    traceId,
    promptVersionId: prompt.versionId,
    replyStatus: input.queued ? 'queued' : 'streaming',
    at: recorder.startedAt,
    trace: beginningRow({
      traceId,
      turnId,
      conversationId,
      replyId,
      startedAt: recorder.startedAt,
      source: deps.source,
      private: isPrivate,
      promptVersionId: prompt.versionId,
      question: input.question,
    }),
  };
  const span = recorder.root.child('storage', 'Store the message');
  let started: TurnStarted;
  try {
    const behind = deps.traceBehind?.() ?? null;
    started = store.chat.beginTurn(begin, behind ? 'follows' : 'with');
    behind?.begin(begin.trace);
    if (conversation && !isNamed)
      started = { ...started, conversation: store.chat.update(conversationId, { title }, recorder.startedAt) };
  } catch (error) {
    const fault = storageFault(error);
    if (fault.code === 'internal') throw error;
    throw new FaultError(fault);
  }
  span.end();
  const turn: Turn = {
    begin,
    userMessageId,
    systemPrompt: prompt.text,
    recorder,
    live: createLiveText(),
    controller: new AbortController(),
    conversation: started.conversation,
    route,
    endWait: null,
  };
  if (input.queued) {
    const wait = recorder.root.child('queue', 'Wait for the reply before');
    turn.endWait = () => {
      wait.end();
    };
    turn.live.say({ kind: 'phase', phase: 'queued', detail: null });
  }
  return { turn, started };
}

/** The same request again (a reader that lost its answer): what was stored then. */
export function startedBefore(store: Store, replyId: string, userMessageId: string): TurnStarted | null {
  const reply = store.chat.message(replyId);
  const userMessage = reply && store.chat.message(userMessageId);
  const conversation = reply && store.chat.get(reply.conversationId);
  return conversation && userMessage ? { conversation, userMessage, reply } : null;
}

export function needConversation(store: Store, conversationId: string): Conversation {
  const conversation = store.chat.get(conversationId);
  if (!conversation) throw refuse(say('app.chat.deleted'), 'not_found');
  return conversation;
}
