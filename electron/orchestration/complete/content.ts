import type { TraceContent, TracePicture } from '../../contract/entities/trace-content.ts';
import type { CompleteRequest } from './complete.ts';

/** Longer texts are cut, in UTF-16 units: a trace is a record, no archive. */
const MOST_CHARS = 100_000;

/** Pictures are kept up to so much together, in characters of base64: about 6 MB. More of a request are not kept. */
const MOST_PICTURE_CHARS = 8_000_000;

function picturesOf({ messages }: CompleteRequest): TracePicture[] {
  const all = messages.flatMap(({ images = [] }, message) => images.map((image) => ({ message, ...image })));
  return all.reduce((sum, { data }) => sum + data.length, 0) > MOST_PICTURE_CHARS ? [] : all;
}

const short = (text: string): string =>
  text.length <= MOST_CHARS ? text : `${text.slice(0, MOST_CHARS).toWellFormed()}…`;

/** What a trace keeps of a request and the answer it got. */
export const contentOf = (request: CompleteRequest, answer: string): TraceContent => {
  const pictures = picturesOf(request);
  return {
    ...(pictures.length > 0 ? { pictures } : {}),
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
  };
};
