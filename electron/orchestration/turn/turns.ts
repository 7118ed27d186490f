import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Timers } from '../../base/timers.ts';
import type { Config } from '../../contract/config.ts';
import { refuse } from '../../contract/faults.ts';
import type { TurnEvent } from '../../contract/streams.ts';
import type { Store } from '../../storage/store.ts';
import type { StartTrace } from '../../telemetry/recorder.ts';
import type { Answerer } from '../answer/answer.ts';
import type { Announce } from '../announce.ts';
import type { TurnListener } from './live-text.ts';
import { beginTurn, needConversation, startedBefore } from './begin-turn.ts';
import type { NewTurn } from './begin-turn.ts';
import type { KeeperDeps } from './keeper.ts';
import { cleanMessage } from './message-text.ts';
import { createRunTurn } from './run-turn.ts';
import { createTurnLines } from './turn-lines.ts';
import type { TraceSource, Turn, TurnStarted } from './turn.ts';

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
  readonly startTrace: StartTrace;
  readonly announce: Announce;
  /** As the keeper of a turn has it. */
  readonly traceBehind?: NonNullable<KeeperDeps['traceBehind']>;
  readonly config: () => Config;
  readonly source: TraceSource;
  /** A turn is over and stored, its usage too. */
  readonly onStored?: (traceId: string) => void;
  /** Longest context of any model here, in tokens: what history is worth reading. */
  readonly longestContextTokens: () => number;
}

export function createTurns(deps: TurnsDeps): Turns {
  const { store, announce } = deps;
  const lines = createTurnLines();
  const running = new Set<Promise<void>>();
  const runTurn = createRunTurn(deps);
  let closing = false;

  const tell = ({ begin, conversation }: Turn, state: 'started' | 'ended') => {
    const { turnId, replyId, traceId } = begin;
    announce.signal('turn', { turnId, conversationId: conversation.id, replyId, state });
    const topics = ['chats', `chat:${conversation.id}`, 'traces', `trace:${traceId}`];
    announce.topics(state === 'started' ? topics : [...topics, 'usage']);
  };
  /** Out of the line first: who hears the end may send the next message at once. */
  const over = (turn: Turn, end: Extract<TurnEvent, { kind: 'end' }> | null) => {
    const next = lines.leave(turn);
    if (end) turn.live.end(end);
    tell(turn, 'ended');
    if (next?.endWait && !closing) run(next);
  };
  const run = (turn: Turn) => {
    const done = runTurn(turn)
      .then(
        (end) => {
          over(turn, end);
        },
        (error: unknown) => {
          deps.log.write('error', 'turn.lost', { error: String(error) });
          over(turn, null);
        },
      )
      .finally(() => running.delete(done));
    running.add(done);
  };

  const begin = (input: Omit<NewTurn, 'queued'>): TurnStarted => {
    if (closing) throw refuse(say('app.turn.closing'), 'conflict');
    const queued = lines.of(input.conversationId).length > 0;
    const { turn, started } = beginTurn(deps, { ...input, queued });
    lines.join(turn);
    if (!queued) run(turn);
    tell(turn, 'started');
    return started;
  };

  const stop = (turn: Turn) => {
    if (!turn.endWait) {
      turn.controller.abort();
      return;
    }
    const reply = store.chat.message(turn.begin.replyId);
    const conversation = store.chat.dropQueued(turn.begin.replyId);
    deps.traceBehind?.()?.forget(turn.begin.traceId);
    lines.leave(turn);
    if (reply) turn.live.end({ kind: 'end', conversation, message: { ...reply, status: 'stopped' }, trace: null });
    tell(turn, 'ended');
  };

  const recall = (turnId: string): Turn => {
    const turn = lines.recall(turnId);
    if (!turn) throw refuse(say('app.turn.over'), 'not_found');
    return turn;
  };
  const needMessage = (messageId: string) => {
    const message = store.chat.message(messageId);
    if (!message) throw refuse(say('app.message.gone'), 'not_found');
    return message;
  };

  return {
    start(input) {
      const { turnId, replyId, conversationId, userMessageId, route } = input;
      const again = lines.find(turnId) ? startedBefore(store, replyId, userMessageId) : null;
      if (again) return again;
      const text = cleanMessage(input.text);
      const conversation = store.chat.get(conversationId);
      const parentId = input.parentId === undefined ? (conversation?.headMessageId ?? null) : input.parentId;
      const userMessage = { id: userMessageId, parentId, text };
      const ids = { turnId, replyId, conversationId, userMessageId };
      return begin({ ...ids, conversation, userMessage, question: text, route, private: input.private });
    },
    regenerate({ turnId, replyId, messageId, route }) {
      const message = needMessage(messageId);
      const user = message.role === 'assistant' ? needMessage(message.parentId ?? messageId) : message;
      const { conversationId } = message;
      const conversation = needConversation(store, conversationId);
      const ids = { turnId, replyId, conversationId, userMessageId: user.id };
      return begin({ ...ids, conversation, userMessage: null, question: user.text, route, private: undefined });
    },
    edit({ turnId, userMessageId, replyId, messageId, text }) {
      const { role, parentId, conversationId } = needMessage(messageId);
      if (role !== 'user') throw refuse(say('app.message.not_yours'));
      const question = cleanMessage(text);
      const conversation = needConversation(store, conversationId);
      const userMessage = { id: userMessageId, parentId, text: question };
      const ids = { turnId, replyId, conversationId, userMessageId };
      return begin({ ...ids, conversation, userMessage, question, route: undefined, private: undefined });
    },
    stop(turnId) {
      const turn = lines.find(turnId);
      if (turn) stop(turn);
    },
    stopConversation(conversationId) {
      for (const turn of lines.of(conversationId).toReversed()) stop(turn);
    },
    active: () =>
      lines.all().map(({ begin: { turnId, replyId }, conversation }) => ({
        turnId,
        conversationId: conversation.id,
        replyId,
      })),
    read: (turnId, afterSeq, listener) => recall(turnId).live.read(afterSeq, listener),
    ended: (turnId) =>
      new Promise((resolve, reject) => {
        try {
          recall(turnId).live.read(0, (event) => {
            if (event.kind === 'end') resolve(event);
          });
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }),
    async dispose() {
      closing = true;
      for (const { controller } of lines.all()) controller.abort();
      // A queued message stays in the conversation; its reply ends as stopped without having begun.
      for (const turn of lines.all()) if (turn.endWait) run(turn);
      let cancel: () => void = () => undefined;
      const limit = new Promise<void>((resolve) => {
        cancel = deps.timers.after(DISPOSE_MS, resolve);
      });
      await Promise.race([Promise.all(running), limit]);
      cancel();
    },
  };
}
