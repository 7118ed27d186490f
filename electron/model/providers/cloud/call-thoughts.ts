import { createHash } from 'node:crypto';
import type { ModelMessage, ModelToolCall } from '../../model.ts';

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

/**
 * Thoughts behind calls, kept while the results are awaited. Clients of the local API send back calls alone, and some models refuse a loop over tools without
 * them: Gemini 3 (ai.google.dev/gemini-api/docs/thought-signatures), also behind OpenRouter, DeepSeek and Kimi while they think
 * (api-docs.deepseek.com/guides/thinking_mode). In memory only, and found by the question as well: ids of calls are
 * not unique with every server, and no conversation may see the thoughts of another.
 */
export interface ThoughtMemory {
  keep(
    modelId: string,
    messages: readonly ModelMessage[],
    calls: readonly Pick<ModelToolCall, 'id' | 'name'>[],
    thoughts: CallThoughts,
  ): void;
  /** Thoughts behind the calls of each message, by its place; only since the last question, as the providers ask. */
  find(modelId: string, messages: readonly ModelMessage[]): ReadonlyMap<number, CallThoughts>;
}

const MOST_KEPT = 2000;
/** All that is kept, in UTF-16 units. */
const MOST_CHARS = 16 * 1024 * 1024;
/** Thoughts of one answer that are longer are not kept. */
export const MOST_THOUGHTS = 1024 * 1024;

const sizeOf = ({ reasoning, signatures, details }: CallThoughts): number =>
  [...signatures.values()].reduce(
    (sum, signature) => sum + signature.length,
    reasoning.length + (details.length === 0 ? 0 : JSON.stringify(details).length),
  );

const questionIn = (messages: readonly ModelMessage[]): number => messages.findLastIndex(({ role }) => role === 'user');

const NOTHING: ReadonlyMap<number, CallThoughts> = new Map();

export function createThoughtMemory(): ThoughtMemory {
  const kept = new Map<string, CallThoughts>();
  let chars = 0;

  const drop = (key: string): void => {
    const known = kept.get(key);
    if (!known) return;
    kept.delete(key);
    chars -= sizeOf(known);
  };
  /** All since the question that led to these calls, so that the same id elsewhere is another call. */
  const keyOf = (
    modelId: string,
    since: readonly ModelMessage[],
    calls: readonly Pick<ModelToolCall, 'id' | 'name'>[],
  ): string => {
    const hash = createHash('sha256').update(modelId);
    for (const { role, text } of since) hash.update(`\0${role}\0${text}`);
    for (const { id, name } of calls) hash.update(`\0${id}\0${name}`);
    return hash.digest('base64');
  };

  return {
    keep(modelId, messages, calls, thoughts) {
      const size = sizeOf(thoughts);
      if (calls.length === 0 || size === 0 || size >= MOST_THOUGHTS) return;
      const key = keyOf(modelId, messages.slice(Math.max(0, questionIn(messages))), calls);
      drop(key);
      kept.set(key, thoughts);
      chars += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT && chars <= MOST_CHARS) break;
        drop(oldest);
      }
    },
    find(modelId, messages) {
      if (kept.size === 0) return NOTHING;
      const found = new Map<number, CallThoughts>();
      const question = questionIn(messages);
      for (const [at, { role, toolCalls = [] }] of messages.entries()) {
        if (at <= question || role !== 'assistant' || toolCalls.length === 0) continue;
        const thoughts = kept.get(keyOf(modelId, messages.slice(Math.max(0, question), at), toolCalls));
        if (thoughts) found.set(at, thoughts);
      }
      return found;
    },
  };
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
  /^https?:\/\/[^/]*\bgoogleapis\.com(?:[:/]|$)/iu.test(baseUrl ?? '') && /gemini-(?:[3-9]|\d\d)/iu.test(modelId);
