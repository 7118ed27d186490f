import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../electron/contract/entities/trace.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { makeFault } from '../../electron/router/index.ts';
import { writeRandomGguf } from '../support/random-gguf.ts';
import { makeCore, makeFolder, mintId } from '../support/scripted-core.ts';
import type { TestCore } from '../support/scripted-core.ts';

const attemptsOf = ({ core }: TestCore, traceId: string | undefined): Span[] =>
  core.traces.get(traceId ?? '')?.spans.filter(({ kind }) => kind === 'attempt') ?? [];

/** A second, more capable local model. Its file is real and small; its parameters are more than the starter's. */
async function importBigger({ core }: TestCore): Promise<string> {
  const path = join(makeFolder(), 'bigger.gguf');
  await writeRandomGguf(path, { layers: 2, width: 512, heads: 8, feedForward: 1536, vocabulary: 8000, name: 'Bigger' });
  return (await core.models.import(path)).id;
}

describe('an engine process that dies', () => {
  it('keeps the text, says why, and the next message is answered by a new engine', async () => {
    const test = await makeCore((_request, index) =>
      index === 0 ? [{ say: 'half of it' }, { crash: null }] : [{ say: 'here again' }],
    );
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'partial', text: 'half of it' });
    expect(end.message.reply?.fault).toMatchObject({ code: 'local_crash', origin: 'infrastructure' });
    expect(end.message.reply?.fault?.detail).toMatch(/text so far was kept/);
    const next = await test.ask('Again', { conversationId: end.conversation.id });
    expect(next.message).toMatchObject({ status: 'complete', text: 'here again' });
    expect(test.engine.spawned()).toBe(2);
  });

  it('is started once more when nothing was said yet, without the person noticing', async () => {
    const test = await makeCore((_request, index) => (index === 0 ? [{ crash: 1 }] : [{ say: 'fine' }]));
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'complete', text: 'fine' });
    expect(attemptsOf(test, end.message.reply?.traceId).map(({ status }) => status)).toEqual(['error', 'ok']);
  });

  it('fails with its reason when it dies again', async () => {
    const test = await makeCore([{ crash: null }]);
    const end = await test.ask('Hi');
    expect(end.message.status).toBe('failed');
    expect(end.message.reply?.fault?.code).toBe('local_crash');
    expect(end.trace).toMatchObject({ status: 'failed', faultCode: 'local_crash', faultOrigin: 'infrastructure' });
  });

  it('opens the breaker of its model after three losses in a row, and says when it is tried again', async () => {
    const test = await makeCore([{ crash: null }]);
    await test.ask('one');
    await test.ask('two');
    const end = await test.ask('three');
    expect(end.message.reply?.fault?.code).toBe('no_candidate');
    expect(end.message.reply?.fault?.detail).toMatch(/several times in a row; it is tried again in \d+ s/);
    expect(attemptsOf(test, end.message.reply?.traceId)).toHaveLength(0);
  });
});

describe('output checks', () => {
  it('asks once more when the model says nothing', async () => {
    const test = await makeCore((_request, index) => (index === 0 ? [{ say: '  ' }] : [{ say: 'something' }]));
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'complete', text: 'something' });
    expect(attemptsOf(test, end.message.reply?.traceId)[0]?.fault?.code).toBe('empty_output');
  });

  it('explains a model that says nothing twice', async () => {
    const { engine, ask } = await makeCore([{ finish: 'stop' }]);
    const end = await ask('Hi');
    expect(end.message.status).toBe('failed');
    expect(end.message.reply?.fault).toMatchObject({ code: 'empty_output', origin: 'model' });
    expect(engine.requests).toHaveLength(2);
  });

  it('stops a model that repeats itself and keeps what it wrote', async () => {
    const { ask } = await makeCore([
      ...Array.from({ length: 400 }, () => ({ say: 'I am sorry. ' })),
      { hold: 'never' },
    ]);
    const end = await ask('Hi');
    expect(end.message.status).toBe('partial');
    expect(end.message.reply?.fault?.code).toBe('degenerate_output');
    expect(end.message.text.length).toBeLessThan(4800);
  });
});

describe('falling down the ladder', () => {
  it('prefers the more capable model when there is one', async () => {
    const test = await makeCore([{ say: 'hello' }]);
    const bigger = await importBigger(test);
    const end = await test.ask('Hi');
    expect(end.message.reply).toMatchObject({ modelId: bigger, degraded: false });
  });

  it('lets the starter answer when the better model fails before its first word, and says so', async () => {
    const test = await makeCore((request) =>
      request.model.modelId === STARTER_MODEL_ID
        ? [{ say: 'small but here' }]
        : [{ fail: 'local_oom', detail: 'No memory.' }],
    );
    const bigger = await importBigger(test);
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'complete', text: 'small but here' });
    expect(end.message.reply).toMatchObject({ modelId: STARTER_MODEL_ID, degraded: true });
    expect(end.message.reply?.degradedReason).toMatch(/Bigger failed\. No memory\./);
    expect(attemptsOf(test, end.message.reply?.traceId).map(({ attributes }) => attributes['modelId'])).toEqual([
      bigger,
      STARTER_MODEL_ID,
    ]);
  });

  it('never replaces a model whose text is visible already', async () => {
    const test = await makeCore([{ say: 'half' }, { fail: 'local_oom' }]);
    await importBigger(test);
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'partial', text: 'half' });
    expect(attemptsOf(test, end.message.reply?.traceId)).toHaveLength(1);
  });

  it('asks the model chosen for the conversation, and marks another as degraded when that one is gone', async () => {
    const test = await makeCore([{ say: 'hello' }]);
    const bigger = await importBigger(test);
    const chosen = await test.ask('Hi', { route: STARTER_MODEL_ID });
    expect(chosen.message.reply).toMatchObject({ modelId: STARTER_MODEL_ID, degraded: false });
    await test.core.models.remove(bigger);
    const gone = await test.ask('Hi', { route: bigger });
    expect(gone.message.reply).toMatchObject({ modelId: STARTER_MODEL_ID, degraded: true });
    expect(gone.message.reply?.degradedReason).toMatch(/not installed any more/);
  });

  it('says of every model it passed over why', async () => {
    const test = await makeCore([{ say: 'hello' }], { freeBytes: () => 10 });
    await importBigger(test);
    const end = await test.ask('Hi');
    expect(end.message.reply).toMatchObject({ modelId: STARTER_MODEL_ID, degraded: true });
    const decision = test.core.traces.get(end.message.reply?.traceId ?? '')?.decision;
    expect(decision?.candidates.find(({ modelName }) => modelName === 'Bigger')?.rejected).toMatch(/memory/);
  });
});

describe('a data folder that is full', () => {
  it('delivers the whole text all the same and says what to do', async () => {
    const test = await makeCore([{ say: 'all of it' }]);
    const full = () => {
      throw new FaultError(makeFault('storage_full'));
    };
    Object.assign(test.core.store.chat, { endTurn: full, checkpoint: full });
    const end = await test.ask('Hi');
    expect(end.message).toMatchObject({ status: 'partial', text: 'all of it' });
    expect(end.message.reply?.fault?.code).toBe('storage_full');
    expect(test.notices).toHaveLength(1);
  });

  it('stores the reply later, once there is room', async () => {
    const waiting: (() => void)[] = [];
    const test = await makeCore([{ say: 'all of it' }], {
      timers: {
        after(_delayMs, action) {
          waiting.push(action);
          return () => void waiting.splice(waiting.indexOf(action), 1);
        },
      },
    });
    const { endTurn } = test.core.store.chat;
    const full = () => {
      throw new FaultError(makeFault('storage_full'));
    };
    Object.assign(test.core.store.chat, { endTurn: full });
    const end = await test.ask('Hi');
    expect(test.core.store.chat.message(end.message.id)?.status).toBe('streaming');
    Object.assign(test.core.store.chat, { endTurn });
    for (const action of waiting.splice(0)) action();
    expect(test.core.store.chat.message(end.message.id)).toMatchObject({ status: 'complete', text: 'all of it' });
  });

  it('refuses a message that cannot be stored, before anybody is asked', async () => {
    const test = await makeCore();
    Object.assign(test.core.store.chat, {
      beginTurn: () => {
        throw new FaultError(makeFault('storage_full'));
      },
    });
    expect(() => test.send('Hi')).toThrow(/free some disk space/);
    expect(test.core.turns.active()).toHaveLength(0);
    expect(test.engine.requests).toHaveLength(0);
  });
});

describe('a mistake of ours in mid-turn', () => {
  it('ends the turn as internal, is logged, and the next turn works', async () => {
    const test = await makeCore([{ say: 'fine' }]);
    const { path } = test.core.store.chat;
    Object.assign(test.core.store.chat, {
      path: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    const end = await test.ask('Hi');
    expect(end.message.reply?.fault?.code).toBe('internal');
    expect(test.log.some(({ event }) => event === 'turn.failed')).toBe(true);
    Object.assign(test.core.store.chat, { path });
    expect((await test.ask('Hi', { conversationId: mintId() })).message.status).toBe('complete');
  });
});
