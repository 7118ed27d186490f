import { text as readAll } from 'node:stream/consumers';
import { id as idSchema } from '../contract/entities/chat.ts';
import type { ReplyInfo } from '../contract/entities/chat.ts';
import type { TurnEvent } from '../contract/streams.ts';
import type { CliContext } from './context.ts';
import { openCore } from './core.ts';
import { CliFailure, wrongUsage } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { mintIdOf } from './store.ts';

export interface ChatOptions {
  readonly data: string;
  readonly json?: boolean;
  readonly conversation?: string;
  readonly route?: string;
  readonly private?: boolean;
}

type End = Extract<TurnEvent, { kind: 'end' }>;

const jsonOf = ({ conversation, message }: End, reply: ReplyInfo) => ({
  text: message.text,
  status: message.status,
  route: reply.route,
  model: reply.modelId,
  modelName: reply.modelName,
  degraded: reply.degraded,
  degradedReason: reply.degradedReason,
  usage: { tokensIn: reply.tokensIn, tokensCached: reply.tokensCached, tokensOut: reply.tokensOut },
  costUsd: reply.costUsd,
  firstTokenMs: reply.firstTokenMs,
  durationMs: reply.durationMs,
  tokensPerSecond: reply.tokensPerSecond,
  finishReason: reply.finishReason,
  fault: reply.fault,
  traceId: reply.traceId,
  conversationId: conversation.id,
  messageId: message.id,
});

/** Asks once and prints the answer as it comes. */
export async function chat(context: CliContext, question: string, options: ChatOptions): Promise<ExitCode> {
  const { out, err, signal } = context;
  const text = question === '-' ? await readAll(context.stdin) : question;
  if (text.trim() === '') throw wrongUsage('The question is empty: write something to ask.');
  if (options.conversation !== undefined && !idSchema.safeParse(options.conversation).success) {
    throw wrongUsage(`"${options.conversation}" is no conversation id: take the conversationId that --json printed.`);
  }

  const core = await openCore(context, { dataDir: options.data, source: 'cli', what: 'the command line' });
  try {
    if (options.conversation !== undefined && core.store.chat.get(options.conversation) === null) {
      throw new CliFailure(`There is no conversation ${options.conversation} in ${options.data}: check the id.`);
    }
    const mintId = mintIdOf(context);
    const turnId = mintId();
    core.turns.start({
      turnId,
      conversationId: options.conversation ?? mintId(),
      userMessageId: mintId(),
      replyId: mintId(),
      text,
      route: options.route,
      private: options.private,
    });
    let shown = '';
    const show = (whole: string): void => {
      if (options.json === true) return;
      out.write(whole.slice(shown.length));
      shown = whole;
    };
    core.turns.read(turnId, 0, (event) => {
      if (event.kind === 'delta') show(shown + event.text);
      if (event.kind === 'snapshot' && event.text.startsWith(shown)) show(event.text);
    });
    const stop = (): void => {
      core.turns.stop(turnId);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    out.onClose(stop);
    const end = await core.turns.ended(turnId);
    signal.removeEventListener('abort', stop);

    const { reply } = end.message;
    if (options.json === true && reply !== null) out.json(jsonOf(end, reply));
    else if (!shown.endsWith('\n')) out.write('\n');
    if (reply?.degradedReason && options.json !== true) err.line(reply.degradedReason);
    if (reply?.fault) err.line(reply.fault.detail);
    else if (end.message.status === 'stopped' && !out.closed) {
      err.line(`Stopped. The text so far is kept in conversation ${end.conversation.id}.`);
    }
    return end.message.status === 'complete' || out.closed ? 0 : 1;
  } finally {
    await core.dispose();
  }
}
