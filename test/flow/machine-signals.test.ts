import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import type { Clock } from '../../electron/base/clock.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { createMachineState, createMemoryPressure } from '../../electron/orchestration/app/machine.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import { makeCore, makeFolder } from '../support/scripted-core.ts';

const GIB = 2 ** 30;
/** A reading of the system is used for two seconds. */
const PAST_A_READING_MS = 2500;

/** The files in which Linux says how a machine is, as a test sets them. */
function systemFiles() {
  const folder = makeFolder();
  const supply = (name: string, facts: Readonly<Record<string, string>>): void => {
    mkdirSync(join(folder, 'supplies', name), { recursive: true });
    for (const [file, text] of Object.entries(facts)) writeFileSync(join(folder, 'supplies', name, file), `${text}\n`);
  };
  const pressure = join(folder, 'pressure');
  return {
    supplies: join(folder, 'supplies'),
    pressure,
    plug: (isIn: boolean): void => {
      supply('AC', { online: isIn ? '1' : '0' });
      supply('BAT0', { status: isIn ? 'Charging' : 'Discharging' });
    },
    stall: (percent: string): void => {
      writeFileSync(
        pressure,
        `some avg10=50.00 avg60=20.00 avg300=5.00 total=1\nfull avg10=${percent} avg60=1.00 avg300=0.00 total=1\n`,
      );
    },
  };
}

/** The core with the sensors it has on Linux, over files of a test, and one large model on this machine. */
async function setUp() {
  const files = systemFiles();
  files.plug(true);
  files.stall('0.00');
  let ahead = 0;
  const clock: Clock = {
    now: () => systemClock.now() + ahead,
    monotonicMs: () => systemClock.monotonicMs() + ahead,
  };
  const made = await makeCore([{ say: 'from here' }], {
    clock,
    freeBytes: () => 64 * GIB,
    machine: { onBattery: createMachineState(clock, files.supplies).onBattery, online: () => null },
    memoryPressure: createMemoryPressure(clock, files.pressure),
  });
  const { core } = made;
  const path = join(makeFolder(), 'large.gguf');
  await writeRandomGguf(path, { layers: 2, width: 512, heads: 8, feedForward: 1536, vocabulary: 8000, name: 'Large' });
  // Its weights are a hole: it is large to the system and takes no room here.
  truncateSync(path, 6 * GIB);
  const large = await core.models.import(path);
  core.settings.save({ ...core.settings.config(), policy: 'best-quality' });
  const told = async (more: Parameters<typeof made.ask>[1] = {}) => {
    const { message } = await made.ask('Hi', more);
    const trace = core.traces.get(message.reply?.traceId ?? '');
    const rejected = trace?.decision?.candidates.find(({ modelId }) => modelId === large.id)?.rejected ?? null;
    const { modelName, degraded, degradedReason } = message.reply ?? {};
    return { modelName, degraded, degradedReason, rejected };
  };
  return {
    ...made,
    large,
    told,
    files: {
      plug: (isIn: boolean) => {
        files.plug(isIn);
        ahead += PAST_A_READING_MS;
      },
      stall: (percent: string) => {
        files.stall(percent);
        ahead += PAST_A_READING_MS;
      },
    },
  };
}

const FINE = { modelName: 'Large', degraded: false, degradedReason: null, rejected: null };
const RESTS = 'It draws much power and this machine runs on battery; Switchyard Starter answers well enough.';
const SHORT = 'Memory is short here, and loading it would take about 7.1 GB.';
const passedOver = (why: string) => ({
  modelName: 'Switchyard Starter',
  degraded: true,
  degradedReason: `Large cannot answer now. ${why}`,
  rejected: why,
});

describe('what this machine says about itself', () => {
  it('on battery a large model that is not loaded rests, the reply says so and why, and mains bring it back', async () => {
    const { told, files } = await setUp();
    files.plug(false);
    expect(await told()).toEqual(passedOver(RESTS));
    files.plug(true);
    expect(await told()).toEqual(FINE);
  });

  it('on battery a model that is loaded already goes on: unloading it would save nothing', async () => {
    const { told, files } = await setUp();
    expect(await told()).toEqual(FINE);
    files.plug(false);
    expect(await told()).toEqual(FINE);
  });

  it('on battery the model a person chose answers all the same', async () => {
    const { told, files, large } = await setUp();
    files.plug(false);
    expect(await told({ route: large.id })).toEqual(FINE);
  });

  it('when all work waits for memory nothing large is loaded, the reply says so, and it ends by itself', async () => {
    const { told, files } = await setUp();
    files.stall('35.00');
    expect(await told()).toEqual(passedOver(SHORT));
    files.stall('9.99');
    expect(await told()).toEqual(FINE);
  });

  it('the local API answers on and says that it is degraded', async () => {
    const { core, files, large } = await setUp();
    const { url } = await core.api.serveAt(0);
    const token = core.api.tokens.issue({ name: 't', requestsPerMinute: null, concurrency: null, usdPerDay: null });
    const asked = async (model: string) => {
      const { headers, status } = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
      });
      return [status, headers.get('x-switchyard-route'), headers.get('x-switchyard-degraded')];
    };
    files.stall('35.00');
    expect(await asked('switchyard/auto')).toEqual([200, STARTER_MODEL_ID, '1']);
    files.stall('0.00');
    expect(await asked('switchyard/auto')).toEqual([200, large.id, '0']);
  });
});
