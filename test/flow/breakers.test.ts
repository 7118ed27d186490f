import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { JsonAnswer } from '../../electron/contract/json-answer.ts';
import type { BreakerHistory } from '../../electron/contract/entities/breaker.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { makeCore, makeFolder, openCore } from '../support/scripted-core.ts';
import type { TestCore } from '../support/scripted-core.ts';

const SMALL = [{ id: 'big', enabled: true, quality: 0.9, contextTokens: 100_000, usdPerMTokIn: 1, usdPerMTokOut: 10 }];

/** A provider that is down until it is told otherwise, before a model of this machine. */
async function outage(open: (options: object) => Promise<TestCore>) {
  const state = { down: true };
  const far = await startProvider('openai', () =>
    state.down ? { status: 500, body: { error: { message: 'boom' } } } : {},
  );
  onTestFinished(() => far.close());
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead, monotonicMs: () => systemClock.monotonicMs() + ahead };
  const made = await open({ clock });
  const { settings } = made.core;
  settings.save({ ...settings.config(), policy: 'best-quality', providers: [farProvider(far.url, SMALL)] });
  return { ...made, far, state, clock, forward: (ms: number) => void (ahead += ms) };
}

const history = async ({ core }: TestCore, until: number, since = 0): Promise<BreakerHistory> => {
  const answer = await core.handlers['trace.breakers']({ since, until });
  return answer instanceof JsonAnswer ? (answer.read() as BreakerHistory) : answer;
};
const told = ({ changes }: BreakerHistory) =>
  changes.map(({ of, subject, state, because }) => `${of} ${subject} ${state} ${because}`).toSorted();

describe('what breakers did', () => {
  it('is kept from the outage of a provider to its end: opened, half-open from the stated moment, closed by an answer', async () => {
    const made = await outage((options) => makeCore([{ say: 'from here' }], options));
    const from = made.clock.now();
    for (let at = 0; at < 4; at++) expect((await made.ask('Hi')).message.reply?.route).toBe('local');
    const opened = await history(made, made.clock.now() + 1);
    expect(told(opened)).toEqual(['model far/big open server_error', 'provider far open server_error']);
    for (const { at, until } of opened.changes) {
      expect(at).toBeGreaterThanOrEqual(from);
      expect(until).toBeGreaterThan(at);
    }
    made.state.down = false;
    made.forward(301_000);
    expect((await made.ask('Hi')).message.reply?.route).toBe('cloud');
    const all = await history(made, made.clock.now() + 1);
    expect(told(all)).toEqual([
      'model far/big closed answered',
      'model far/big half-open server_error',
      'model far/big open server_error',
      'provider far closed answered',
      'provider far half-open server_error',
      'provider far open server_error',
    ]);
    const of = (state: string) => all.changes.find((each) => each.state === state && each.of === 'provider');
    expect(of('half-open')?.at).toBe(of('open')?.until);
  });

  it('says of a later time what was open when it began', async () => {
    const made = await outage((options) => makeCore([{ say: 'from here' }], options));
    for (let at = 0; at < 4; at++) await made.ask('Hi');
    const now = made.clock.now() + 1;
    expect(told(await history(made, now + 1000, now))).toEqual([
      'model far/big open server_error',
      'provider far open server_error',
    ]);
  });

  it('ends with the process that remembered it, as far as the next one knows', async () => {
    const dataDir = makeFolder();
    const made = await outage((options) => openCore(dataDir, [{ say: 'from here' }], options));
    for (let at = 0; at < 4; at++) await made.ask('Hi');
    await made.dispose();
    const next = await makeCore([], { dataDir });
    expect(told(await history(next, Number.MAX_SAFE_INTEGER))).toEqual([
      'model far/big closed restart',
      'model far/big open server_error',
      'provider far closed restart',
      'provider far open server_error',
    ]);
  });

  it('is kept as long as traces are', async () => {
    const made = await outage((options) => makeCore([{ say: 'from here' }], options));
    for (let at = 0; at < 4; at++) await made.ask('Hi');
    made.state.down = false;
    made.forward(301_000);
    await made.ask('Hi');
    const now = made.clock.now() + 1;
    made.core.store.traces.removeOldest({ before: now, mostBytes: null }, 32);
    // The last word about each stays: it says that nothing is open.
    expect(told(await history(made, now))).toEqual(['model far/big closed answered', 'provider far closed answered']);
  });
});

describe('a provider that refused us', () => {
  it('is asked again at once where the settings say another address, whoever wrote them', async () => {
    const wrong = await startProvider('openai', { status: 401, body: { error: { message: 'no' } } });
    const right = await startProvider('openai');
    onTestFinished(() => wrong.close());
    onTestFinished(() => right.close());
    const made = await makeCore([{ say: 'from here' }]);
    const { settings } = made.core;
    const standsAt = (url: string) =>
      settings.save({ ...settings.config(), policy: 'best-quality', providers: [farProvider(url, SMALL)] });
    standsAt(wrong.url);
    for (let at = 0; at < 2; at++) expect((await made.ask('Hi')).message.reply?.route).toBe('local');
    expect(wrong.requests).toHaveLength(1);
    standsAt(right.url);
    expect((await made.ask('Hi')).message.reply?.route).toBe('cloud');
  });

  it('is asked again at once at another address, though servers and the way there failed at the one before', async () => {
    const failing = await startProvider('openai', { status: 500, body: { error: { message: 'boom' } } });
    const right = await startProvider('openai');
    onTestFinished(() => failing.close());
    onTestFinished(() => right.close());
    const nobody = await startProvider('openai');
    await nobody.close();
    const made = await makeCore([{ say: 'from here' }]);
    const { settings } = made.core;
    const standsAt = (url: string) =>
      settings.save({ ...settings.config(), policy: 'best-quality', providers: [farProvider(url, SMALL)] });
    for (const wrong of [failing, nobody]) {
      standsAt(wrong.url);
      for (let at = 0; at < 4; at++) expect((await made.ask('Hi')).message.reply?.route).toBe('local');
      standsAt(right.url);
      expect((await made.ask('Hi')).message.reply?.route).toBe('cloud');
    }
  });
});
