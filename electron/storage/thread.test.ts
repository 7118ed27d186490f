import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeFolder } from '../../test/flow/storage-kit.ts';
import { createVirtualTime } from '../../test/support/virtual-time.ts';
import { silentLog } from '../base/log.ts';
import { createRestingThread } from './thread.ts';

/** A thread that answers with its own number: another thread has another one. */
const ANSWERS = `
import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', (message) => (message === null ? parentPort.close() : parentPort.postMessage(threadId)));
`;
const REST_MS = 120_000;

function make() {
  const entry = join(makeFolder(), 'thread.mjs');
  writeFileSync(entry, ANSWERS);
  const time = createVirtualTime();
  const state = { busy: false, exits: 0 };
  const answers: number[] = [];
  const thread = createRestingThread<number>({
    entry,
    path: '',
    timers: time.timers,
    log: silentLog,
    name: 'test',
    isBusy: () => state.busy,
    onMessage: (answer) => answers.push(answer),
    onExit: () => state.exits++,
  });
  onTestFinished(() => thread.dispose());
  const ask = async (): Promise<number | undefined> => {
    const before = answers.length;
    thread.post({});
    await vi.waitFor(() => expect(answers).toHaveLength(before + 1), 5000);
    return answers.at(-1);
  };
  return { thread, time, state, ask };
}

it('a thread is there from the first thing asked of it until nothing was for two minutes, and is another one after that', async () => {
  const { thread, time, state, ask } = make();
  expect(thread.isThere()).toBe(false);
  const first = await ask();
  await time.pass(REST_MS - 1);
  expect(await ask()).toBe(first);
  await time.pass(REST_MS - 1);
  expect(thread.isThere()).toBe(true);
  await time.pass(1);
  expect(thread.isThere()).toBe(false);
  expect(await ask()).not.toBe(first);
  expect(state.exits).toBe(0);
});

it('a thread that owes an answer does not rest', async () => {
  const { thread, time, state, ask } = make();
  await ask();
  state.busy = true;
  await time.pass(3 * REST_MS);
  expect(thread.isThere()).toBe(true);
  state.busy = false;
  await time.pass(REST_MS);
  expect(thread.isThere()).toBe(false);
});
