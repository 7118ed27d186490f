import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { systemTimers } from '../../electron/base/timers.ts';
import { rehearseCalls } from '../../electron/rehearsed-calls.ts';

const deps = {
  resourcesDir: resolve('resources'),
  clock: systemClock,
  timers: systemTimers,
  mintId: () => crypto.randomUUID(),
};

it('a rehearsed call goes through an API, a router and a provider of its own and comes back whole', async () => {
  expect(await rehearseCalls({ ...deps, isOver: () => false, most: 3 })).toBe(3);
});

it('rehearsing ends as soon as somebody calls', async () => {
  let asked = 0;
  expect(await rehearseCalls({ ...deps, isOver: () => ++asked > 2 })).toBe(2);
});
