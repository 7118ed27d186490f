import { copyFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultCode, FaultOrigin } from '../../electron/contract/faults.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { createNodeSpawn } from '../../native/llama/spawn-node.ts';
import { expectExplained, matrixCore } from '../support/matrix-kit.ts';
import type { MatrixCore, MatrixRun } from '../support/matrix-kit.ts';
import { RESOURCES_DIR } from '../support/scripted-core.ts';
import type { Step } from '../support/scripted-engine.ts';

/** What the engine's process does, and what is to come of it. */
interface Row {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly code: FaultCode;
  readonly origin: FaultOrigin;
  /** Calls to the model of this machine while nothing is visible. */
  readonly calls: number;
}
const fails = (code: FaultCode, name: string, origin: FaultOrigin, calls: number): Row => ({
  name,
  steps: [{ fail: code, detail: 'What the engine said.' }],
  code,
  origin,
  calls,
});
const ROWS: readonly Row[] = [
  fails('local_oom', 'no memory', 'infrastructure', 1),
  fails('gpu_lost', 'a graphics card that is gone', 'infrastructure', 2),
  fails('unknown', 'something nobody knows', 'infrastructure', 2),
  {
    name: 'a process that is killed',
    steps: [{ crash: null }],
    code: 'local_crash',
    origin: 'infrastructure',
    calls: 2,
  },
];

/** This machine first; behind it a provider that says “from afar”. */
const policy = { ladder: [{ to: 'local' }, { to: 'best' }] };
const actions = ({ attempts }: MatrixRun) => attempts.map(({ attributes }) => attributes['action']);
const question = (steps: readonly Step[]) => `Do as it says\n${JSON.stringify(steps)}`;

const spawnChild = createNodeSpawn({ hostPath: resolve(import.meta.dirname, '..', 'support', 'child-host.ts') });
let pid: number | undefined;
let heard = 0;
let matrix: MatrixCore;
beforeAll(async () => {
  const spawnHost = () => {
    const host = spawnChild();
    pid = host.pid;
    return {
      ...host,
      post(message: unknown) {
        if (Reflect.get(Object(message), 't') === 'generate') heard++;
        host.post(message);
      },
    };
  };
  matrix = await matrixCore('openai', { spawnHost }, () => heard);
  matrix.script({ steps: [{ text: 'from ' }, { text: 'afar' }] });
});
afterAll(() => matrix.dispose());

/** A good answer closes what losses in a row would open. */
const recovered = async () => {
  const run = await matrix.ask({ way: 'chat', policy });
  expect([run.text, run.trace.modelId]).toEqual(['from here', STARTER_MODEL_ID]);
};
const expectFromAfar = (run: MatrixRun & { far: string }) => {
  expect(run.text).toBe('from afar');
  expect(run.trace).toMatchObject({ status: 'ok', modelId: run.far, degraded: true });
  expect(actions(run).slice(-2)).toEqual(['fell back', 'answered']);
};

describe.each(['chat', 'whole'] as const)('an engine in a process of its own, asked as %s', (way) => {
  it.each(ROWS)('before the first token: $name', async ({ steps, code, origin, calls }) => {
    const run = await matrix.ask({ way, policy, question: question(steps) });
    expect(run.attempts[0]?.fault).toMatchObject({ code, origin });
    expect([run.localCalls, run.calls]).toEqual([calls, 1]);
    expectFromAfar(run);
    expectExplained(run);
    await recovered();
  });

  it.each(ROWS)('after the first token: $name', async ({ steps, code, origin, calls }) => {
    const run = await matrix.ask({ way, policy, question: question([{ say: 'Half ' }, ...steps]) });
    expect(run.attempts[0]?.fault).toMatchObject({ code, origin });
    expectExplained(run);
    if (way === 'chat') {
      expect(run.text).toBe('Half ');
      expect(run.trace).toMatchObject({ status: 'failed', faultCode: code, faultOrigin: origin });
      expect([actions(run), run.localCalls, run.calls]).toEqual([['kept'], 1, 0]);
    } else {
      expect(run.localCalls).toBe(calls);
      expectFromAfar(run);
    }
    await recovered();
  });
});

it('a process killed from outside in mid-reply keeps its text, and the next question starts another', async () => {
  const { turnId } = matrix.test.send(question([{ say: 'Half of it' }, { hold: 'for ever' }]), {
    route: STARTER_MODEL_ID,
  });
  await matrix.test.seen(turnId, 'Half of it');
  const killed = pid;
  process.kill(killed ?? 0, 'SIGKILL');
  const { message } = await matrix.core.turns.ended(turnId);
  expect(message).toMatchObject({ status: 'partial', text: 'Half of it' });
  expect(message.reply?.fault).toMatchObject({ code: 'local_crash', origin: 'infrastructure' });
  const trace = await matrix.stored(message.reply?.traceId ?? null);
  expect(trace.spans.find(({ kind }) => kind === 'attempt')).toMatchObject({
    attributes: { action: 'kept', faultCode: 'local_crash' },
  });
  expect(trace.spans[0]?.fault).toEqual(message.reply?.fault);
  await recovered();
  expect(pid).not.toBe(killed);
});

describe.each(['chat', 'whole'] as const)('a model file, asked as %s,', (way) => {
  it.each<[string, FaultCode, (path: string) => void]>([
    ['cut', 'model_file_corrupt', (path) => truncateSync(path, 4_000_000)],
    [
      'overwritten by something else',
      'model_file_corrupt',
      (path) => writeFileSync(path, 'PK\u0003\u0004 no model at all, thirty bytes'),
    ],
    ['taken away', 'not_found', (path) => rmSync(path)],
  ])(
    'that was %s since it was imported is a matter of the person, and the next model answers',
    async (name, code, damage) => {
      const path = join(matrix.dataDir, `${way} ${name}.gguf`);
      copyFileSync(join(RESOURCES_DIR, 'starter-model', 'starter-q8_0.gguf'), path);
      const { id } = await matrix.core.models.import(path);
      damage(path);
      const run = await matrix.ask({ way, route: id, policy: { ladder: [{ to: 'best' }] } });
      expect(run.attempts[0]).toMatchObject({ fault: { code, origin: 'user' }, attributes: { modelId: id } });
      expect(run.localCalls).toBe(0);
      expectFromAfar(run);
      expect(run.trace.spans[0]?.attributes['degradedReason']).toContain(run.attempts[0]?.fault?.detail);
      await matrix.core.models.remove(id);
    },
  );
});
