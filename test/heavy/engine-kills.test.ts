import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import type { Clock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { systemTimers } from '../../electron/base/timers.ts';
import { createChance } from '../../electron/cli/seed/chance.ts';
import type { ModelEntry } from '../../electron/contract/entities/model.ts';
import { limits } from '../../electron/contract/policy.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { LOCAL_LOSSES_TO_OPEN, OPEN_MS } from '../../electron/router/breaker.ts';
import { createExecution } from '../../electron/router/execution.ts';
import { createTraceRecorder } from '../../electron/telemetry/recorder.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { isGone, realModels } from '../support/engine-kit.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';

const KILLS = process.env['SWITCHYARD_SOAK'] === '1' ? 200 : 3;
const STREAMS = 4;
/** Killed at moments spread over this long after the streams were asked. */
const SPREAD_MS = 400;
/** After the first text, so that most streams have some. */
const TALK_MS = 100;
/** Killed so soon after its start that no process has written anything. */
const YOUNG_MS = 100;
/** What kills meet, in turn: running text; whatever is going on by then; a process that starts, until the breaker opens. */
const MEETS = ['text', 'anything', 'starts'] as const;
const BACK_MS = 5000;
/** Longer than a kill waits for. */
const MOST_TOKENS = 600;
const ENDLESS = 'local/endless';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'switchyard-kills-'));
  await mkdir(join(dataDir, 'models'));
  const shape = { layers: 2, width: 128, heads: 2, contextTokens: 4096, name: 'Endless', endless: true };
  await writeRandomGguf(join(dataDir, 'models', 'endless.gguf'), shape);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it(`survives ${KILLS} engine kills under ${STREAMS} streams`, { timeout: KILLS * 12_000 + 60_000 }, async () => {
  let onSpawn: () => void = () => undefined;
  const spawn = createNodeSpawn();
  const { models, processes } = realModels(dataDir, {
    spawn: () => {
      const host = spawn();
      setImmediate(onSpawn);
      return host;
    },
  });
  await models.ready;
  const entry = (id: string): ModelEntry => {
    const found = models.list().find((model) => model.id === id);
    if (!found) throw new Error(`${id} is not listed.`);
    return found;
  };
  /** How far the router's clock is ahead, in ms. */
  let aheadMs = 0;
  const clock: Clock = {
    now: () => systemClock.now() + aheadMs,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
  };
  const execution = createExecution({
    provider: models.provider,
    clock,
    timers: systemTimers,
    random: () => 0.5,
    budget: {
      leftUsd: () => Infinity,
      reserve: () => ({ ok: true, hold: { settle: () => undefined, release: () => undefined } }),
    },
    costUsd: () => 0,
    onError(error) {
      throw error;
    },
  });
  const mintId = createMintId(systemClock, (bytes) => crypto.getRandomValues(bytes));
  const ask = async (maxTokens: number, onText: () => void = () => undefined) => {
    const recorder = createTraceRecorder({ clock: systemClock, mintId }, mintId(), 'Turn');
    let text = '';
    const step = { after: null, mostUsd: 0 };
    const outcome = await execution.execute(
      {
        plan: {
          decision: { policy: 'test', chosen: ENDLESS, reasons: [], candidates: [], features: {} },
          steps: [ENDLESS, STARTER_MODEL_ID].map((id) => ({ model: entry(id), ...step })),
          degradedReason: null,
          refusal: null,
          draft: null,
          limits: limits.parse({}),
        },
        span: recorder.root,
        signal: new AbortController().signal,
        isPrivate: () => false,
        traceId: recorder.traceId,
      },
      {
        request: (model) =>
          Promise.resolve({
            modelId: model.id,
            messages: [{ role: 'user', text: 'go on' }],
            sampling: { temperature: 0, maxTokens },
            stateKey: null,
          }),
        onModel: () => undefined,
        onEvent(_model, event) {
          if (event.kind === 'delta') {
            text += event.text;
            onText();
          }
          return null;
        },
        onReset: () => void (text = ''),
      },
    );
    return { outcome, text };
  };
  let kills = 0;
  const kill = (): void => {
    const pid = processes.at(-1)?.pid;
    if (pid === undefined || isGone(pid)) return;
    process.kill(pid, 'SIGKILL');
    kills++;
  };
  const nextProcess = (): Promise<void> => new Promise((resolve) => (onSpawn = resolve));
  const stopIdle = async (): Promise<void> => {
    const last = processes.at(-1);
    const gone = new Promise<void>((resolve) => last?.onExit(() => resolve()));
    if (last?.pid !== undefined) process.kill(last.pid, 'SIGKILL');
    await gone;
  };
  const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  const chance = createChance(41);
  const seen = { partial: 0, fallback: 0, whole: 0 };
  let slowestBackMs = 0;
  let rounds = 0;
  await ask(4);
  while (kills < KILLS) {
    const meets = MEETS[rounds++ % MEETS.length];
    // Idle when it goes, so this one counts for nothing: the streams are to meet a process that starts.
    if (meets === 'starts') await stopIdle();
    let onText: () => void = () => undefined;
    const textRuns = new Promise<void>((resolve) => (onText = resolve));
    let started = nextProcess();
    const streams = Array.from({ length: STREAMS }, () => ask(MOST_TOKENS, onText));
    if (meets === 'starts') {
      for (let loss = 1; loss < LOCAL_LOSSES_TO_OPEN; loss++) {
        await started;
        await after(chance.next() * YOUNG_MS);
        started = nextProcess();
        kill();
      }
      await started;
      await after(chance.next() * YOUNG_MS);
    } else if (meets === 'anything') await after(5 + chance.next() * SPREAD_MS);
    else {
      await textRuns;
      await after(chance.next() * TALK_MS);
    }
    kill();
    let from = performance.now();
    let keptText = 0;
    for (const { outcome, text } of await Promise.all(streams)) {
      const { fault } = outcome.end;
      // Whatever the end is, there is text.
      expect(text.length).toBeGreaterThan(0);
      if (fault !== null) {
        expect(fault).toMatchObject({ code: 'local_crash' });
        expect(fault.detail).toMatch(/engine process/);
        expect(outcome.model?.id).toBe(ENDLESS);
        keptText++;
      } else if (outcome.model?.id === STARTER_MODEL_ID) {
        expect(outcome.degradedReason).not.toBeNull();
        seen.fallback++;
      } else {
        expect(outcome.model?.id).toBe(ENDLESS);
        seen.whole++;
      }
    }
    seen.partial += keptText;
    if (meets === 'starts') {
      // Opened; on a busy machine the streams may have taken longer to end than it stays so.
      const breaker = execution.breakers.breakerOf(ENDLESS);
      expect(breaker.because).toBe('local_crash');
      expect(['open', 'half-open']).toContain(breaker.state);
      // Its time is over: what is asked next probes.
      aheadMs += OPEN_MS + 1;
    }
    // Where every stream ended with the process, nobody has asked for a new one yet: that counts too.
    if (keptText < STREAMS) from = performance.now();
    const back = await ask(4);
    expect(back.outcome.end.fault).toBeNull();
    expect(back.outcome.model?.id).toBe(ENDLESS);
    slowestBackMs = Math.max(slowestBackMs, performance.now() - from);
  }
  process.stdout.write(`${JSON.stringify({ kills, rounds, ...seen, slowestBackMs: Math.round(slowestBackMs) })}\n`);
  expect(slowestBackMs).toBeLessThan(BACK_MS);
  expect(seen.partial + seen.fallback + seen.whole).toBe(rounds * STREAMS);
  // Both ways to end are met where they are looked for: running text is kept, and an open breaker sends on who asks next.
  const ofAKind = Math.floor(rounds / MEETS.length);
  expect(seen.partial).toBeGreaterThanOrEqual(2 * ofAKind);
  expect(seen.fallback).toBeGreaterThanOrEqual(ofAKind);

  // Three losses with no answer between open the breaker; the next question goes elsewhere at once, and nobody asks the lost one.
  for (let loss = 0; loss < LOCAL_LOSSES_TO_OPEN; loss++) {
    expect(execution.breakers.breakerOf(ENDLESS).state).toBe('closed');
    expect((await ask(MOST_TOKENS, kill)).outcome.end.fault).toMatchObject({ code: 'local_crash' });
  }
  expect(execution.breakers.breakerOf(ENDLESS)).toMatchObject({ state: 'open', because: 'local_crash' });
  const elsewhere = await ask(4);
  expect(elsewhere.outcome.model?.id).toBe(STARTER_MODEL_ID);
  expect(elsewhere.outcome.attempts.map(({ modelId }) => modelId)).toEqual([STARTER_MODEL_ID]);
  // When its time is over one question probes, and an answer closes it.
  aheadMs += OPEN_MS + 1;
  expect((await ask(4)).outcome.model?.id).toBe(ENDLESS);
  expect(execution.breakers.breakerOf(ENDLESS).state).toBe('closed');

  execution.dispose();
  await models.dispose();
  expect(processes.length).toBeGreaterThanOrEqual(KILLS);
  expect(processes.filter(({ pid }) => pid !== undefined && !isGone(pid))).toEqual([]);
});
