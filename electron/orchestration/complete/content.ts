import type { TraceContent } from '../../contract/entities/trace-content.ts';
import type { CompleteRequest } from './complete.ts';

/** Longer texts are cut, in UTF-16 units: a trace is a record, no archive. */
const MOST_CHARS = 100_000;

const short = (text: string): string =>
  text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS).toWellFormed()}…`;

/** What a trace keeps of a request and the answer it got. */
export const contentOf = (request: CompleteRequest, answer: string): TraceContent => ({
  messages: request.messages.map(({ role, text, toolCalls, toolCallId, images }) => ({
    role,
    text: short(text),
    ...(toolCalls
      ? { toolCalls: toolCalls.map((call) => ({ ...call, argumentsText: short(call.argumentsText) })) }
      : {}),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(images && images.length > 0 ? { images: images.length } : {}),
  })),
  answer: short(answer),
  sampling: request.sampling,
  stop: [...request.stop],
  ...(request.tools
    ? { tools: request.tools.map(({ parameters, ...tool }) => ({ ...tool, parameters: { ...parameters } })) }
    : {}),
});
