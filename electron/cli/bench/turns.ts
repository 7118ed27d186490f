import type { Core } from '../../core.ts';
import type { CliContext } from '../context.ts';
import { mintIdOf } from '../store.ts';
import { percentiles } from './percentiles.ts';
import type { Percentiles } from './percentiles.ts';

const QUESTIONS = [
  'What is the capital of Portugal?',
  'what is 38 + 47?',
  'how many minutes are in 3 hours',
  'What is the opposite of ancient?',
  'write a haiku about the sea',
  'how do I boil an egg?',
] as const;
const ROUNDS = 4;

export interface TurnNumbers {
  readonly firstTokenMs: Percentiles;
  readonly tokensPerSecond: Percentiles;
  /** From the start of the turn until the engine is asked. */
  readonly overheadMs: Percentiles;
}

/** Whole turns, each in a conversation of its own, the first round not counted. */
export async function measureTurns(core: Core, route: string, context: CliContext): Promise<TurnNumbers> {
  const mintId = mintIdOf(context);
  const firstTokenMs: number[] = [];
  const tokensPerSecond: number[] = [];
  const overheadMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const text of QUESTIONS) {
      if (context.signal.aborted) break;
      const turnId = mintId();
      core.turns.start({ turnId, conversationId: mintId(), userMessageId: mintId(), replyId: mintId(), text, route });
      const { message, trace } = await core.turns.ended(turnId);
      if (round === 0 || message.reply === null || trace === null) continue;
      if (message.reply.firstTokenMs !== null) firstTokenMs.push(message.reply.firstTokenMs);
      if (message.reply.tokensPerSecond !== null) tokensPerSecond.push(message.reply.tokensPerSecond);
      const attempt = core.store.traces.get(trace.id)?.spans.find(({ kind }) => kind === 'attempt');
      if (attempt !== undefined) overheadMs.push(attempt.startMs);
    }
  }
  return {
    firstTokenMs: percentiles(firstTokenMs),
    tokensPerSecond: percentiles(tokensPerSecond),
    overheadMs: percentiles(overheadMs),
  };
}
