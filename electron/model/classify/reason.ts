import { redactBody } from './redact.ts';

/** Most that is passed on, in UTF-16 units: what is wrong with a request stands in the first sentence or two. */
const MOST_REASON = 240;
/** Words that a reason and the request have in common over so many units are an echo. */
const ECHO = 20;

const field = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;

function parsed(text: string): unknown {
  if (!/^\s*[[{]/u.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** pydantic's list of mistakes, as FastAPI servers answer: where, and what. */
function listed(detail: readonly unknown[]): string | null {
  const [first] = detail;
  const said = field(first, 'msg') ?? field(first, 'message');
  const at = field(first, 'loc');
  if (typeof said !== 'string') return null;
  return Array.isArray(at) ? `${at.filter((part) => part !== 'body').join('.')}: ${said}` : said;
}

/** The sentence in an error of any dialect; null = there is none. A gateway keeps that of the provider behind it in `metadata.raw`. */
function sentenceIn(body: unknown, depth = 0): string | null {
  if (depth > 4) return null;
  const value = typeof body === 'string' ? parsed(body) : body;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return listed(value) ?? sentenceIn(value[0], depth + 1);
  const raw = field(field(value, 'metadata'), 'raw');
  if (raw !== undefined) return sentenceIn(raw, depth + 1) ?? sentenceIn(field(value, 'message'), depth + 1);
  for (const name of ['error', 'errors', 'message', 'detail', 'error_msg', 'msg']) {
    const found = field(value, name);
    if (found === undefined || found === null || found === '') continue;
    const said = sentenceIn(found, depth + 1);
    if (said !== null) return said;
  }
  return null;
}

/** Looks at every tenth place only, which finds each echo half as long again: a request may have a million characters. */
function repeats(reason: string, texts: readonly string[]): boolean {
  for (let at = 0; at + ECHO <= reason.length; at += ECHO / 2) {
    const piece = reason.slice(at, at + ECHO);
    if (texts.some((text) => text.includes(piece))) return true;
  }
  return false;
}

/**
 * What a provider says was wrong with a request, as the end of a sentence of ours: one line, without `key` or anything that may identify somebody.
 * null = it says nothing, or repeats what was asked (`texts`).
 */
export function reasonOf(body: unknown, key: string | null, texts: readonly string[]): string | null {
  const value = body instanceof Uint8Array ? new TextDecoder().decode(body.subarray(0, 65_536)) : body;
  const said = sentenceIn(value);
  if (said === null || /^\s*</u.test(said)) return null;
  const line = redactBody(said, key, texts)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  const short = line.length <= MOST_REASON ? line : `${line.slice(0, MOST_REASON).replace(/\s\S*$/u, '')} …`;
  // Whoever reads a sentence of ours sees one sentence.
  const reason = short.replace(/[\s.,:;!]+$/u, '').replaceAll(/[.;!?]+ (?!…)/gu, ' – ');
  return reason === '' || repeats(reason, texts) ? null : reason;
}
