import type { AnswerPhase, ProviderAnswer } from './types.ts';
import { codeForms, codesSaid } from './codes.ts';
import { isEcho, withoutEchoes } from './echoes.ts';
import { knownProvider } from './provider-name.ts';
import type { KnownProvider } from './provider-name.ts';
import { goDurationMs, saneMs } from './retry-after.ts';

/** What the rules look at: an answer with its shape taken away, so that one rule fits every wrapper around it. */
export interface Facts {
  readonly provider: KnownProvider;
  readonly phase: AnswerPhase;
  /** HTTP status; within a stream that began well, the one the error itself names. null = none. */
  readonly status: number | null;
  /** Typed codes, types, reasons and exception names, in lower case. */
  readonly ids: ReadonlySet<string>;
  /** Why the model says that it ended, in lower case. */
  readonly finishes: ReadonlySet<string>;
  /** Names of fields, in lower case. */
  readonly keys: ReadonlySet<string>;
  /** Everything said in words, in lower case; empty for a web page. */
  readonly text: string;
  /** Codes of sockets and parsers, as thrown. */
  readonly codes: ReadonlySet<string>;
  readonly isPage: boolean;
  /** Neither a word nor a page: numbers at most. */
  readonly isEmpty: boolean;
  /** Google's RetryInfo, or another field of the body: ms to wait; null = not said. */
  readonly retryDelayMs: number | null;
  /** Headers, and those a gateway passes on inside its body. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Among the fields: the message is there and says nothing. */
export const UNSAID = '(unsaid)';

const MOST_NODES = 2000;
const MOST_DEPTH = 10;
/** A validation error repeats the whole request: the words of one that is cut would be the person's. */
const MOST_JSON = 1_048_576;
const MOST_TEXT = 32_768;
const MOST_STRING = 8192;

/** Fields that hold a typed code. */
const ID_KEYS = new Set(
  'code type __type status reason event name error error_type errortype error_code errorcode err_code kind quotaid detail violation class exception error_name object'.split(
    ' ',
  ),
);
/** Fields in which providers number their faults. */
const NUMBER_KEYS = new Set(['code', 'error_code', 'status_code']);
const FINISH_KEYS = new Set(
  'finish_reason finishreason stop_reason stopreason native_finish_reason stop_type done_reason blockreason block_reason refusal_reason'.split(
    ' ',
  ),
);
/** Zhipu numbers its errors, in strings of four digits. */
const CODE_LIKE = /^(?:[a-z][\w.:#/-]{1,120}|\d{4})$/iu;

interface Found {
  readonly ids: Set<string>;
  readonly finishes: Set<string>;
  readonly keys: Set<string>;
  readonly codes: Set<string>;
  readonly headers: Record<string, string>;
  text: string;
  nodes: number;
  status: number | null;
  retryDelayMs: number | null;
  /** The words are ours or an engine's: its `text` says what is wrong, and repeats nobody. */
  readonly ours: boolean;
}

function addId(found: Found, value: string): void {
  if (!CODE_LIKE.test(value)) return;
  for (const form of codeForms(value)) found.ids.add(form);
  if (/^[A-Z][A-Z0-9_]{2,60}$/u.test(value)) found.codes.add(value);
}

function addText(found: Found, value: string): void {
  if (found.text.length >= MOST_TEXT) return;
  const said = withoutEchoes(value.slice(0, MOST_STRING));
  found.text += `${said.toLowerCase()}\n`;
  for (const code of codesSaid(said)) for (const form of codeForms(code)) found.ids.add(form);
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Fields that say how long to wait, with the ms of their unit: Hugging Face, Cloudflare, ChatGPT and gateways. */
const WAIT_KEYS = new Map([
  ['estimated_time', 1000],
  ['retry_after', 1000],
  ['retryafter', 1000],
  ['retry_after_seconds', 1000],
  ['resets_in_seconds', 1000],
  ['retry_after_ms', 1],
  ['retryafterms', 1],
]);

const isRefusal = (part: unknown) =>
  typeof part === 'object' && part !== null && 'type' in part && part.type === 'refusal';

const field = (value: object, name: string): unknown => {
  try {
    return Reflect.get(value, name) as unknown;
  } catch {
    return undefined;
  }
};

/** OpenAI and Mistral have a place for calls and refusals in every message, with nothing in it. */
const isNothing = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** A whole message without a word or a call. The last piece of a stream has an empty one too, elsewhere. */
const isUnsaid = (key: string, message: object, content: unknown, depth: number) =>
  isNothing(content) &&
  isNothing(field(message, 'tool_calls')) &&
  isNothing(field(message, 'refusal')) &&
  isNothing(field(message, 'function_call')) &&
  ((key === 'message' && depth >= 3) || (depth === 0 && Array.isArray(content)));

/** A place for an error that says that there is none: Cloudflare, Qianfan, MiniMax. */
const isGoodNews = (key: string, value: unknown) =>
  (key === 'errors' && Array.isArray(value) && value.length === 0) ||
  (key === 'error_code' && value === 0) ||
  (key === 'base_resp' && typeof value === 'object' && value !== null && field(value, 'status_code') === 0);

const isStatus = (value: number) => Number.isInteger(value) && value >= 400 && value <= 599;

function readString(found: Found, key: string, value: string, depth: number): void {
  if (key === 'retrydelay') found.retryDelayMs ??= goDurationMs(value);
  if (FINISH_KEYS.has(key)) found.finishes.add(value.toLowerCase());
  if (ID_KEYS.has(key)) {
    addId(found, value);
    if (/^[45]\d\d$/u.test(value)) found.status ??= Number(value);
  }
  const inner = /^\s*[[{]/u.test(value) && value.length <= 65_536 ? parsed(value) : undefined;
  if (inner !== undefined) walk(found, key, inner, depth + 1);
  else if (/^(?:event|data):/mu.test(value)) {
    for (const [, field, rest] of value.slice(0, 65_536).matchAll(/^(event|data): ?(.*)$/gmu)) {
      if (found.nodes++ > MOST_NODES) break;
      const said = rest === undefined ? undefined : parsed(rest);
      if (said !== undefined) walk(found, 'data', said, depth + 1);
      else if (rest !== undefined && field !== undefined) readString(found, field, rest, depth + 1);
    }
  } else addText(found, value);
}

function walk(found: Found, key: string, value: unknown, depth: number): void {
  if (depth > MOST_DEPTH || found.nodes++ > MOST_NODES) return;
  if (typeof value === 'string') readString(found, key, value, depth);
  else if (typeof value === 'number') {
    if (isStatus(value) && ID_KEYS.has(key)) found.status ??= value;
    else if (NUMBER_KEYS.has(key) && Number.isInteger(value) && value > 0) found.ids.add(String(value));
    const unitMs = WAIT_KEYS.get(key);
    if (unitMs !== undefined) found.retryDelayMs ??= saneMs(value * unitMs);
    if (/exit|signal/u.test(key)) addText(found, `${key} ${String(value)}`);
  } else if (value === true) {
    // llama-server says both as flags.
    if (key === 'stopped_limit' || key === 'truncated') found.finishes.add('limit');
  } else if (Array.isArray(value)) {
    for (const item of value as unknown[]) walk(found, key, item, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const lower = name.toLowerCase();
      if (lower === 'content' && isUnsaid(key, value, inner, depth)) found.keys.add(UNSAID);
      // Most answers have a place for an error or a refusal, with nothing in it.
      if (inner === null || inner === undefined || (inner === '' && lower === 'refusal')) continue;
      if (isGoodNews(lower, inner)) continue;
      found.keys.add(lower);
      // Bedrock's event streams name the exception by the field.
      if (/exception$/u.test(lower)) found.ids.add(lower);
      // The Responses API says a refusal as a part of the content, which is not read otherwise.
      if (lower === 'content' && Array.isArray(inner) && inner.some(isRefusal)) found.keys.add('refusal');
      if (lower === 'headers' && typeof inner === 'object' && inner !== null) readHeaders(found.headers, inner);
      else if (!isEcho(lower, inner) || (found.ours && depth === 0)) walk(found, lower, inner, depth + 1);
    }
  }
}

function readHeaders(into: Record<string, string>, from: object): void {
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === 'string' || typeof value === 'number')
      into[name.toLowerCase()] ??= String(value).slice(0, 500);
  }
}

/** Headers that carry a typed code. */
const ID_HEADERS = ['x-amzn-errortype', ':exception-type', 'x-ms-error-code', 'x-error-code', 'x-should-retry-reason'];

/** Names that say nothing. */
const PLAIN_ERRORS = new Set(['Error', 'TypeError', 'Object', 'AggregateError', 'DOMException', '']);

const PARSERS = new Set(['ZodError', '$ZodError', 'AI_TypeValidationError', 'SyntaxError']);

/** An error with what it was caused by: names, codes and words. */
function readError(found: Found, thrown: unknown): void {
  if (typeof thrown === 'string') addText(found, thrown);
  let at = thrown;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth++) {
    const code = field(at, 'code');
    if (typeof code === 'string') addId(found, code);
    const name = field(at, 'name');
    if (typeof name === 'string' && !PLAIN_ERRORS.has(name)) addId(found, name.replace(/^AI_/u, ''));
    // The SDKs' classes keep the name of their class only.
    const made = field(Object(Object.getPrototypeOf(at)) as object, 'constructor');
    if (typeof made === 'function' && !PLAIN_ERRORS.has(made.name)) addId(found, made.name);
    const message = field(at, 'message');
    // What a parser complains of is about our expectations, not said by the other side.
    if (typeof message === 'string' && !PARSERS.has(String(name))) readString(found, 'message', message, 1);
    const status = field(at, 'statusCode') ?? field(at, 'status');
    if (typeof status === 'number' && isStatus(status)) found.status ??= status;
    const several = field(at, 'errors');
    at = Array.isArray(several) && several.length > 0 ? (several[0] as unknown) : field(at, 'cause');
  }
}

/** What Go and nginx say, in words or as a page, to who speaks http to a port for https. */
const HTTPS_PORT = /http request to an https server|plain http request was sent to https port/iu;
/** Among the codes: the other side said so. */
export const NEEDS_HTTPS = '(needs https)';

function asValue(body: unknown): unknown {
  const value = body instanceof Uint8Array ? new TextDecoder().decode(body.subarray(0, 65_536)) : body;
  if (typeof value !== 'string' || !/^\s*[[{]/u.test(value) || value.length > MOST_JSON) return value;
  // What was cut does not parse, however long it takes to see that.
  if (!/[\]}]/u.test(value.trimEnd().at(-1) ?? '')) return value;
  return parsed(value) ?? value;
}

/** Reads an answer once for all rules. Bounded in depth, size and time, whatever it holds. */
export function factsOf(answer: ProviderAnswer): Facts {
  const body = asValue(answer.body);
  const provider = knownProvider(answer.provider);
  const found: Found = {
    ours: provider.name === 'output' || answer.phase === 'process',
    ids: new Set(),
    finishes: new Set(),
    keys: new Set(),
    codes: new Set(),
    headers: {},
    text: '',
    nodes: 0,
    status: null,
    retryDelayMs: null,
  };
  readHeaders(found.headers, answer.headers);
  for (const name of ID_HEADERS) {
    const value = found.headers[name];
    if (value !== undefined) addId(found, value);
  }
  const isPage =
    typeof body === 'string' && /^\s*(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype|html|head|body)\b/iu.test(body);
  if (typeof body === 'string' && HTTPS_PORT.test(body.slice(0, 2000))) found.ids.add(NEEDS_HTTPS);
  if (!isPage) walk(found, typeof body === 'string' ? 'error' : 'body', body, 0);
  readError(found, answer.error);
  const own = answer.status !== null && answer.status >= 300 ? answer.status : null;
  const began = answer.status !== null && answer.status < 300 ? answer.status : null;
  return {
    provider,
    phase: answer.phase,
    status: own ?? found.status ?? began,
    ids: found.ids,
    finishes: found.finishes,
    keys: found.keys,
    text: found.text,
    codes: found.codes,
    isPage,
    retryDelayMs: found.retryDelayMs,
    isEmpty: !isPage && found.text.trim() === '',
    headers: found.headers,
  };
}
