/**
 * What recording costs a reply: the same core answers with its traces and with a recorder that keeps nothing, in turn. A reply's time is
 * compared reply by reply, the same question with and without right after each other: from block to block it varied by more than recording
 * could add (a local turn 8.8%, limits -6.6 to 49). Processor time is compared block by block, so that everything that is done for a trace belongs
 * to its block: steps and gaps, both transactions or the journal, the thread that stores, sums and the WAL.
 */
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { createCore, type Core } from '../../electron/core.ts';
import { createRecording, type ActiveSpan, type Recording } from '../../electron/telemetry/recorder.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { median, medianRange, rounded } from './statistics.ts';

/** What recording adds, with the limits between which the true median lies with 95% certainty. */
export interface Added {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
export interface RecordingCost {
  /** Of one block, whose processor time is compared. */
  readonly replies: number;
  /** Of replies, whose time is compared. */
  readonly pairs: number;
  /** One reply without recording, from asking to its stored end, in ms. */
  readonly withoutMs: number;
  /** To that time, in ms. */
  readonly addedMs: Added;
  /** Processor time of the whole core to one reply, all threads and what follows behind it, in ms. */
  readonly addedCpuMs: Added;
  /** Of it on the thread everything else runs on, in ms. */
  readonly addedMainCpuMs: Added;
  /** To that time, in percent of it. */
  readonly addedPercent: Added;
}
export interface RecordingFigures {
  /** Turns of new conversations, answered by the starter model in its engine. */
  readonly localTurns: RecordingCost;
  /** The same turns from the exact cache. */
  readonly cachedTurns: RecordingCost;
  /** The same answers asked for by the local API. */
  readonly cachedCalls: RecordingCost;
}

/** What is done behind replies begins within 2 s and goes on 32 traces at a time; the WAL moves when a second was quiet. */
const SETTLED_MS = 2_600;
const PAIRS_BETWEEN_PAUSES = 16;
const BETWEEN_MS = 5;
const QUESTIONS = [
  'What is the capital of Portugal?',
  'what is 38 + 47?',
  'how many minutes are in 3 hours',
  'What is the opposite of ancient?',
  'write a haiku about the sea',
  'how do I boil an egg?',
  'why is the sky blue?',
  'tell me a short story about a river',
];
const GREEDY = { temperature: 0 };

const config = (cache: 'off' | 'always'): string =>
  `cache: {exact: ${cache}}\nchat: {defaultRoute: ${STARTER_MODEL_ID}}\n`;

const mintId = createMintId(systemClock, (bytes) => randomFillSync(bytes));

/** Keeps nothing of what it is told. */
function silentRecording(): Recording['start'] {
  const span: ActiveSpan = {
    id: mintId(),
    isRecording: false,
    child: () => span,
    set: () => undefined,
    event: () => undefined,
    end: () => undefined,
  };
  return (traceId) => {
    const zero = performance.now();
    return {
      traceId,
      startedAt: Date.now(),
      root: span,
      elapsedMs: () => performance.now() - zero,
      finish: () => [],
    };
  };
}

interface Block {
  readonly cpuMs: number;
  readonly mainCpuMs: number;
}

/** Replies one after the other: the processor time of all of them and of what follows, to one. */
async function block(replies: number, ask: (at: number) => Promise<void>): Promise<Block> {
  await after(100);
  const cpu = process.cpuUsage();
  const main = process.threadCpuUsage();
  for (let at = 0; at < replies; at++) await ask(at);
  await after(SETTLED_MS);
  const spent = process.cpuUsage(cpu);
  const spentHere = process.threadCpuUsage(main);
  return {
    cpuMs: (spent.user + spent.system) / 1000 / replies,
    mainCpuMs: (spentHere.user + spentHere.system) / 1000 / replies,
  };
}

interface Pair<T> {
  readonly on: T;
  readonly off: T;
}
const added = <T>(pairs: readonly Pair<T>[], of: (one: T) => number): Added =>
  addedOf(pairs.map(({ on, off }) => of(on) - of(off)));

const addedOf = (values: readonly number[]): Added => {
  const { low, high } = medianRange(values);
  return { median: rounded(median(values), 3), low: rounded(low, 3), high: rounded(high, 3) };
};

/** Times of so many pairs of replies, either first in turn; what follows behind them is waited for now and then. */
async function replyPairs(
  count: number,
  record: (on: boolean) => void,
  ask: (at: number) => Promise<void>,
): Promise<Pair<number>[]> {
  const pairs: Pair<number>[] = [];
  const one = async (on: boolean, at: number): Promise<number> => {
    // What the reply before left to do at once is done: it would be told of this one.
    await after(BETWEEN_MS);
    record(on);
    const from = performance.now();
    await ask(at);
    return performance.now() - from;
  };
  for (let at = 0; at < count; at++) {
    if (at % PAIRS_BETWEEN_PAUSES === 0) await after(SETTLED_MS);
    const first = await one(at % 2 === 0, at >> 1);
    const second = await one(at % 2 === 1, at >> 1);
    pairs.push(at % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  return pairs;
}

interface CostOptions {
  /** Of blocks. */
  readonly pairs: number;
  /** Of one block. */
  readonly replies: number;
  /** Of single replies. */
  readonly replyPairs: number;
}

async function costOf(
  options: CostOptions,
  record: (on: boolean) => void,
  ask: (at: number) => Promise<void>,
): Promise<RecordingCost> {
  const { replies } = options;
  const blocks: Pair<Block>[] = [];
  const one = (on: boolean): Promise<Block> => {
    record(on);
    return block(replies, ask);
  };
  // Compiled code, statements and pages of both ways.
  for (const on of [true, false]) {
    record(on);
    for (let at = 0; at < replies; at++) await ask(at);
  }
  for (let pair = 0; pair < options.pairs; pair++) {
    const first = await one(pair % 2 === 0);
    const second = await one(pair % 2 === 1);
    blocks.push(pair % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
  }
  const times = await replyPairs(options.replyPairs, record, ask);
  record(true);
  return {
    replies,
    pairs: times.length,
    withoutMs: rounded(median(times.map(({ off }) => off)), 3),
    addedMs: added(times, (ms) => ms),
    addedCpuMs: added(blocks, ({ cpuMs }) => cpuMs),
    addedMainCpuMs: added(blocks, ({ mainCpuMs }) => mainCpuMs),
    addedPercent: addedOf(times.map(({ on, off }) => (100 * (on - off)) / off)),
  };
}

function open(folder: string, cache: 'off' | 'always') {
  writeFileSync(join(folder, 'config.yaml'), config(cache));
  const usual = createRecording({ clock: systemClock, mintId });
  const silent = silentRecording();
  let on = true;
  const core = createCore({
    dataDir: folder,
    resourcesDir: resolve(import.meta.dirname, '..', '..', 'resources'),
    spawnHost: createNodeSpawn(),
    clock: systemClock,
    log: silentLog,
    source: 'app',
    mintId,
    recording: { start: (...trace) => (on ? usual.start : silent)(...trace), stores: () => on },
  });
  return { core, record: (next: boolean) => void (on = next) };
}

/** A turn in a conversation of its own. */
async function turn(core: Core, at: number, expected: 'local' | 'cached'): Promise<void> {
  const text = QUESTIONS[at % QUESTIONS.length] ?? '';
  const [turnId, conversationId] = [mintId(), mintId()];
  await core.handlers['chat.create']({ conversationId, private: false });
  await core.handlers['chat.update']({ conversationId, sampling: GREEDY });
  core.turns.start({
    turnId,
    conversationId,
    userMessageId: mintId(),
    replyId: mintId(),
    text,
    route: STARTER_MODEL_ID,
  });
  const { message } = await core.turns.ended(turnId);
  if (message.status !== 'complete' || message.reply?.route !== expected)
    throw new Error(`A turn that was to be ${expected} was ${String(message.reply?.route)} and ${message.status}.`);
}

async function call(core: Core, at: number): Promise<void> {
  const text = QUESTIONS[at % QUESTIONS.length] ?? '';
  const { events } = core.complete.start(
    { messages: [{ role: 'user', text }], route: STARTER_MODEL_ID, sampling: GREEDY, stop: [], source: 'api' },
    new AbortController().signal,
  );
  // To its end: what is stored behind it is told by the processor's time.
  for await (const event of events) {
    if (event.kind === 'fault') throw new Error(event.fault.detail);
    if (event.kind === 'end') return;
  }
}

export async function benchRecording({
  quick,
  say,
}: {
  quick: boolean;
  say: (text: string) => void;
}): Promise<RecordingFigures> {
  const folders: string[] = [];
  const withCore = async <T>(
    cache: 'off' | 'always',
    work: (made: ReturnType<typeof open>) => Promise<T>,
  ): Promise<T> => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-recording-'));
    folders.push(folder);
    const made = open(folder, cache);
    try {
      await made.core.models.ready;
      // The first use of a model is followed by its calibration.
      await turn(made.core, 0, 'local');
      await after(3_000);
      return await work(made);
    } finally {
      await made.core.dispose();
    }
  };
  try {
    say('Local turns …');
    const localTurns = await withCore('off', ({ core, record }) =>
      costOf({ pairs: quick ? 2 : 5, replies: 16, replyPairs: quick ? 160 : 640 }, record, (at) =>
        turn(core, at, 'local'),
      ),
    );
    return await withCore('always', async ({ core, record }) => {
      for (let at = 1; at < QUESTIONS.length; at++) await turn(core, at, 'local');
      say('Cached turns …');
      const cachedTurns = await costOf(
        { pairs: quick ? 2 : 5, replies: 100, replyPairs: quick ? 96 : 400 },
        record,
        (at) => turn(core, at, 'cached'),
      );
      for (let at = 0; at < QUESTIONS.length; at++) await call(core, at);
      say('Cached calls …');
      const cachedCalls = await costOf(
        { pairs: quick ? 2 : 5, replies: 200, replyPairs: quick ? 96 : 400 },
        record,
        (at) => call(core, at),
      );
      return { localTurns, cachedTurns, cachedCalls };
    });
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  process.stdout.write(
    `${JSON.stringify(await benchRecording({ quick: process.argv.includes('--quick'), say }), null, 2)}\n`,
  );
  process.exit(0);
}
