import { randomUUID } from 'node:crypto';
import type { ModelRequest } from '../../model.ts';

/** A written request with its texts left out: what stands before, between and after them. */
export interface RequestForm {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly string[];
}

/** Longer conversations hardly share a form with another one. */
const MOST_MESSAGES = 24;

/**
 * What requests of one form have in common, besides whom they go to: everything but the words. null = a request with more than words
 * (images, tools, a schema), which the library writes each time.
 */
export function formOf({ messages, sampling, stop, logprobs, tools, toolChoice, format }: ModelRequest): string | null {
  if (messages.length > MOST_MESSAGES || tools || toolChoice || format) return null;
  let roles = '';
  for (const { role, text, images, toolCalls } of messages) {
    if (images?.length || toolCalls?.length || role === 'tool') return null;
    // An empty text is left out of a message, or stands in it as no other does.
    roles += `${role}${text === '' ? ' empty' : ''},`;
  }
  return JSON.stringify([roles, sampling, stop ?? null, logprobs ?? false]);
}

/** The request with a mark of its own in place of each text, and the marks. */
export function marked(request: ModelRequest): { readonly request: ModelRequest; readonly marks: readonly string[] } {
  const once = randomUUID();
  const marks = request.messages.map((_, at) => `text ${String(at)} ${once}`);
  const messages = request.messages.map((message, at) =>
    message.text === '' ? message : { ...message, text: marks[at] ?? '' },
  );
  return { request: { ...request, messages }, marks: marks.filter((_, at) => request.messages[at]?.text !== '') };
}

/** What stands around the marks, each of which is one JSON string of the body; null = the library does not write texts as they are. */
export function partsAround(body: string, marks: readonly string[]): string[] | null {
  const parts: string[] = [];
  let rest = body;
  for (const mark of marks) {
    const written = JSON.stringify(mark);
    const at = rest.indexOf(written);
    if (at < 0) return null;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + written.length);
  }
  return marks.some((mark) => [...parts, rest].some((part) => part.includes(mark))) ? null : [...parts, rest];
}

/** The body of this form with the words of this request. */
export function filled({ parts }: RequestForm, { messages }: ModelRequest): string {
  let body = parts[0] ?? '';
  let at = 1;
  for (const { text } of messages) {
    if (text === '') continue;
    body += JSON.stringify(text) + (parts[at] ?? '');
    at++;
  }
  return body;
}
