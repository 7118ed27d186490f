import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Config } from '../../contract/config.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { TurnEvent } from '../../contract/streams.ts';
import type { Conversation } from '../../contract/entities/chat.ts';
import type { Store, TurnBegin } from '../../storage/store.ts';
import { createTraceRecorder } from '../../telemetry/recorder.ts';
import type { Answerer } from '../answer/answer.ts';
import type { Announce } from '../announce.ts';
import { storageFault } from '../storage-fault.ts';
import { createLiveText } from './live-text.ts';
import type { TurnListener } from './live-text.ts';
import { cleanMessage, titleFrom } from './message-text.ts';
import { createRunTurn } from './run-turn.ts';
import { beginningRow } from './turn.ts';
import type { TraceSource, Turn, TurnStarted } from './turn.ts';

/** Ended turns whose last word is still remembered for a reader that comes late. */
const MOST_ENDED = 200;
/** How long ending the app waits for live turns to store their text, in ms. */
const DISPOSE_MS = 1500;

export interface StartInput {
  readonly turnId: string;
  readonly conversationId: string;
  readonly userMessageId: string;
  readonly replyId: string;
  readonly text: string;
  readonly parentId?: string | null | undefined;
  readonly route?: string | undefined;
  readonly private?: boolean | undefined;
}

/** Everything a conversation does with turns. Starting answers as soon as the message is stored. */
export interface Turns {
  start(input: StartInput): TurnStarted;
  regenerate(input: { turnId: string; replyId: string; messageId: string; route?: string | undefined }): TurnStarted;
  edit(input: { turnId: string; userMessageId: string; replyId: string; messageId: string; text: string }): TurnStarted;
  /** Stops a live turn, takes a queued one back; an unknown turn: nothing. */
  stop(turnId: string): void;
  /** Stops and takes back whatever this conversation is doing. */
  stopConversation(conversationId: string): void;
  active(): { turnId: string; conversationId: string; replyId: string }[];
  /** Reads along from after `afterSeq`; returns the end of reading. An unknown turn is refused. */
  read(turnId: string, afterSeq: number, listener: TurnListener): () => void;
  /** The end of a turn, whenever it comes. An unknown turn is refused. */
  ended(turnId: string): Promise<Extract<TurnEvent, { kind: 'end' }>>;
  dispose(): Promise<void>;
}

export interface TurnsDeps {
  readonly store: Store;
  readonly answer: Answerer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly mintId: MintId;
  readonly announce: Announce;
  readonly config: () => Config;
  readonly source: TraceSource;
  /** Longest context of any model here, in tokens: what history is worth reading. */
  readonly longestContextTokens: () => number;
}

export function createTurns(deps: TurnsDeps): Turns {
  const { store, mintId, announce } = deps;
  /** Per conversation: the live turn first, the queued ones behind it. */
  const lines = new Map<string, Turn[]>();
  const running = new Set<Promise<void>>();
  const ended = new Map<string, Turn>();
  const runTurn = createRunTurn(deps);
  let closing = false;

  const find = (turnId: string): Turn | undefined => {
    for (const line of lines.values()) for (const turn of line) if (turn.begin.turnId === turnId) return turn;
    return undefined;
  };
  const remember = (turn: Turn) => {
    ended.set(turn.begin.turnId, turn);
    const oldest = ended.size > MOST_ENDED ? ended.keys().next().value : undefined;
    if (oldest !== undefined) ended.delete(oldest);
  };
  const leave = (turn: Turn) => {
    const { id } = turn.conversation;
    const left = (lines.get(id) ?? []).filter((other) => other !== turn);
    if (left.length > 0) lines.set(id, left);
    else lines.delete(id);
    remember(turn);
    return left[0];
  };
  const run = (turn: Turn) => {
    const done = runTurn(turn).then(() => {
      running.delete(done);
      const next = leave(turn);
      if (next?.endWait && !closing) run(next);
    });
    running.add(done);
  };

  /** The prompt in force: the conversation's own text, else the production version of its prompt. */
  const promptOf = (conversation: Conversation | null): { text: string | null; versionId: string | null } => {
    if (!conversation) return { text: null, versionId: null };
    if (conversation.systemPrompt !== null) return { text: conversation.systemPrompt || null, versionId: null };
    const prompt = conversation.promptId === null ? null : store.prompts.get(conversation.promptId);
    const versionId = prompt?.labels['production'] ?? null;
    const version = versionId === null ? null : store.prompts.version(versionId);
    return { text: version?.text ?? null, versionId: version ? versionId : null };
  };

  interface NewTurn {
    readonly turnId: string;
    readonly replyId: string;
    readonly conversation: Conversation | null;
    readonly conversationId: string;
    readonly userMessage: TurnBegin['userMessage'];
    readonly userMessageId: string;
    readonly question: string;
    readonly route: string | undefined;
    readonly private: boolean | undefined;
  }

  const begin = (input: NewTurn): TurnStarted => {
    if (closing) throw refuse('Switchyard is closing: start it again and send the message once more.', 'conflict');
    const { conversation, conversationId } = input;
    const traceId = mintId();
    const recorder = createTraceRecorder(deps, traceId, 'Turn');
    const settings = deps.config();
    const isPrivate = conversation?.private ?? input.private ?? settings.chat.defaultPrivate;
    const route = input.route ?? conversation?.route ?? settings.chat.defaultRoute;
    const prompt = promptOf(conversation);
    const line = lines.get(conversationId) ?? [];
    const title = conversation && conversation.messageCount > 0 ? conversation.title : titleFrom(input.question);
    const turnBegin: TurnBegin = {
      conversation: { id: conversationId, private: isPrivate, route, title },
      userMessage: input.userMessage,
      replyId: input.replyId,
      replyParentId: input.userMessageId,
      turnId: input.turnId,
      traceId,
      promptVersionId: prompt.versionId,
      replyStatus: line.length > 0 ? 'queued' : 'streaming',
      at: recorder.startedAt,
      trace: beginningRow({
        traceId,
        turnId: input.turnId,
        conversationId,
        replyId: input.replyId,
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
      started = store.chat.beginTurn(turnBegin);
      if (conversation?.messageCount === 0 && conversation.titleSource === 'auto' && input.userMessage)
        started = { ...started, conversation: store.chat.update(conversationId, { title }, recorder.startedAt) };
    } catch (error) {
      const fault = storageFault(error);
      if (fault.code === 'internal') throw error;
      throw new FaultError(fault);
    }
    span.end();
    const turn: Turn = {
      begin: turnBegin,
      userMessageId: input.userMessageId,
      systemPrompt: prompt.text,
      recorder,
      live: createLiveText(),
      controller: new AbortController(),
      conversation: started.conversation,
      route,
      answerRoute: null,
      endWait: null,
    };
    lines.set(conversationId, [...line, turn]);
    if (line.length > 0) {
      const wait = recorder.root.child('queue', 'Wait for the reply before');
      turn.endWait = () => {
        wait.end();
      };
      turn.live.say({ kind: 'phase', phase: 'queued', detail: null });
    } else run(turn);
    const { turnId, replyId } = input;
    announce.signal('turn', { turnId, conversationId, replyId, state: 'started' });
    announce.topics(['chats', `chat:${conversationId}`, 'traces', `trace:${traceId}`]);
    return started;
  };

  /** The same request again (a reader that lost its answer): what was stored then. */
  const repeated = (replyId: string, userMessageId: string): TurnStarted | null => {
    const reply = store.chat.message(replyId);
    const userMessage = reply && store.chat.message(userMessageId);
    const conversation = reply && store.chat.get(reply.conversationId);
    return conversation && userMessage ? { conversation, userMessage, reply } : null;
  };

  const needConversation = (conversationId: string): Conversation => {
    const conversation = store.chat.get(conversationId);
    if (!conversation) throw refuse('This conversation was deleted: restore it or start a new one.', 'not_found');
    return conversation;
  };

  const takeBack = (turn: Turn) => {
    const { turnId, replyId, traceId } = turn.begin;
    const conversationId = turn.conversation.id;
    const reply = store.chat.message(replyId);
    const conversation = store.chat.dropQueued(replyId);
    leave(turn);
    if (reply) turn.live.end({ kind: 'end', conversation, message: { ...reply, status: 'stopped' }, trace: null });
    announce.signal('turn', { turnId, conversationId, replyId, state: 'ended' });
    announce.topics(['chats', `chat:${conversationId}`, 'traces', `trace:${traceId}`]);
  };

  const stop = (turn: Turn) => {
    if (turn.endWait) takeBack(turn);
    else turn.controller.abort();
  };

  const need = (turnId: string): Turn => {
    const turn = find(turnId) ?? ended.get(turnId);
    if (!turn) throw refuse('This turn is not running any more: open the conversation again.', 'not_found');
    return turn;
  };

  return {
    start(input) {
      const again = find(input.turnId) ? repeated(input.replyId, input.userMessageId) : null;
      if (again) return again;
      const text = cleanMessage(input.text);
      const conversation = store.chat.get(input.conversationId);
      const parentId = input.parentId === undefined ? (conversation?.headMessageId ?? null) : input.parentId;
      return begin({
        turnId: input.turnId,
        replyId: input.replyId,
        conversation,
        conversationId: input.conversationId,
        userMessage: { id: input.userMessageId, parentId, text },
        userMessageId: input.userMessageId,
        question: text,
        route: input.route,
        private: input.private,
      });
    },
    regenerate({ turnId, replyId, messageId, route }) {
      const message = store.chat.message(messageId);
      const userMessageId = message?.role === 'assistant' ? message.parentId : messageId;
      const user = userMessageId === null ? null : store.chat.message(userMessageId);
      if (!message || !user) throw refuse('This message is not there any more: reload the conversation.', 'not_found');
      return begin({
        turnId,
        replyId,
        conversation: needConversation(message.conversationId),
        conversationId: message.conversationId,
        userMessage: null,
        userMessageId: user.id,
        question: user.text,
        route,
        private: undefined,
      });
    },
    edit({ turnId, userMessageId, replyId, messageId, text }) {
      const message = store.chat.message(messageId);
      if (!message) throw refuse('This message is not there any more: reload the conversation.', 'not_found');
      if (message.role !== 'user') throw refuse('Only your own messages can be edited: regenerate the reply instead.');
      const clean = cleanMessage(text);
      return begin({
        turnId,
        replyId,
        conversation: needConversation(message.conversationId),
        conversationId: message.conversationId,
        userMessage: { id: userMessageId, parentId: message.parentId, text: clean },
        userMessageId,
        question: clean,
        route: undefined,
        private: undefined,
      });
    },
    stop(turnId) {
      const turn = find(turnId);
      if (turn) stop(turn);
    },
    stopConversation(conversationId) {
      for (const turn of (lines.get(conversationId) ?? []).toReversed()) stop(turn);
    },
    active: () =>
      [...lines.values()].flat().map(({ begin: { turnId, replyId }, conversation }) => ({
        turnId,
        conversationId: conversation.id,
        replyId,
      })),
    read: (turnId, afterSeq, listener) => need(turnId).live.read(afterSeq, listener),
    ended: (turnId) =>
      new Promise((resolve, reject) => {
        try {
          need(turnId).live.read(0, (event) => {
            if (event.kind === 'end') resolve(event);
          });
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }),
    async dispose() {
      closing = true;
      for (const line of lines.values()) for (const turn of line) turn.controller.abort();
      // A queued message stays in the conversation; its reply ends as stopped without having begun.
      for (const turn of [...lines.values()].flat()) if (turn.endWait) run(turn);
      let cancel: () => void = () => undefined;
      const limit = new Promise<void>((resolve) => {
        cancel = deps.timers.after(DISPOSE_MS, resolve);
      });
      await Promise.race([Promise.all(running), limit]);
      cancel();
    },
  };
}
