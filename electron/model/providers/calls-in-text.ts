import { createJsonEnd } from '../../base/json-end.ts';
import type { ModelEvent } from '../model.ts';

/** A call of a tool that stands whole in a text. */
export interface WrittenCall {
  readonly name: string;
  /** JSON of an object. */
  readonly argumentsText: string;
}

/**
 * What the text from the beginning of a line on is, as far as it has come: no calls; perhaps the beginning of some; or nothing but whole
 * calls, which more text may still turn into an example of one.
 */
export type CallsRead =
  | { readonly state: 'none' }
  | { readonly state: 'begun' }
  | { readonly state: 'whole'; readonly calls: readonly WrittenCall[] };

const NONE: CallsRead = { state: 'none' };
const BEGUN: CallsRead = { state: 'begun' };

/** Marks that models put around calls of their own accord: a fence of Markdown, and the tags many were trained with. */
const TAG = { open: '<tool_call>', close: '</tool_call>' } as const;
const FENCE = '```';
const FENCE_LINE = /^```[\w-]{0,20}[ \t]*\r?(?:\n|$)/u;
const HEAD = /^\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")/u;
const HEAD_PLAIN = '{"name":"';
/** An object whose name has not ended after so many characters is no call. */
const MOST_HEAD = 400;

/** Whether an object that begins so may call one of these tools. */
function mayCall(text: string, names: ReadonlySet<string>): boolean {
  const head = HEAD.exec(text);
  if (head) {
    const name = parsed(head[1] ?? '');
    return typeof name === 'string' && names.has(name);
  }
  const plain = text.slice(0, MOST_HEAD).replaceAll(/\s+/gu, '');
  if (HEAD_PLAIN.startsWith(plain)) return true;
  if (!plain.startsWith(HEAD_PLAIN)) return false;
  const begun = plain.slice(HEAD_PLAIN.length);
  return [...names].some((name) => JSON.stringify(name).slice(1, -1).replaceAll(/\s+/gu, '').startsWith(begun));
}

/** Just behind the object that `text` begins with; -1 = it does not end in it. */
const objectEnd = (text: string): number => createJsonEnd()(text);

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The call that an object is; null = it is none. Some models say `parameters` where they were told `arguments`. */
function callOf(json: string, names: ReadonlySet<string>): WrittenCall | null {
  const value = parsed(json);
  if (!isObject(value)) return null;
  const { name, arguments: given, parameters, ...more } = value;
  const used = given ?? parameters;
  if (typeof name !== 'string' || !names.has(name) || !isObject(used)) return null;
  if (Object.keys(more).length > 0 || (given !== undefined && parameters !== undefined)) return null;
  return { name, argumentsText: JSON.stringify(used) };
}

/** Reads `text`, which begins where a line does, as calls of the tools with these names. */
export function readCalls(text: string, names: ReadonlySet<string>): CallsRead {
  const calls: WrittenCall[] = [];
  const soFar = (): CallsRead => (calls.length > 0 ? { state: 'whole', calls } : BEGUN);
  let rest = text.trimStart();
  /** What closes the mark that is open; null = none is. */
  let close: string | null = null;
  for (;;) {
    if (rest === '') return soFar();
    if (rest.startsWith('{')) {
      if (!mayCall(rest, names)) return NONE;
      const end = objectEnd(rest);
      if (end < 0) return BEGUN;
      const call = callOf(rest.slice(0, end), names);
      if (!call) return NONE;
      calls.push(call);
      rest = rest.slice(end).trimStart();
      continue;
    }
    if (close !== null) {
      if (close.startsWith(rest)) return soFar();
      if (!rest.startsWith(close)) return NONE;
      rest = rest.slice(close.length).trimStart();
      close = null;
      continue;
    }
    if (TAG.open.startsWith(rest) || FENCE.startsWith(rest)) return soFar();
    const fence = FENCE_LINE.exec(rest)?.[0] ?? null;
    if (!rest.startsWith(TAG.open) && fence === null) return NONE;
    close = fence === null ? TAG.close : FENCE;
    rest = rest.slice(fence?.length ?? TAG.open.length).trimStart();
  }
}

/** What a reader of calls makes of a text. */
export type Said = Extract<ModelEvent, { kind: 'delta' | 'tool' }>;

export interface CallReaderDeps {
  /** Names a call. */
  readonly mintId: () => string;
  /** Tools that calls behind a text may be of. */
  readonly names: ReadonlySet<string>;
  /** Most calls behind a text. */
  readonly most: number;
}

/** More of a text than this, in characters, is not held back to see whether it is a call. */
const MOST_HELD = 65_536;

/** Where lines begin in `text`; its first character is the beginning of one if `first`. */
function* lineBeginnings(text: string, first: boolean): Generator<number> {
  if (first) yield 0;
  for (let at = text.indexOf('\n') + 1; at > 0; at = text.indexOf('\n', at) + 1) yield at;
}

/**
 * Reads words that may end in calls, as they come. Nothing holds such a text to the form of calls, so they count only where a line
 * begins with them and nothing else follows to the end of the reply: what words follow is an example. Only such lines are held back.
 */
export function createTextReader({ mintId, names, most }: CallReaderDeps) {
  let held = '';
  let atLine = true;
  let made = 0;
  return {
    /** What this text adds; `tokens` made it. No words while a line is held back: who waits still hears that the model writes. */
    push(text: string, tokens: number): Said[] {
      const all = held + text;
      for (const from of lineBeginnings(all, atLine)) {
        const rest = all.slice(from);
        if (rest === '' || rest.length > MOST_HELD || readCalls(rest, names).state === 'none') continue;
        held = rest;
        atLine = true;
        return [{ kind: 'delta', text: all.slice(0, from), tokens }];
      }
      held = '';
      atLine = all.endsWith('\n');
      return [{ kind: 'delta', text: all, tokens }];
    },
    /** What was held back: calls, or words after all. */
    finish(): Said[] {
      const read = readCalls(held, names);
      if (read.state !== 'whole') return held === '' ? [] : [{ kind: 'delta', text: held, tokens: 0 }];
      return read.calls.slice(0, most).map((call) => ({ kind: 'tool', index: made++, id: mintId(), ...call }));
    },
    /** Calls that were made. */
    calls: (): number => made,
  };
}
