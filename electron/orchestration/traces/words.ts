import type { Sampling } from '../../contract/entities/chat.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { TraceContent, TraceMessages } from '../../contract/entities/trace-content.ts';
import type { ModelMessage, ModelTool } from '../../model/model.ts';
import type { Store } from '../../storage/index.ts';

/** Older messages of a very long conversation are not read, in UTF-16 units of the whole. */
const MOST_CHARS = 2_000_000;

/** What was said in a trace, with what else was asked for. */
export interface TraceWords extends TraceMessages {
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly tools: TraceContent['tools'];
}

export interface TraceWordsDeps {
  readonly store: { readonly chat: Pick<Store['chat'], 'get' | 'message' | 'path' | 'indexOf'> } & Pick<
    Store,
    'prompts'
  >;
  /** Whether traces may keep words at all. */
  readonly keepsText: () => boolean;
}

/** Finds what was said in a trace: in the trace itself, else in its conversation as it is stored. */
export function createTraceWords({ store, keepsText }: TraceWordsDeps) {
  const none = (missing: TraceMessages['missing']): TraceWords => ({
    messages: [],
    omitted: 0,
    answer: null,
    from: 'none',
    missing,
    sampling: {},
    stop: [],
    tools: undefined,
  });

  return function wordsOf(trace: Trace): TraceWords {
    const { content } = trace;
    if (content)
      return {
        messages: content.messages,
        omitted: 0,
        answer: content.answer,
        from: 'trace',
        missing: null,
        sampling: content.sampling,
        stop: content.stop,
        tools: content.tools,
      };
    if (trace.conversationId === null || trace.messageId === null) return none(keepsText() ? 'not-kept' : 'policy');
    const conversation = store.chat.get(trace.conversationId);
    const reply = conversation && store.chat.message(trace.messageId);
    const parentId = reply?.parentId ?? null;
    if (!conversation || !reply || parentId === null) return none('removed');
    const path = store.chat.path(parentId, MOST_CHARS);
    const system =
      trace.promptVersionId === null
        ? conversation.systemPrompt || null
        : (store.prompts.version(trace.promptVersionId)?.text ?? null);
    return {
      messages: [
        ...(system === null ? [] : [{ role: 'system' as const, text: system }]),
        // A reply that failed without a word was not sent either.
        ...path.filter(({ text }) => /\S/u.test(text)).map(({ role, text }) => ({ role, text })),
      ],
      omitted: Math.max(0, store.chat.indexOf(parentId) + 1 - path.length),
      answer: reply.text === '' ? null : reply.text,
      from: 'conversation',
      missing: null,
      sampling: conversation.sampling,
      stop: [],
      tools: undefined,
    };
  };
}
export type WordsOf = ReturnType<typeof createTraceWords>;

/** The messages as a model is sent them, without pictures: those are kept apart. */
export const asModelMessages = ({ messages }: TraceWords): ModelMessage[] =>
  messages.map(({ role, text, toolCalls, toolCallId }) => ({
    role,
    text,
    ...(toolCalls ? { toolCalls } : {}),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  }));

/** Tools as a model is offered them. */
export const asModelTools = ({ tools }: TraceWords): ModelTool[] | null =>
  tools?.map(({ name, description, parameters, strict }) => ({
    name,
    parameters,
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
  })) ?? null;

/** Why there are no words to work with, as one sentence that says what to do. */
export const missingSentence = (missing: TraceMessages['missing']): string => {
  switch (missing) {
    case 'policy':
      return 'The words of this request were not kept: Settings say that traces keep no text.';
    case 'removed':
      return 'The words of this request are gone with their conversation: restore it if you need them.';
    default:
      return 'The words of this request were not kept: let traces keep whole requests in Settings, then ask it again.';
  }
};
