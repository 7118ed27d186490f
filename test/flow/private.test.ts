import dgram from 'node:dgram';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../electron/contract/config.ts';
import { BEFORE } from '../support/fault-rows.ts';
import { AFTER } from '../support/fault-rows-after.ts';
import { matrixCore, WAYS } from '../support/matrix-kit.ts';
import type { MatrixAsk, MatrixCore } from '../support/matrix-kit.ts';
import { mintId } from '../support/scripted-core.ts';
import type { Step } from '../support/scripted-engine.ts';

/** Ways in which the model of this machine can leave a person without an answer, and some in which it does not. */
const LOCAL: readonly (readonly [string, readonly Step[]])[] = [
  ['answers', [{ say: 'from ' }, { say: 'here' }]],
  ['has no memory', [{ fail: 'local_oom' }]],
  ['lost its graphics card', [{ fail: 'gpu_lost' }]],
  ['cannot read its file', [{ fail: 'model_file_corrupt' }]],
  ['finds it too long', [{ fail: 'context_length' }]],
  ['fails in a way nobody knows', [{ fail: 'unknown' }]],
  ['dies', [{ crash: null }]],
  ['dies in the middle', [{ say: 'half' }, { crash: 1 }]],
  ['says nothing', [{ finish: 'stop' }]],
  ['says only white space', [{ say: ' \n' }]],
  ['runs out of room', [{ say: 'half' }, { finish: 'length' }]],
  ['goes in circles', Array.from({ length: 400 }, () => ({ say: 'I am sorry. ' }))],
  ['writes what nobody can read', [{ say: '今天天气很好，我们去公园散步，看到了很多花和鸟。'.repeat(4) }]],
  ['declines', [{ say: 'I’m sorry, but I can’t help with that.' }]],
  ['breaks its own protocol', [{ garbage: { t: 'delta', id: 'x' } }, { say: 'from here' }]],
];

/** Everything that may ask somebody else, switched on: hedges, drafts and their checks, summaries, another provider after a refusal. */
const POLICY = {
  ladder: [
    { to: 'best' },
    { to: 'next' },
    { to: 'cheaper' },
    { to: 'other-provider' },
    { to: 'local' },
    { to: 'starter' },
  ],
  draft: { enabled: true, by: 'local', minConfidence: 1, selfConsistencyTokens: 200, samples: 5, maxDifficulty: 1 },
  context: { summaryBy: 'far/big', summaryMinQuality: 0 },
};
const LIMITS = { hedgeAfterMs: 1, attempts: 20, retries: 5, retryBudget: 1, refusalFallback: true };
const CACHE: Config['cache'] = { exact: 'always', exactTtlSeconds: 60, semantic: true, semanticMaxWrongShare: 0.2 };
const vectors = { id: 'vectors', enabled: true, capabilities: { embeddings: true } };

let matrix: MatrixCore;
beforeAll(async () => {
  matrix = await matrixCore('openai');
});
afterAll(() => matrix.dispose());

/** Where sockets of this process were opened to. */
const opened: string[] = [];
beforeEach(() => {
  opened.length = 0;
  const { connect } = net.Socket.prototype;
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...args: unknown[]) {
    const [first] = args.flat() as [unknown];
    const port = typeof first === 'object' && first !== null ? Reflect.get(first, 'port') : first;
    opened.push(String(port));
    return Reflect.apply(connect, this, args) as net.Socket;
  });
  vi.spyOn(dgram.Socket.prototype, 'send').mockImplementation(() => void opened.push('datagram'));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sockets to anybody but the local API, which is this process itself. */
const outside = (): string[] => opened.filter((port) => port !== new URL(matrix.openai.baseURL).port);

const ask = (more: MatrixAsk) =>
  matrix.ask({
    provider: 'far',
    extraModels: [vectors],
    config: { cache: CACHE },
    policy: POLICY,
    limits: LIMITS,
    private: true,
    ...more,
  });

function expectNothingLeft(): void {
  expect(outside()).toEqual([]);
  expect([matrix.server.requests.length, matrix.server.others.length, matrix.server.connections()]).toEqual([0, 0, 0]);
  expect(matrix.core.store.egress.list({ limit: 10 }).entries).toEqual([]);
}

describe.each(WAYS)('a private question as %s', (way) => {
  it.each(LOCAL)('stays on this machine when its model %s', async (_, steps) => {
    matrix.script({ steps: [{ text: 'from afar' }] });
    matrix.say(steps);
    for (const route of way === 'chat' ? ['auto', 'far/big', 'local'] : ['switchyard/auto', 'far/big']) {
      const { trace } = await ask({ way, route });
      expect(trace.private).toBe(true);
      expect(trace.route === null || trace.route === 'local' || trace.route === 'cached').toBe(true);
      expect(trace.spans.every(({ attributes }) => attributes['providerId'] !== 'far')).toBe(true);
    }
    expectNothingLeft();
  });
});

it('stays on this machine whatever the provider would have answered', async () => {
  matrix.say([{ fail: 'local_oom' }]);
  for (const row of [...BEFORE, ...AFTER]) {
    matrix.script(row.answer('openai'));
    await ask({ way: 'whole', json: true });
    await ask({ way: 'chat' });
  }
  expectNothingLeft();
});

describe.each(WAYS)('a question that only this machine may answer, as %s', (way) => {
  it('is given to nobody outside for a vector either', async () => {
    matrix.say();
    const local = way === 'chat' ? 'local' : 'switchyard/local';
    await ask({ way, private: false, route: local });
    await ask({ way, private: false, policy: { constraints: { kinds: ['local'] } } });
    expectNothingLeft();
  });
});

describe('a conversation that becomes private', () => {
  let matrix: MatrixCore;
  beforeAll(async () => {
    matrix = await matrixCore('openai');
  });
  afterAll(() => matrix.dispose());

  /** A conversation that the provider answered, then everything that was sent is forgotten. */
  async function begun() {
    matrix.script({ steps: [{ text: 'from afar' }] });
    matrix.say();
    const conversationId = mintId();
    const first = await matrix.ask({ way: 'chat', conversationId });
    expect(first.text).toBe('from afar');
    const sent = () => matrix.server.requests.length;
    const before = sent();
    const makePrivate = () => matrix.core.chats.update(conversationId, { private: true });
    return { conversationId, makePrivate, sent: () => sent() - before };
  }

  it('asks only this machine from then on, the model it was with or not', async () => {
    const { conversationId, makePrivate, sent } = await begun();
    // The net that is to catch every socket catches this one; those after it use the same again.
    expect(outside()).toEqual([String(matrix.server.port)]);
    makePrivate();
    const end = await matrix.test.ask('and now?', { conversationId });
    expect(end.message).toMatchObject({ text: 'from here', reply: { route: 'local' } });
    expect(sent()).toBe(0);
  });

  it('keeps a question here that was waiting when the lock was set', async () => {
    const { conversationId, makePrivate, sent } = await begun();
    matrix.script({ steps: [{ text: 'from afar' }, { stall: true }] });
    const live = matrix.test.send('first', { conversationId });
    await matrix.test.seen(live.turnId, 'from afar');
    const waiting = matrix.test.send('second, and secret', { conversationId });
    makePrivate();
    matrix.core.turns.stop(live.turnId);
    const { message } = await matrix.core.turns.ended(waiting.turnId);
    expect(message).toMatchObject({ text: 'from here', reply: { route: 'local' } });
    expect(sent()).toBe(1);
  });

  it('is not sent to the next model outside when the lock is set while the first one fails', async () => {
    const { conversationId, makePrivate, sent } = await begun();
    matrix.script(() => {
      makePrivate();
      return { status: 500, body: '' };
    });
    const end = await matrix.test.ask('once', { conversationId });
    expect(end.message.text).toBe('from here');
    expect(sent()).toBe(1);
  });

  it('is not given away for a vector when the lock is set while it is answered', async () => {
    const { conversationId, makePrivate } = await begun();
    const more: MatrixAsk = { way: 'chat', config: { cache: CACHE }, extraModels: [vectors], provider: 'far' };
    matrix.script(() => {
      makePrivate();
      return { steps: [{ text: 'from afar' }] };
    });
    await matrix.ask({ ...more, conversationId, question: 'the secret one' });
    matrix.script({ steps: [{ text: 'from afar' }] });
    await matrix.ask({ ...more, question: 'another one' });
    const embedded = () => matrix.server.others.map(({ bodyText }) => bodyText).join();
    await vi.waitFor(() => {
      expect(embedded()).toContain('another one');
    });
    expect(embedded()).not.toContain('secret');
  });
});
