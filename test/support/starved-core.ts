/**
 * A core in a process of its own with real engine processes that run out of memory, and what happened to it meanwhile as one line of
 * JSON. The one argument is a `StarvedWish` as JSON.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import { createCore } from '../../electron/core.ts';
import { quietHeap } from '../../electron/orchestration/app/quiet-heap.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import type { HostProcess } from '../../native/llama/spawn.ts';
import { watchLoop } from './loop-watch.ts';
import type { LoopFigures } from './loop-watch.ts';

export interface StarvedWish {
  readonly dataDir: string;
  /** A model in the data folder. */
  readonly modelId: string;
  readonly backend: 'cpu' | 'vulkan';
  readonly turns: number;
  /** Length of each reply; absent = 24. */
  readonly replyTokens?: number;
  /** What runs engine processes; absent = this Node. */
  readonly execPath?: string;
  /** The engine is told that a token's state takes this share of what it does: its first plans are far too large. */
  readonly stateShare?: number;
  /** The engine is told that it knows the model's speed: on a software card measuring takes minutes. */
  readonly measured?: boolean;
}

export interface StarvedFigures {
  readonly backend: string | null;
  /** Ways to load the model that were tried, in words, in order. */
  readonly plans: readonly string[];
  /** Engine processes that were started. */
  readonly engines: number;
  readonly turns: readonly { readonly status: string; readonly tokensOut: number; readonly fault: string | null }[];
  readonly loop: LoopFigures;
}

quietHeap();
const wish = JSON.parse(process.argv[2] ?? '{}') as StarvedWish;
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const READY_MS = 3000;
const plans: string[] = [];
let engines = 0;
const spawnEngine = createNodeSpawn(wish.execPath === undefined ? {} : { execPath: wish.execPath });

const SPEED = {
  decodeThreads: 1,
  prefillThreads: 2,
  decodeTokensPerSecond: 1,
  prefillTokensPerSecond: 1,
  measuredAt: 0,
};
/** Requests about the wished model. */
const own = new Set<unknown>();

function told(message: unknown): unknown {
  const model = field(message, 'model');
  if (field(model, 'modelId') !== wish.modelId) return message;
  own.add(field(message, 'id'));
  const shape = field(model, 'shape');
  if (wish.stateShare !== undefined && typeof shape === 'object' && shape !== null) {
    const stateElements = Number(field(shape, 'stateElements')) * wish.stateShare;
    return { ...(message as object), model: { ...(model as object), shape: { ...shape, stateElements } } };
  }
  if (wish.measured !== true) return message;
  return { ...(message as object), model: { ...(model as object), measurement: { ...SPEED, backend: wish.backend } } };
}

function spawnHost(): HostProcess {
  const host = spawnEngine();
  engines++;
  return {
    ...host,
    post: (message) => {
      host.post(told(message));
    },
    onMessage: (listener) => {
      host.onMessage((message) => {
        const what = field(field(message, 'plan'), 'what');
        if (typeof what === 'string' && own.has(field(message, 'id'))) {
          plans.push(what);
        }
        listener(message);
      });
    },
  };
}

writeFileSync(join(wish.dataDir, 'config.yaml'), `engine: {backend: ${wish.backend}, keptStatesMb: 0}\n`);
const core = createCore({
  dataDir: wish.dataDir,
  resourcesDir: join(import.meta.dirname, '..', '..', 'resources'),
  spawnHost,
  clock: systemClock,
  log: silentLog,
  source: 'app',
});
await core.models.ready;
const mintId = createMintId(systemClock, (bytes) => crypto.getRandomValues(bytes));
// As in the app: the page is ready, what a first turn needs was rehearsed, and the engine is warm.
core.onReady();
await new Promise((resolve) => setTimeout(resolve, READY_MS));
const stop = watchLoop();
const turns: StarvedFigures['turns'][number][] = [];
for (let turn = 0; turn < wish.turns; turn++) {
  const conversationId = mintId();
  core.chats.create({ conversationId, route: wish.modelId });
  core.chats.update(conversationId, { sampling: { temperature: 0.7, maxTokens: wish.replyTokens ?? 24 } });
  const turnId = mintId();
  core.turns.start({ turnId, conversationId, userMessageId: mintId(), replyId: mintId(), text: 'rain' });
  const { message } = await core.turns.ended(turnId);
  const { tokensOut = 0, fault = null } = message.reply ?? {};
  turns.push({ status: message.status, tokensOut, fault: fault === null ? null : `${fault.code}: ${fault.detail}` });
}
const figures: StarvedFigures = { backend: core.models.engine().backend, plans, engines, turns, loop: stop() };
await core.dispose();
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
