import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOST_TRACE_VIEWS } from '../../electron/contract/names.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { makeCore, makeFolder } from '../support/scripted-core.ts';

const SLOW = { name: 'Slow', query: 'slower=5000' };
const BAD = { name: 'Bad', query: 'rating=down' };

async function setUp() {
  const { core } = await makeCore();
  const call = core.handlers;
  const save = (view: typeof SLOW, was?: string) =>
    call['trace.saveView']({ view, ...(was === undefined ? {} : { was }) });
  return { core, call, save, all: () => ({ views: core.store.traceViews.all() }) };
}

describe('filters with names', () => {
  it('are kept by name, renamed and deleted', async () => {
    const { call, save, all } = await setUp();
    await save(SLOW);
    await save(BAD);
    expect(all()).toEqual({ views: [BAD, SLOW] });
    await save({ ...SLOW, name: 'slow' }, 'Slow');
    await save({ ...BAD, name: 'Wrong' }, 'Bad');
    await call['trace.removeView']({ name: 'slow' });
    expect(all()).toEqual({ views: [{ ...BAD, name: 'Wrong' }] });
  });

  it('never take each other’s name', async () => {
    const { save, all } = await setUp();
    await save(SLOW);
    await save(BAD);
    const refused = async (work: () => unknown) => {
      try {
        await work();
      } catch (error) {
        return error instanceof FaultError ? error.fault.detail : error;
      }
      return null;
    };
    expect(await refused(() => save({ ...BAD, name: 'SLOW' }))).toMatch(/There is a view “SLOW” already/u);
    expect(await refused(() => save({ ...BAD, name: 'Slow' }, 'Bad'))).toMatch(/choose another name/u);
    expect(all()).toEqual({ views: [BAD, SLOW] });
  });

  it('are taken over from a window without those that are there, up to the most there may be', async () => {
    const { call, save, all } = await setUp();
    await save(SLOW);
    const more = Array.from({ length: MOST_TRACE_VIEWS }, (_, at) => ({ name: `View ${at}`, query: `q=${at}` }));
    await call['trace.takeViews']({ views: [{ name: 'slow', query: 'q=other' }, ...more].slice(0, MOST_TRACE_VIEWS) });
    const { views } = all();
    expect(views).toHaveLength(MOST_TRACE_VIEWS);
    expect(views.find(({ name }) => name === 'Slow')).toEqual(SLOW);
    await expect(async () => save(BAD)).rejects.toThrow(/delete one first/u);
  });

  it('are in a backup', async () => {
    const { core, save } = await setUp();
    await save(SLOW);
    const path = join(makeFolder(), 'switchyard.db');
    await core.store.backup(path);
    const { core: restored } = await makeCore([], { dataDir: join(path, '..') });
    expect(await restored.handlers['trace.views']({})).toEqual({ views: [SLOW] });
  });
});
