import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { canonicalJson } from '../../../base/canonical-json.ts';
import type { ProviderConfig } from '../../../contract/providers.ts';
import { isUnder } from '../../egress/address.ts';
import type { ModelMessage, ModelRequest, ModelToolCall } from '../../model.ts';

/** What a model attached to its calls of tools and wants to see again with their results. */
export interface CallThoughts {
  /** Reasoning before the calls, for the field `reasoning_content`; empty = none that goes back. */
  readonly reasoning: string;
  /** Google's signature by the id of its call. */
  readonly signatures: ReadonlyMap<string, string>;
  /** Blocks for the field `reasoning_details`, in their order (OpenRouter, "Preserving reasoning blocks"; MiniMax). */
  readonly details: readonly ReasoningDetail[];
}

/** One block of reasoning, as it came: its `type` says which field holds what. */
export type ReasoningDetail = Readonly<Record<string, unknown>>;

/** Fields whose parts come one after the other, by the type of the block. */
const SPOKEN: Readonly<Record<string, string>> = {
  'reasoning.text': 'text',
  'reasoning.summary': 'summary',
};

/** Adds a piece of a stream: to the last block where it goes on, else as the next one. */
export function withDetail(details: readonly ReasoningDetail[], piece: ReasoningDetail): ReasoningDetail[] {
  const last = details.at(-1);
  const { type, index, id } = piece;
  const spoken = typeof type === 'string' ? SPOKEN[type] : undefined;
  const goesOn =
    last !== undefined &&
    spoken !== undefined &&
    last['type'] === type &&
    (index === undefined || index === last['index']) &&
    (id === undefined || id === null || last['id'] === undefined || last['id'] === null || id === last['id']);
  if (!goesOn) return [...details, piece];
  const stated = Object.fromEntries(Object.entries(piece).filter(([, value]) => value !== null && value !== undefined));
  const text = `${String(last[spoken] ?? '')}${String(piece[spoken] ?? '')}`;
  return [...details.slice(0, -1), { ...last, ...stated, [spoken]: text }];
}

/** What a model said: with calls these alone count, as clients may leave the words beside them out. */
export interface Said {
  readonly text: string;
  readonly calls: readonly ModelToolCall[];
}

/**
 * Thoughts behind calls, kept while the results are awaited. Clients of the local API send back calls alone, and some models refuse a loop over tools without
 * them: Gemini 3 (ai.google.dev/gemini-api/docs/thought-signatures), also behind OpenRouter, DeepSeek and Kimi while they think (api-docs.deepseek.com/guides/thinking_mode). In memory only, and found by all
 * since the question as well: ids of calls are not unique with every server, and no conversation may see the thoughts of another.
 * `whose` = who thought, for whom: `thinkerOf`.
 */
export interface ThoughtMemory {
  keep(whose: string, messages: readonly ModelMessage[], said: Said, thoughts: CallThoughts): void;
  /** Thoughts behind each message, by its place. */
  find(whose: string, messages: readonly ModelMessage[]): ReadonlyMap<number, CallThoughts>;
}

const MOST_KEPT = 2000;
/** All that is kept, in UTF-16 units. */
const MOST_CHARS = 16 * 1024 * 1024;
/** Thoughts of one answer that are longer are not kept. */
export const MOST_THOUGHTS = 1024 * 1024;

/** A model at an address, and whoever asks it: thoughts go back to where they came from, and to nobody else. */
export const thinkerOf = (
  { kind, baseUrl }: Pick<ProviderConfig, 'kind' | 'baseUrl'>,
  { modelId, origin }: Pick<ModelRequest, 'modelId' | 'origin'>,
): string =>
  JSON.stringify([kind, baseUrl ?? null, modelId, origin?.conversationId ?? null, origin?.tokenName ?? null]);

/** Whether there are tools to call, or any was called: without, no thoughts go back. */
export const hasTools = ({ messages, tools = [] }: Pick<ModelRequest, 'messages' | 'tools'>): boolean =>
  tools.length > 0 || messages.some(({ toolCalls = [] }) => toolCalls.length > 0);

const sizeOf = ({ reasoning, signatures, details }: CallThoughts): number =>
  [...signatures.values()].reduce(
    (sum, signature) => sum + signature.length,
    reasoning.length + (details.length === 0 ? 0 : JSON.stringify(details).length),
  );

const questionIn = (messages: readonly ModelMessage[]): number => messages.findLastIndex(({ role }) => role === 'user');

const NOTHING: ReadonlyMap<number, CallThoughts> = new Map();

/** Arguments in one form: clients write them anew, with other blanks and in another order. */
function plainArguments(text: string): string {
  try {
    return canonicalJson(JSON.parse(text.trim() === '' ? '{}' : text));
  } catch {
    return text;
  }
}

/** Parts are told apart by their lengths, so that none can stand for two. */
const add = (hash: Hash, ...parts: readonly string[]): void => {
  for (const part of parts) hash.update(`${String(part.length)}:${part}`);
};
const addCalls = (hash: Hash, calls: readonly ModelToolCall[]): void => {
  for (const { id, name, argumentsText } of calls) add(hash, 'call', id, name, plainArguments(argumentsText));
};
function addMessage(hash: Hash, { role, text, images = [], toolCalls = [], toolCallId = '' }: ModelMessage): void {
  add(hash, role, text, toolCallId);
  for (const { mediaType, data } of images) {
    add(hash, mediaType);
    hash.update(data);
  }
  addCalls(hash, toolCalls);
}
const keyFor = (since: Hash, { text, calls }: Said): string => {
  const hash = since.copy();
  if (calls.length > 0) addCalls(hash, calls);
  else add(hash, 'text', text.trim());
  return hash.digest('base64');
};

export function createThoughtMemory(): ThoughtMemory {
  const kept = new Map<string, CallThoughts>();
  let chars = 0;

  const drop = (key: string): void => {
    const known = kept.get(key);
    if (!known) return;
    kept.delete(key);
    chars -= sizeOf(known);
  };
  const begun = (whose: string): Hash => {
    const hash = createHash('sha256');
    add(hash, whose);
    return hash;
  };

  return {
    keep(whose, messages, said, thoughts) {
      const size = sizeOf(thoughts);
      if (size === 0 || size >= MOST_THOUGHTS) return;
      // All since the question that led to this, so that the same id elsewhere is another call.
      const since = begun(whose);
      for (const message of messages.slice(Math.max(0, questionIn(messages)))) addMessage(since, message);
      const key = keyFor(since, said);
      drop(key);
      kept.set(key, thoughts);
      chars += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT && chars <= MOST_CHARS) break;
        drop(oldest);
      }
    },
    find(whose, messages) {
      if (kept.size === 0) return NOTHING;
      const found = new Map<number, CallThoughts>();
      let since = begun(whose);
      for (const [at, message] of messages.entries()) {
        if (message.role === 'user') since = begun(whose);
        if (message.role === 'assistant') {
          const key = keyFor(since, { text: message.text, calls: message.toolCalls ?? [] });
          const thoughts = kept.get(key);
          if (thoughts) {
            found.set(at, thoughts);
            // A conversation that goes on keeps its first thoughts too.
            kept.delete(key);
            kept.set(key, thoughts);
          }
        }
        addMessage(since, message);
      }
      return found;
    },
  };
}

/** Models that refuse a conversation with tools when any answer in it comes without its reasoning. */
const STRICT = /deepseek|kimi/iu;
/** Where they answer themselves; behind other addresses it is seen by what comes back. */
const STRICT_DOMAINS = ['deepseek.com', 'moonshot.cn', 'moonshot.ai', 'kimi.com'];
/** The least that they take in place of reasoning that nobody knows any more. */
const UNKNOWN = ' ';

/**
 * The thoughts that go back. Most models want those since the last question alone; DeepSeek and Kimi all that ever stood beside tools
 * (api-docs.deepseek.com/guides/thinking_mode, platform.kimi.ai/docs/guide/use-kimi-k2-thinking-model), and refuse answers of another model or from before the app
 * was started anew, unless something stands in the place of what they thought.
 */
export function thoughtsToReturn(
  request: Pick<ModelRequest, 'modelId' | 'messages' | 'tools'>,
  { kind, baseUrl }: Pick<ProviderConfig, 'kind' | 'baseUrl'>,
  found: ReadonlyMap<number, CallThoughts>,
): ReadonlyMap<number, CallThoughts> {
  const returned = new Map<number, CallThoughts>();
  const { modelId, messages } = request;
  const thinks = isUnder(baseUrl, ...STRICT_DOMAINS) || [...found.values()].some(({ reasoning }) => reasoning !== '');
  const strict = kind === 'openai-compatible' && hasTools(request) && thinks && STRICT.test(modelId);
  const question = questionIn(messages);
  for (const [at, { role, toolCalls = [] }] of messages.entries()) {
    if (role !== 'assistant') continue;
    const thoughts = found.get(at);
    if (strict)
      returned.set(at, {
        reasoning: thoughts?.reasoning || UNKNOWN,
        signatures: thoughts?.signatures ?? new Map(),
        details: thoughts?.details ?? [],
      });
    else if (thoughts && at > question && toolCalls.length > 0) returned.set(at, thoughts);
  }
  return returned;
}

/** What Google takes in place of a signature that is not there (ai.google.dev/gemini-api/docs/thought-signatures). */
const UNSIGNED = 'skip_thought_signature_validator';

/**
 * For Google's compatible address: calls since the last question that nobody signed, because another model made them or the app was started anew, say so. It refuses
 * them else, from Gemini 3 on. Its own library does this by itself.
 */
export function signedForGoogle(
  messages: readonly ModelMessage[],
  thoughts: ReadonlyMap<number, CallThoughts>,
): ReadonlyMap<number, CallThoughts> {
  const question = questionIn(messages);
  const signed = new Map(thoughts);
  for (const [at, { toolCalls: [first] = [] }] of messages.entries()) {
    if (at <= question || first === undefined || (thoughts.get(at)?.signatures.size ?? 0) > 0) continue;
    const { reasoning = '', details = [] } = thoughts.get(at) ?? {};
    signed.set(at, { reasoning, details, signatures: new Map([[first.id, UNSIGNED]]) });
  }
  return signed;
}

/** Whether a model wants its calls signed. */
export const wantsSignatures = (modelId: string, baseUrl: string | undefined): boolean =>
  isUnder(baseUrl, 'googleapis.com') && /gemini-(?:[3-9]|\d\d)/iu.test(modelId);
