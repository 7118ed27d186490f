import { createMintId } from '../../../electron/base/ids.ts';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { Config } from '../../../electron/contract/config.ts';
import type { Conversation, Message, ReplyInfo } from '../../../electron/contract/entities/chat.ts';
import type { ModelEntry } from '../../../electron/contract/entities/model.ts';
import type { Decision, Span, TraceRow } from '../../../electron/contract/entities/trace.ts';
import type { FakeHandlers, FakeStream } from './fake-core.ts';

const DAY_MS = 86_400_000;
const mint = createMintId({ now: () => Date.now() }, (bytes) => bytes.fill(7));

const TITLES = [
  'Plan a weekend in the Harz',
  'Why does my loop allocate',
  'Rename the build targets',
  'Letter to the landlord',
  'SQLite: when to use WAL',
  'Recipe with leeks and potatoes',
  '把会议纪要整理成要点',
  'Names for a small brass band',
];
const ANSWER = `Write-ahead logging lets readers go on while one writer appends to the log.

| Mode | Readers during a write | Fsyncs a commit |
| --- | --- | --- |
| rollback | wait | 2 |
| WAL | go on | 0 or 1 |

\`\`\`sql
pragma journal_mode = wal;
pragma synchronous = normal;
\`\`\`

With \`synchronous = normal\` a power cut can lose the last commits but never damages the file.`;

const reply = (traceId: string, at: number): ReplyInfo => ({
  traceId,
  modelId: 'local/switchyard-starter',
  modelName: 'Switchyard Starter',
  route: 'local',
  degraded: at % 3 === 1,
  degradedReason: at % 3 === 1 ? 'The chosen model did not fit in memory.' : null,
  promptVersionId: null,
  tokensIn: 412,
  tokensCached: 380,
  tokensOut: 143,
  contextTokens: 2048,
  firstTokenMs: 84,
  durationMs: 1430,
  tokensPerSecond: 106.2,
  costUsd: 0,
  finishReason: 'stop',
  fault: null,
  rating: null,
});

const model: ModelEntry = {
  id: 'local/switchyard-starter',
  name: 'Switchyard Starter',
  provider: 'local',
  embedded: true,
  state: 'loaded',
  problem: null,
  path: '/opt/switchyard/starter.gguf',
  sizeBytes: 8_400_000,
  architecture: 'llama',
  quantization: 'Q8_0',
  parameters: 7_900_000,
  contextTokens: 2048,
  licence: 'Apache-2.0',
  description: 'Very small: greets and answers a few simple questions, and is there so that everything works at once.',
  measurement: {
    backend: 'cpu',
    decodeThreads: 1,
    prefillThreads: 2,
    decodeTokensPerSecond: 1483,
    prefillTokensPerSecond: 5210,
    measuredAt: Date.now() - DAY_MS,
  },
  addedAt: Date.now() - 9 * DAY_MS,
};

export const sampleConfig: Config = {
  appearance: { theme: 'system', language: 'system', developerDetail: false, fontSize: 15, sendOnEnter: true },
  chat: { defaultRoute: 'auto', defaultPrivate: false },
  engine: { backend: 'auto', modelFolder: null, idleUnloadSeconds: 600 },
  policy: 'local-first',
  api: { enabled: false, port: 8790 },
  data: { traceDays: 0 },
};

const decision: Decision = {
  policy: 'local-first',
  chosen: model.id,
  reasons: ['It is on this machine and loaded.', 'The policy prefers this machine.'],
  candidates: [
    {
      modelId: 'local/qwen-7b',
      modelName: 'Qwen 7B',
      score: null,
      parts: {},
      rejected: 'It needs 6.1 GB of memory and 3.9 GB are free.',
    },
    {
      modelId: 'local/old',
      modelName: 'Old notes',
      score: null,
      parts: {},
      rejected: 'Its file is missing.',
    },
    { modelId: model.id, modelName: model.name, score: 0.71, parts: { quality: 0.21, latency: 0.5 }, rejected: null },
    { modelId: 'local/tiny', modelName: 'Tiny', score: 0.64, parts: { quality: 0.2, latency: 0.44 }, rejected: null },
  ],
  features: { promptTokens: 412, private: false },
};

const spansOf = (): Span[] => {
  const root = mint();
  const at = (
    kind: Span['kind'],
    name: string,
    startMs: number,
    durationMs: number,
    parentId: string | null,
  ): Span => ({
    id: parentId === null ? root : mint(),
    parentId,
    kind,
    name,
    startMs,
    durationMs,
    status: 'ok',
    fault: null,
    attributes: {},
    events: [],
  });
  return [
    at('turn', 'turn', 0, 1430, null),
    at('storage', 'store question', 0.4, 1.2, root),
    at('route', 'decide', 1.8, 0.3, root),
    at('prefill', 'prefill', 4, 78, root),
    at('stream', 'decode', 82, 1343, root),
    at('storage', 'store reply', 1426, 3.6, root),
  ];
};

/** Handlers over a little data in memory: enough to see every part of the window. */
export function createSampleCore() {
  let settings: CallOutput<'settings.get'> = {
    config: sampleConfig,
    path: '/home/ada/.config/Switchyard/config.yaml',
    problem: null,
  };
  let tell: (topics: string[]) => void = () => undefined;
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, Message[]>();
  const traces: TraceRow[] = [];
  const engine = {
    state: 'ready' as const,
    backend: 'cpu',
    warning: null,
    loadedModelId: model.id,
    crashes: 0,
  };

  const addTurn = (conversation: Conversation, text: string, at: number): void => {
    const thread = messages.get(conversation.id) ?? [];
    messages.set(conversation.id, thread);
    const [turnId, userId, replyId, traceId] = [mint(), mint(), mint(), mint()];
    const base = { conversationId: conversation.id, turnId, createdAt: at, status: 'complete' as const };
    thread.push(
      {
        ...base,
        id: userId,
        parentId: thread.at(-1)?.id ?? null,
        role: 'user',
        text,
        depth: thread.length,
        siblingIds: [userId],
        reply: null,
      },
      {
        ...base,
        id: replyId,
        parentId: userId,
        role: 'assistant',
        text: ANSWER,
        depth: thread.length + 1,
        siblingIds: [replyId],
        reply: reply(traceId, thread.length),
      },
    );
    traces.unshift({
      ...reply(traceId, thread.length),
      id: traceId,
      turnId,
      conversationId: conversation.id,
      messageId: replyId,
      startedAt: at,
      status: 'ok',
      source: 'app',
      private: false,
      faultCode: null,
      faultOrigin: null,
      preview: text,
    });
  };

  TITLES.forEach((title, index) => {
    const at = Date.now() - index * DAY_MS * 0.7;
    const conversation: Conversation = {
      id: mint(),
      title,
      titleSource: 'auto',
      folderId: null,
      pinned: index === 4,
      private: index === 3,
      systemPrompt: null,
      promptId: null,
      sampling: {},
      route: 'auto',
      headMessageId: mint(),
      messageCount: 4,
      createdAt: at,
      updatedAt: at,
    };
    conversations.set(conversation.id, conversation);
    addTurn(conversation, `${title}?`, at - 60_000);
    addTurn(conversation, 'And what does it cost when the power goes?', at);
  });

  const get = (conversationId: string): Conversation => {
    const found = conversations.get(conversationId);
    if (!found) throw new Error('There is no such conversation.');
    return found;
  };

  const handlers: FakeHandlers = {
    'app.info': () => ({
      version: '0.1.0',
      runtime: { electron: '45.4.1', node: '24.21.0', chrome: '150.0.0.0' },
      platform: 'linux',
      dataDir: '/home/ada/.config/Switchyard',
      firstRun: false,
      problems: [],
      engine,
      privateMemoryMb: 84,
    }),
    'chat.list': () => ({ conversations: [...conversations.values()], folders: [] }),
    'chat.get': ({ conversationId }) => get(conversationId),
    'chat.thread': ({ conversationId, fromIndex, limit }) => {
      const all = messages.get(conversationId) ?? [];
      const from = fromIndex ?? Math.max(0, all.length - limit);
      return {
        conversation: get(conversationId),
        total: all.length,
        fromIndex: from,
        messages: all.slice(from, from + limit),
      };
    },
    'chat.search': ({ text }) => ({
      hits: [...conversations.values()]
        .filter(({ title }) => title.toLowerCase().includes(text.toLowerCase()))
        .map(({ id, title, updatedAt }) => ({
          conversationId: id,
          title,
          messageId: messages.get(id)?.[1]?.id ?? null,
          snippet: `lets readers go on while one \u0002${text}\u0003 appends to the log`,
          createdAt: updatedAt,
        })),
    }),
    'chat.update': ({ conversationId, ...patch }) => {
      const next = { ...get(conversationId), ...patch } as Conversation;
      conversations.set(conversationId, next);
      tell(['chats', `chat:${conversationId}`]);
      return next;
    },
    'draft.get': () => ({ text: '' }),
    'draft.save': () => ({}),
    'turn.active': () => ({ turns: [] }),
    'model.list': () => ({ models: [model], engine }),
    'trace.list': ({ limit }) => ({ rows: traces.slice(0, limit), next: null, total: traces.length }),
    'trace.get': ({ traceId }) => {
      const row = traces.find(({ id }) => id === traceId);
      if (!row) throw new Error('There is no such trace.');
      return { ...row, decision, spans: spansOf() };
    },
    'prompt.list': () => ({ prompts: [] }),
    'feedback.list': () => ({ items: [], upCount: 0, downCount: 0 }),
    'settings.get': () => settings,
    'settings.save': ({ config }) => {
      settings = { ...settings, config: config as Config };
      tell(['settings']);
      return settings;
    },
    'data.backup': () => ({ path: '/home/ada/switchyard-backup.zip', sizeBytes: 48_200_000 }),
    'data.export': () => ({ path: '/home/ada/conversations.jsonl', conversations: conversations.size }),
    'data.import': () => ({ path: null, conversations: 0, skipped: 0 }),
    'data.openFolder': () => ({}),
    'data.check': () => ({ ok: true, detail: 'The database is whole: 16 messages checked.' }),
  };

  return {
    handlers,
    live: (stream: FakeStream<'turn.live'>): void => stream.end(),
    onTopics: (listener: (topics: string[]) => void): void => {
      tell = listener;
    },
  };
}
