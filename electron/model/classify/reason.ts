import { redactBody } from './redact.ts';

/** Most that is passed on, in UTF-16 units: what is wrong with a request stands in the first sentence or two. */
const MOST_REASON = 240;
/** A page shows itself within so many. */
const MOST_LOOKED_AT = 4096;
/** Words that a reason and the request have in common over so many units are an echo. */
const ECHO = 20;
/** As are letters in a row, whatever stands between them. */
const ECHO_LETTERS = { size: 18, step: 5 };
/** And characters of scripts that need a third of them for a sentence. */
const ECHO_SIGNS = { size: 8, step: 3 };
const SIGNS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]{8,}/gu;
/** A page in place of a sentence, or behind its first words. */
const PAGE = /^\s*<|<(?:!doctype|html|head|body)\b/iu;

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

/** Letters alone: servers put a text on one line, in quotes, with escapes for what is not ASCII. */
const lettersOf = (text: string): string =>
  text
    .replaceAll(/\\u([0-9a-f]{4})/giu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\[bfnrt]/gu, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '');

/** Looks at some places only, which finds each echo somewhat longer: a request may have a million characters. */
const sharesPiece = (
  said: string,
  texts: readonly string[],
  { size, step }: { readonly size: number; readonly step: number },
): boolean => {
  for (let at = 0; at + size <= said.length; at += step) {
    const piece = said.slice(at, at + size);
    if (texts.some((text) => text.includes(piece))) return true;
  }
  return false;
};

function repeats(reason: string, texts: readonly string[]): boolean {
  if (sharesPiece(reason, texts, { size: ECHO, step: ECHO / 2 })) return true;
  const said = lettersOf(reason);
  const signs = said.match(SIGNS) ?? [];
  if (said.length < ECHO_LETTERS.size && signs.length === 0) return false;
  const asked = texts.map(lettersOf);
  return sharesPiece(said, asked, ECHO_LETTERS) || signs.some((run) => sharesPiece(run, asked, ECHO_SIGNS));
}

/** The beginning, up to a blank where one is near, and never half a character. */
function shortened(line: string): string {
  if (line.length <= MOST_REASON) return line;
  const cut = line.slice(0, MOST_REASON).replace(/\p{Surrogate}$/u, '');
  const words = cut.replace(/\s\S*$/u, '');
  return `${words.length < MOST_REASON / 2 ? cut : words} …`;
}

/**
 * What a provider says was wrong with a request, as the end of a sentence of ours: one line, without `key` or anything that may identify somebody.
 * null = it says nothing, or repeats what was asked (`texts`).
 */
export function reasonOf(body: unknown, key: string | null, texts: readonly string[]): string | null {
  const value = body instanceof Uint8Array ? new TextDecoder().decode(body.subarray(0, 65_536)) : body;
  const said = sentenceIn(value);
  if (said === null || PAGE.test(said.slice(0, MOST_LOOKED_AT))) return null;
  const line = redactBody(said, key, texts)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  const short = shortened(line);
  // Whoever reads a sentence of ours sees one sentence.
  const reason = short.replace(/[\s.,:;!]+$/u, '').replaceAll(/[.;!?]+ (?!…)/gu, ' – ');
  return reason === '' || repeats(short, texts) ? null : reason;
}
