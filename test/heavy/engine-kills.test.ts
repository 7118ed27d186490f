import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { systemTimers } from '../../electron/base/timers.ts';
import { createChance } from '../../electron/cli/seed/chance.ts';
import type { ModelEntry } from '../../electron/contract/entities/model.ts';
import { limits } from '../../electron/contract/policy.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { createExecution } from '../../electron/router/execution.ts';
import { createTraceRecorder } from '../../electron/telemetry/recorder.ts';
import { isGone, realModels } from '../support/engine-kit.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';

const KILLS = process.env['SWITCHYARD_SOAK'] === '1' ? 200 : 3;
const STREAMS = 4;
/** Killed at moments spread over this long after the streams were asked. */
const SPREAD_MS = 400;
const BACK_MS = 5000;
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
  const { models, processes } = realModels(dataDir);
  await models.ready;
  const entry = (id: string): ModelEntry => {
    const found = models.list().find((model) => model.id === id);
    if (!found) throw new Error(`${id} is not listed.`);
    return found;
  };
  const execution = createExecution({
    provider: models.provider,
    clock: systemClock,
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
        private: false,
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
  const kill = (): void => {
    const pid = processes.at(-1)?.pid;
    if (pid !== undefined && !isGone(pid)) process.kill(pid, 'SIGKILL');
  };

  const chance = createChance(41);
  const seen = { partial: 0, fallback: 0, whole: 0, nonsense: 0 };
  let slowestBackMs = 0;
  await ask(4);
  for (let round = 0; round < KILLS; round++) {
    // In half of the rounds the kill meets running text, in the others whatever is going on by then.
    const waitForText = round % 2 === 0;
    let fire: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => (fire = resolve));
    const timed = setTimeout(fire, 5 + chance.next() * SPREAD_MS);
    const streams = Array.from({ length: STREAMS }, () => ask(600, waitForText ? fire : undefined));
    await killed;
    clearTimeout(timed);
    kill();
    for (const { outcome, text } of await Promise.all(streams)) {
      const { fault } = outcome.end;
      if (fault !== null) {
        // Its text and a reason.
        expect(text.length).toBeGreaterThan(0);
        if (fault.code === 'degenerate_output') {
          // Random weights write nonsense, and what was stopped for that was not ended by the kill.
          seen.nonsense++;
          continue;
        }
        expect(fault).toMatchObject({ code: 'local_crash' });
        expect(fault.detail).toMatch(/engine process/);
        seen.partial++;
      } else if (outcome.model?.id === STARTER_MODEL_ID) {
        expect(text.length).toBeGreaterThan(0);
        expect(outcome.degradedReason).not.toBeNull();
        seen.fallback++;
      } else seen.whole++;
    }
    const from = performance.now();
    const back = await ask(4);
    expect(back.outcome.end.fault).toBeNull();
    expect(back.outcome.model?.id).toBe(ENDLESS);
    slowestBackMs = Math.max(slowestBackMs, performance.now() - from);
  }
  expect(slowestBackMs).toBeLessThan(BACK_MS);
  expect(seen.partial).toBeGreaterThan(0);
  expect(seen.partial + seen.fallback + seen.whole + seen.nonsense).toBe(KILLS * STREAMS);

  // Three losses with no answer between open the breaker; the next question goes elsewhere at once.
  for (let loss = 0; loss < 3; loss++) {
    expect((await ask(600, kill)).outcome.end.fault).not.toBeNull();
  }
  expect(execution.breakers.breakerOf(ENDLESS)).toMatchObject({ state: 'open', because: 'local_crash' });
  expect((await ask(4)).outcome.model?.id).toBe(STARTER_MODEL_ID);

  execution.dispose();
  await models.dispose();
  expect(processes.length).toBeGreaterThanOrEqual(KILLS);
  expect(processes.filter(({ pid }) => pid !== undefined && !isGone(pid))).toEqual([]);
  process.stdout.write(`${JSON.stringify({ kills: KILLS, ...seen, slowestBackMs: Math.round(slowestBackMs) })}\n`);
});
