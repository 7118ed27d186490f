import { expect, it } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import { makeCore } from '../support/scripted-core.ts';
import { createVirtualTime } from '../support/virtual-time.ts';

it('turns are decided for nobody once the window is ready, some dozens of times, and nothing is ever seen of it', async () => {
  const time = createVirtualTime();
  let decisions = 0;
  const { core, engine } = await makeCore([{ say: 'hi' }], {
    ...time,
    // Whoever decides looks at the memory.
    freeBytes: () => {
      decisions++;
      return null;
    },
  });
  await time.pass(5000);
  expect(decisions, 'before the window is there').toBe(0);
  await answerCall(core.handlers, 'app.ready', {});
  decisions = 0;
  await time.pass(699);
  expect(decisions, 'while it opens').toBe(0);
  await time.pass(1);
  const once = decisions;
  expect(once).toBeGreaterThan(0);
  await time.pass(10_000);
  // Compilers work in steps, and the later ones come after dozens of runs.
  expect(decisions).toBe(20 * once);
  expect(core.chats.list().conversations).toEqual([]);
  expect(core.store.traces.list({}, null, 10).rows).toEqual([]);
  expect(core.store.egress.list({ limit: 10 }).entries).toEqual([]);
  expect(engine.requests).toEqual([]);
});
