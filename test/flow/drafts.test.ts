import { expect, it, onTestFinished, vi } from 'vitest';
import type { Trace } from '../../electron/contract/entities/trace.ts';
import type { AnswerScript } from '../support/providers/script.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import type { Script } from '../support/providers/start-provider.ts';
import { makeCore } from '../support/scripted-core.ts';

const POLICY = {
  name: 'drafting',
  ladder: [{ to: 'best' }, { to: 'next' }],
  constraints: { kinds: ['cloud'] },
  draft: { enabled: true, by: 'cheapest', maxDifficulty: 1 },
};

/** An answer whose words have this probability. */
const sure = (text: string, probability: number): AnswerScript => ({
  steps: [{ text, logprob: Math.log(probability) }],
  usage: { in: 1000, cached: 400, out: 20 },
});

/** A cheap provider drafts, a dear one answers where the draft is doubted. */
async function setUp(cheapScript: Script, dearScript: Script) {
  const [cheap, dear] = await Promise.all([startProvider('openai', cheapScript), startProvider('openai', dearScript)]);
  onTestFinished(() => Promise.all([cheap.close(), dear.close()]).then(() => undefined));
  const made = await makeCore();
  const { core } = made;
  core.policies.save(JSON.stringify(POLICY), 'for a test');
  const some = { enabled: true, contextTokens: 100_000 };
  const small = { ...some, id: 'small', quality: 0.5, usdPerMTokIn: 0.1, usdPerMTokOut: 0.4 };
  const big = { ...some, id: 'big', quality: 0.9, usdPerMTokIn: 2.5, usdPerMTokOut: 10 };
  core.settings.save({
    ...core.settings.config(),
    policy: 'drafting',
    providers: [
      { ...farProvider(cheap.url, [small]), id: 'cheap' },
      { ...farProvider(dear.url, [big]), id: 'dear' },
    ],
  });
  const ask = async (conversationId?: string) => {
    const { turnId, conversation } = made.send('What is the capital?', conversationId ? { conversationId } : {});
    const { message } = await core.turns.ended(turnId);
    const trace = await vi.waitFor((): Trace => {
      const found = core.traces.get(message.reply?.traceId ?? '');
      if (!found || found.status === 'running') throw new Error('not stored yet');
      return found;
    });
    return { text: message.text, reply: message.reply, trace, conversationId: conversation.id };
  };
  return { core, cheap, dear, ask };
}

it('a draft that holds costs what its model takes and saves the rest, to the digit', async () => {
  const { core, dear, ask } = await setUp(sure('Paris', 0.9), sure('Paris', 1));
  const { text, reply, trace } = await ask();
  expect(text).toBe('Paris');
  expect(dear.requests).toHaveLength(0);
  const check = trace.spans.find(({ name }) => name === 'Check the draft');
  expect(check?.attributes).toMatchObject({ passed: true, costUsd: 0.000108, savedUsd: 0.002592 });
  expect(reply).toMatchObject({ costUsd: 0.000108, degraded: false });
  expect(core.spending.status().savedTodayUsd).toBe(0.002592);
});

it('a draft that does not hold is paid for beside the better answer, and saves nothing', async () => {
  const { core, ask } = await setUp(sure('Lyon', 0.2), sure('Paris', 1));
  const { text, reply } = await ask();
  expect(text).toBe('Paris');
  expect(reply).toMatchObject({ costUsd: 0.000108 + 0.0027, degraded: false });
  expect(core.spending.status().savedTodayUsd).toBe(0);
});

it('a conversation whose last draft was good has its next one checked as well', async () => {
  const { cheap, ask } = await setUp(
    (_, number) => (number === 0 ? sure('Paris', 0.9) : sure('Lyon', 0.1)),
    sure('Madrid', 1),
  );
  const first = await ask();
  expect(first.text).toBe('Paris');
  expect((await ask(first.conversationId)).text).toBe('Madrid');
  expect(cheap.requests).toHaveLength(2);
});
