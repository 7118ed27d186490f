import { guessTokens } from '../../base/tokens.ts';
import type { ModelMessage } from '../../model/model.ts';

/** Tokens the chat template adds per message, at most, for the templates known. */
const TEMPLATE_TOKENS = 12;
/** After a cut this share of the room is used, so that the next turns keep the same beginning and its computed state. */
const CUT_SHARE = 0.6;
const MOST_COUNTS = 4;
/**
 * From so many guessed tokens on, what they really took says how a model counts. Below, most of it may be the template or a prompt of
 * the server's own: the one of gpt-oss takes about 70 tokens before a greeting of 7.
 */
const LEAST_SAMPLE = 256;

/** An image costs at most about this: Anthropic's 1,568 for the largest side; OpenAI's and Google's tiles come to less. */
const IMAGE_TOKENS = 1600;

const bytes = (text: string): number => text.length * (isAscii(text) ? 1 : 3);
const callsText = ({ toolCalls }: ModelMessage): string =>
  toolCalls?.map(({ name, argumentsText }) => name + argumentsText).join('') ?? '';
const imageTokens = ({ images }: ModelMessage): number => (images?.length ?? 0) * IMAGE_TOKENS;

/** Never more tokens than this: a byte-level tokenizer makes at most one token a byte. */
export function mostTokens(messages: readonly ModelMessage[]): number {
  return messages.reduce(
    (sum, message) => sum + bytes(message.text) + bytes(callsText(message)) + imageTokens(message) + TEMPLATE_TOKENS,
    0,
  );
}

/** A fair guess of what one message takes. */
export const guessMessage = (message: ModelMessage): number =>
  guessTokens(message.text) + guessTokens(callsText(message)) + imageTokens(message) + TEMPLATE_TOKENS / 2;

/** The same of several. */
export const guessMessages = (messages: readonly ModelMessage[]): number =>
  messages.reduce((sum, message) => sum + guessMessage(message), 0);

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

const isPlainTalk = ({ role, images, toolCalls }: ModelMessage): boolean =>
  (role === 'user' || role === 'assistant') && images === undefined && toolCalls === undefined;

/** Messages that follow each other from the same side become one: many chat templates accept nothing else. */
export function mergeSameRole(messages: readonly ModelMessage[]): ModelMessage[] {
  const merged: ModelMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === message.role && isPlainTalk(last) && isPlainTalk(message))
      merged[merged.length - 1] = { role: last.role, text: `${last.text}\n\n${message.text}` };
    else merged.push(message);
  }
  return merged;
}

/** How many messages went into each merged one, `system` apart. */
export function mergedSizes(messages: readonly ModelMessage[]): number[] {
  const sizes: number[] = [];
  let last: ModelMessage | null = null;
  for (const message of messages) {
    if (message.role !== 'system') {
      if (last?.role === message.role && isPlainTalk(last) && isPlainTalk(message)) sizes.push((sizes.pop() ?? 0) + 1);
      else sizes.push(1);
    }
    last = message;
  }
  return sizes;
}

/** What the last turn of a conversation sent to this model, and what that took. */
export interface KnownTokens {
  readonly messages: readonly ModelMessage[];
  readonly tokensIn: number;
  readonly reply: string;
  readonly tokensOut: number;
}

const same = (a: ModelMessage, b: ModelMessage | undefined): boolean =>
  b !== undefined && a.role === b.role && a.text === b.text && isPlainTalk(a) === isPlainTalk(b);

/** Whether these messages begin with all that was sent then. */
export const goesOn = (messages: readonly ModelMessage[], { messages: before }: KnownTokens): boolean =>
  before.every((message, at) => same(message, messages[at]));

/** Most tokens these messages can take, given that they go on from what was sent last; Infinity when they don't. */
export function tokensFromKnown(messages: readonly ModelMessage[], known: KnownTokens | null): number {
  if (!known || !goesOn(messages, known)) return Infinity;
  const [next, ...rest] = messages.slice(known.messages.length);
  if (!next) return known.tokensIn;
  const replied = next.role === 'assistant' && next.text === known.reply;
  return (
    known.tokensIn + (replied ? known.tokensOut + TEMPLATE_TOKENS + mostTokens(rest) : mostTokens([next, ...rest]))
  );
}

export interface Fitted {
  readonly messages: readonly ModelMessage[];
  /** Messages left out from the oldest on. */
  readonly dropped: number;
  /** First history message kept: a hint for the next turn. */
  readonly firstKept: number;
}

/** A cut this far below the budget needs no count when the guess was scaled by real tokens of this conversation. */
const SURE_SHARE = 0.8;

/**
 * Leaves out the oldest messages until the rest fits `budgetTokens`. The system prompt and the last message always stay;
 * null = not even they fit. `hint` = where the last turn of this conversation began. Counting asks the engine's process, so
 * with `known` it is done only near the limit; a guess that was wrong comes back as `context_length` and is cut deeper.
 */
export async function fitMessages(
  all: readonly ModelMessage[],
  budgetTokens: number,
  hint: number,
  count: (messages: readonly ModelMessage[]) => Promise<number | null>,
  known: KnownTokens | null = null,
): Promise<Fitted | null> {
  const system = all[0]?.role === 'system' ? [all[0]] : [];
  const history = all.slice(system.length);
  const from = (first: number): Fitted => ({
    messages: [...system, ...history.slice(first)],
    dropped: first,
    firstKept: first,
  });
  if (mostTokens(all) <= budgetTokens) return from(0);

  const guesses = history.map(guessMessage);
  const knownGuess = guessMessages(known?.messages ?? []);
  const isSample = knownGuess >= LEAST_SAMPLE;
  const unseen = known && !isSample ? Math.max(0, known.tokensIn - knownGuess) : 0;
  const fixed = system.reduce((sum, message) => sum + guessMessage(message), unseen);
  const guessFrom = (first: number) => guesses.slice(first).reduce((sum, tokens) => sum + tokens, fixed);
  // Counting a very long history would itself take long, so what is surely too long is not counted.
  const worthCounting = (first: number) => guessFrom(first) <= 2 * budgetTokens;
  let scale = known && isSample ? Math.max(0.25, known.tokensIn / knownGuess) : 1;
  const fits = async (first: number) => {
    const { messages } = from(first);
    if (mostTokens(messages) <= budgetTokens) return true;
    const most = tokensFromKnown(messages, known);
    if (most <= budgetTokens) return true;
    // All but the newest message was counted by the engine itself: a few tokens early is better than asking.
    if (
      most <= budgetTokens * (2 - SURE_SHARE) &&
      known &&
      known.tokensIn + known.tokensOut > budgetTokens * SURE_SHARE
    )
      return false;
    const guess = guessFrom(first);
    if (known && guess * scale <= budgetTokens * SURE_SHARE) return true;
    const tokens = (await count(messages)) ?? guess * scale;
    scale = Math.max(0.25, tokens / Math.max(1, guess));
    return tokens <= budgetTokens;
  };

  // What began later last time did not fit from the start; it can only when much of it is gone, on another branch say.
  const fromStart = hint === 0 || guessFrom(0) * scale <= budgetTokens / 2;
  if (fromStart && worthCounting(0) && (await fits(0))) return from(0);
  if (hint > 0 && hint < history.length && worthCounting(hint) && (await fits(hint))) return from(hint);

  // A tool's result means nothing without the call, nor the call without the question: the last question and all after stay. Words
  // beside results, as Anthropic's clients send them in one message, are part of it.
  const ends = history.length - 1;
  const brings = history[ends]?.role === 'tool' || history[ends - 1]?.role === 'tool';
  const last = brings
    ? Math.max(
        0,
        history.findLastIndex(({ role }, at) => role === 'user' && at < ends),
      )
    : ends;
  // Where the results are too long, the words beside them can still be answered.
  const onlyWords = async () =>
    last < ends && history[ends]?.role === 'user' && (await fits(ends)) ? from(ends) : null;
  const tail = guesses.slice(last).reduce((sum, tokens) => sum + tokens, 0);
  let share = CUT_SHARE;
  for (let counts = 0; counts < MOST_COUNTS; counts++, share *= 0.7) {
    let first = last;
    let sum = fixed + tail;
    while (first > 0 && (sum + (guesses[first - 1] ?? 0)) * scale <= budgetTokens * share) sum += guesses[--first] ?? 0;
    while (first < last && history[first]?.role !== 'user') first++;
    if (await fits(first)) return from(first);
    if (first === last) return onlyWords();
  }
  return (await fits(last)) ? from(last) : onlyWords();
}
