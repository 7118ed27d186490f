import { createParser } from 'eventsource-parser';
import { createJsonEnd } from '../../../base/json-end.ts';
import { AnswerTooLarge, MOST_ERROR_BYTES, MOST_LINE_BYTES } from '../../egress/answer-body.ts';
import { jsonOr } from './json.ts';
import type { RepeatedChunks } from './repeated-chunks.ts';

/** What arrived where an answer was promised, and is none: a page, a plain text, a frame that is no JSON. */
export class NoAnswer extends Error {
  readonly body: unknown;
  constructor(what: string, body: unknown) {
    super(what);
    this.name = 'NoAnswer';
    this.body = body;
  }
}

/** The bytes ended inside a document: whoever sent them did not come to its end. */
export class CutShort extends Error {
  constructor() {
    super('The answer ended inside one of its parts.');
    this.name = 'CutShort';
  }
}

/** Reads the bytes of an answer and hands on each document in it. */
export interface BodyReader {
  /** Throws NoAnswer or AnswerTooLarge. */
  feed(bytes: Uint8Array): void;
  /** The body is over: what is still held is read, or refused. Throws CutShort when it broke off in the middle of a document. */
  end(): void;
}

type Shape = 'events' | 'json' | 'other';

/** Servers are not careful with content types (PHP says html of everything), so the first character says what it is. */
function shapeOf(first: string, contentType: string): Shape {
  if (first === '<') return 'other';
  if (first === '{' || first === '[') return 'json';
  if (contentType.includes('event-stream') || /[a-z:]/u.test(first)) return 'events';
  return 'other';
}

/** Chunks that need no parsing, and who gets the words in them. */
export interface PlainChunks {
  readonly known: RepeatedChunks;
  readonly onWords: (words: string) => void;
}

/**
 * Events of a stream (WHATWG HTML, server-sent events), a whole JSON document, or JSON documents one a line, told apart by how
 * the body begins. `onDocument` gets each as parsed JSON; `onDone` says that `[DONE]` came. With `plain` given, events that
 * are like one before but for their words go there instead.
 */
export function createBodyReader(
  contentType: string,
  onDocument: (document: unknown) => void,
  onDone: () => void,
  plain?: PlainChunks,
): BodyReader {
  const decoder = new TextDecoder();
  let shape: Shape | null = null;
  let held = '';
  let documents = 0;
  /** Nothing more comes: what is no JSON now may have become some. */
  let over = false;

  const hand = (parsed: unknown, text: string) => {
    try {
      onDocument(parsed);
    } catch (error) {
      // Parsing takes any depth, walking what was parsed does not.
      if (error instanceof RangeError)
        throw new NoAnswer('A part of the answer is nested too deeply.', text.slice(0, 2000));
      throw error;
    }
  };
  const document = (text: string) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      if (over && isUnfinished(text)) throw new CutShort();
      throw new NoAnswer('A part of the answer is no JSON.', text.slice(0, 2000));
    }
    documents++;
    hand(parsed, text);
    plain?.known.learn(text, parsed);
  };
  const parser = createParser({
    maxBufferSize: MOST_LINE_BYTES,
    onEvent({ data }) {
      if (data === '[DONE]') {
        documents++;
        onDone();
      } else if (data.trim() !== '') document(data);
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') throw new AnswerTooLarge('An event', MOST_LINE_BYTES);
    },
  });

  /** Whether what comes next begins an event. */
  let between = true;
  const skim = (text: string, { known, onWords }: PlainChunks) => {
    let at = 0;
    while (at < text.length) {
      if (between) at = known.skim(text, at, onWords);
      if (at === text.length) return;
      // One event at a time, so that those behind it can be like it.
      const end = text.indexOf('\n\n', at);
      const next = end === -1 ? text.length : end + 2;
      parser.feed(text.slice(at, next));
      between = end !== -1;
      at = next;
    }
  };
  const take = (text: string) => {
    if (shape === null) {
      held += text;
      const first = held.trimStart().charAt(0);
      if (first === '') {
        // Blank lines keep a connection alive and begin nothing.
        held = '';
        return;
      }
      shape = shapeOf(first, contentType);
      text = held;
      held = '';
    }
    // Text that is neither is kept a little, to see that no event ever came.
    if (shape === 'events') {
      if (documents === 0 && held.length < MOST_ERROR_BYTES) held += text.slice(0, MOST_ERROR_BYTES);
      if (plain) skim(text, plain);
      else parser.feed(text);
      return;
    }
    held += text;
    if (shape === 'other' && held.length > MOST_ERROR_BYTES) throw new NoAnswer('This is no answer.', held);
    if (held.length > MOST_LINE_BYTES) throw new AnswerTooLarge('The answer', MOST_LINE_BYTES);
  };

  return {
    feed(bytes) {
      take(decoder.decode(bytes, { stream: true }));
    },
    end() {
      take(decoder.decode());
      over = true;
      if (shape === 'events') {
        // The last event may lack its blank line.
        parser.feed('\n\n');
        const isEvents = /^(?:data|event|id|retry)?:/mu.test(held) || /^(?:d|da|dat|data|e|r)$/u.test(held.trim());
        if (documents === 0 && held !== '' && !isEvents) throw new NoAnswer('This is no answer.', jsonOr(held));
        return;
      }
      if (held === '' || shape === null) return;
      if (shape === 'other') throw new NoAnswer('This is no answer.', held);
      const whole = jsonOr(held);
      if (typeof whole !== 'string') {
        hand(whole, held);
        return;
      }
      for (const line of held.split('\n')) if (line.trim() !== '') document(line);
    },
  };
}

/** A JSON object or list whose end has not come. */
function isUnfinished(text: string): boolean {
  const start = text.trimStart();
  return /^[{[]/u.test(start) && createJsonEnd()(start) === -1;
}
