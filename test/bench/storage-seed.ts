import type { MintId } from '../../electron/base/ids.ts';
import type { Trace, UsageEntry } from '../../electron/contract/entities/trace.ts';
import type { ConversationDump } from '../../electron/storage/index.ts';

/** mulberry32: the same numbers for the same seed on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SYLLABLES =
  'ka lo mi ter an de ro in su pe th er on al is com pre ver qu ex ing tion ly st ra ne bo zu wi fy'.split(' ');
const COMMON = 'the of and to a in is it you that he was for on are with as I his they be at one have this'.split(' ');
const HAN =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实';

/** English-like text with a Zipf-like vocabulary of 20,000 words, and some Chinese. */
export function createWriter(random: () => number): (words: number) => string {
  const pick = <T>(list: ArrayLike<T>): T | undefined => list[Math.floor(random() * list.length)];
  const vocabulary = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(SYLLABLES)).join(''),
  );
  const word = (): string => {
    const kind = random();
    if (kind < 0.4) return pick(COMMON) ?? '';
    if (kind < 0.45) return Array.from({ length: 4 + Math.floor(random() * 8) }, () => pick(HAN)).join('') + '，';
    return vocabulary[Math.floor(random() ** 3 * vocabulary.length)] ?? '';
  };
  return (words) => Array.from({ length: words }, word).join(' ');
}

export interface SeedTools {
  readonly mintId: MintId;
  readonly random: () => number;
  readonly write: (words: number) => string;
}

/** One conversation of `count` messages on one branch, question and answer in turn. */
export function makeConversation({ mintId, random, write }: SeedTools, count: number, at: number): ConversationDump {
  const messages: ConversationDump['messages'][number][] = [];
  let parentId: string | null = null;
  let turnId = mintId();
  for (let i = 0; i < count; i++) {
    const isUser = i % 2 === 0;
    if (isUser) turnId = mintId();
    const id = mintId();
    const text = write(isUser ? 8 + Math.floor(random() * 20) : 30 + Math.floor(random() * 90));
    const createdAt = at + i * 1000;
    const reply = isUser ? null : makeReply(mintId(), random);
    messages.push({
      id,
      parentId,
      role: isUser ? 'user' : 'assistant',
      text,
      status: 'complete',
      turnId,
      createdAt,
      reply,
    });
    parentId = id;
  }
  return {
    conversation: {
      id: mintId(),
      title: write(5),
      titleSource: 'auto',
      folderId: null,
      pinned: false,
      private: false,
      systemPrompt: null,
      promptId: null,
      sampling: {},
      route: 'auto',
      headMessageId: parentId,
      messageCount: count,
      createdAt: at,
      updatedAt: at + count * 1000,
    },
    messages,
  };
}

function makeReply(traceId: string, random: () => number): ConversationDump['messages'][number]['reply'] {
  return {
    traceId,
    modelId: 'local/switchyard-starter',
    modelName: 'Switchyard starter',
    route: 'local',
    degraded: false,
    degradedReason: null,
    promptVersionId: null,
    tokensIn: Math.floor(random() * 2000),
    tokensCached: 0,
    tokensOut: Math.floor(random() * 300),
    contextTokens: 2048,
    firstTokenMs: random() * 300,
    durationMs: random() * 5000,
    tokensPerSecond: 40 + random() * 50,
    costUsd: 0,
    finishReason: 'stop',
    fault: null,
    rating: null,
  };
}

const KINDS = [
  'turn',
  'access',
  'prompt',
  'route',
  'queue',
  'load',
  'attempt',
  'prefill',
  'stream',
  'check',
  'storage',
] as const;

/** A trace of a plain local turn with eleven spans, and its line in the ledger. */
export function makeTrace({ mintId, random, write }: SeedTools, at: number): { trace: Trace; usages: UsageEntry[] } {
  const id = mintId();
  const failed = random() < 0.05;
  const root = mintId();
  const durationMs = random() * 8000;
  const modelId = random() < 0.7 ? 'local/switchyard-starter' : 'acme/big';
  const counts = { tokensIn: Math.floor(random() * 2000), tokensCached: 0, tokensOut: Math.floor(random() * 300) };
  const costUsd = modelId === 'acme/big' ? random() / 100 : 0;
  return {
    trace: {
      id,
      turnId: mintId(),
      conversationId: null,
      messageId: null,
      startedAt: at,
      durationMs,
      status: failed ? 'failed' : 'ok',
      source: 'api',
      private: false,
      modelId,
      modelName: modelId === 'acme/big' ? 'Acme big' : 'Switchyard starter',
      route: modelId === 'acme/big' ? 'cloud' : 'local',
      degraded: random() < 0.1,
      faultCode: failed ? 'timeout' : null,
      faultOrigin: failed ? 'infrastructure' : null,
      promptVersionId: null,
      ...counts,
      firstTokenMs: durationMs / 10,
      tokensPerSecond: 40 + random() * 50,
      costUsd,
      rating: null,
      preview: write(14).slice(0, 120),
      decision: {
        policy: 'local-first',
        chosen: modelId,
        reasons: ['It runs on this machine and is loaded.', 'The policy prefers local models.'],
        candidates: [
          {
            modelId,
            modelName: modelId,
            score: random(),
            parts: { quality: 0.4, cost: 0.3, latency: random() },
            rejected: null,
          },
          { modelId: 'acme/small', modelName: 'Acme small', score: null, parts: {}, rejected: 'The key is missing.' },
        ],
        features: { promptTokens: counts.tokensIn, language: 'en', private: false },
      },
      spans: KINDS.map((kind, i) => ({
        id: i === 0 ? root : mintId(),
        parentId: i === 0 ? null : root,
        kind,
        name: kind,
        startMs: (durationMs * i) / KINDS.length,
        durationMs: durationMs / KINDS.length,
        status: 'ok' as const,
        fault: null,
        attributes: { 'model.id': modelId, 'tokens.in': counts.tokensIn, attempt: i, threads: 2 },
        events: i === 8 ? [{ name: 'first-token', atMs: durationMs / 10, attributes: {} }] : [],
      })),
    },
    usages: [{ id: mintId(), traceId: id, at, modelId, ...counts, costUsd }],
  };
}
