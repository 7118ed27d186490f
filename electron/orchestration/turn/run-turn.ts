import type { TurnEvent } from '../../contract/streams.ts';
import { makeFault } from '../../router/index.ts';
import type { ModelMessage } from '../../model/model.ts';
import type { Answer } from '../answer/answer.ts';
import type { SummaryDoor } from '../answer/types.ts';
import { createTurnKeeper } from './keeper.ts';
import { summariesOf } from './summaries.ts';
import { createThoughtLine } from './thought-line.ts';
import { turnEnd, unanswered } from './turn-end.ts';
import type { Turn } from './turn.ts';
import type { TurnsDeps } from './turns.ts';

/** More characters than this a token are not worth reading of an old history. */
const CHARS_PER_TOKEN = 8;

/** The last word of a turn. */
type TurnOver = Extract<TurnEvent, { kind: 'end' }>;

/** Runs one stored turn to its stored end and answers with its last word. The promise never rejects. */
export function createRunTurn(deps: TurnsDeps) {
  const { store, clock, mintId, announce, log } = deps;

  const readMessages = (turn: Turn): { messages: ModelMessage[]; omitted: number; summaries: SummaryDoor } => {
    const span = turn.recorder.root.child('prompt', 'Read the conversation');
    const path = store.chat.path(turn.userMessageId, deps.longestContextTokens() * CHARS_PER_TOKEN);
    const omitted = Math.max(0, store.chat.indexOf(turn.userMessageId) + 1 - path.length);
    const messages: ModelMessage[] = turn.systemPrompt === null ? [] : [{ role: 'system', text: turn.systemPrompt }];
    // A reply that failed without a word says nothing to the model either.
    const said = path.filter(({ text }) => /\S/.test(text));
    for (const { role, text } of said) messages.push({ role, text });
    span.set({ messages: path.length, omitted, promptVersionId: turn.begin.promptVersionId });
    span.end();
    return { messages, omitted, summaries: summariesOf(deps, turn.conversation.id, said) };
  };

  const answer = async (turn: Turn, grew: () => void): Promise<Answer> => {
    const { messages, omitted, summaries } = readMessages(turn);
    const thought = createThoughtLine(clock);
    return deps.answer(
      {
        messages,
        omitted,
        summaries,
        route: turn.route,
        // The lock may be set while the turn waits or its first model fails: it counts from that moment.
        isPrivate: () => turn.begin.conversation.private || store.chat.isPrivate(turn.conversation.id),
        sampling: turn.conversation.sampling,
        stateKey: turn.conversation.id,
        conversationId: turn.conversation.id,
        source: deps.source,
        // Who asks for another reply has seen the one that is kept.
        anew: turn.begin.userMessage === null,
      },
      turn.recorder,
      {
        onPhase(phase, detail) {
          turn.live.say({ kind: 'phase', phase, detail });
        },
        onRoute(route) {
          turn.live.say({ kind: 'route', ...route });
        },
        onDelta(text) {
          turn.live.append(text);
          grew();
          return null;
        },
        onReasoning(text) {
          const detail = thought.add(text);
          if (detail !== null) turn.live.say({ kind: 'phase', phase: 'thinking', detail });
        },
        onReset() {
          thought.reset();
          turn.live.reset();
        },
      },
      turn.controller.signal,
    );
  };

  return async function runTurn(turn: Turn): Promise<TurnOver> {
    const { turnId, replyId } = turn.begin;
    const keeper = createTurnKeeper(
      {
        ...deps,
        onTrouble: (fault) => {
          announce.notice('error', fault.detail);
        },
      },
      turn,
    );
    let result: Answer;
    try {
      const waited = turn.endWait !== null;
      turn.endWait?.();
      turn.endWait = null;
      if (turn.controller.signal.aborted) result = unanswered('cancelled', null);
      else {
        if (waited) store.chat.startReply(replyId);
        result = await answer(turn, () => {
          keeper.grew();
        });
      }
    } catch (error) {
      log.write('error', 'turn.failed', {
        turnId,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      result = unanswered('fault', makeFault('internal'));
    }
    turn.live.say({ kind: 'phase', phase: 'storing', detail: null });
    const check = turn.recorder.root.child('check', 'Check the reply', {
      finish: result.finish,
      chars: turn.live.text().length,
    });
    check.end(result.fault && ['empty_output', 'degenerate_output'].includes(result.fault.code) ? result.fault : null);
    turn.recorder.root.child('storage', 'Store the reply', keeper.summary()).end();
    const end = turnEnd(turn, result, mintId, clock.now());
    const { conversation, message } = keeper.end(end);
    // A trace that follows says by itself when it is stored.
    if ((deps.traceBehind?.() ?? null) === null) deps.onStored?.(turn.begin.traceId);
    return { kind: 'end', conversation, message, trace: end.trace };
  };
}
