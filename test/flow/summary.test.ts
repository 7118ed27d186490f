import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProviderConfig } from '../../electron/contract/providers.ts';
import type { Config } from '../../electron/contract/config.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { makeCore, makeFolder } from '../support/scripted-core.ts';
import type { ScriptedEngineOptions, Step } from '../support/scripted-engine.ts';

/** The model that ships with the app is too small to summarise by the built-in policies. */
const POLICY = `name: mine
constraints: {kinds: [local]}
ladder: [{to: best}]
context: {summaryMinQuality: 0}
`;
const TASK = 'You shorten conversations.';
const isSummary = ({ messages }: { readonly messages: readonly { readonly text: string }[] }): boolean =>
  messages[0]?.text.startsWith(TASK) ?? false;
/** About 200 tokens by the scripted count, of the 768 that history may have in a context of 1,024. */
const long = (topic: string): string => `${topic} ${'word '.repeat(199)}`.trim();

const remembering: ScriptedEngineOptions['script'] = (request): readonly Step[] =>
  isSummary(request) ? [{ say: 'They like tea.', tokens: 4 }] : [{ say: 'Yes.' }];

async function setUp(policy = POLICY, script = remembering, config: Partial<Config> = {}) {
  const dataDir = makeFolder();
  mkdirSync(join(dataDir, 'policies'));
  writeFileSync(join(dataDir, 'policies', 'mine.yaml'), policy);
  const made = await makeCore(script, { dataDir, engine: { contextTokens: 1024 } });
  made.core.settings.save({ ...made.core.settings.config(), policy: 'mine', ...config });
  const talk = async (count: number, more: Parameters<typeof made.ask>[1] = {}) => {
    const first = await made.ask(long('topic0'), more);
    const conversationId = first.conversation.id;
    let end = first;
    for (let at = 1; at < count; at++) end = await made.ask(long(`topic${String(at)}`), { conversationId });
    return end;
  };
  const traceOf = (end: Awaited<ReturnType<typeof talk>>) => made.core.traces.get(end.message.reply?.traceId ?? '');
  return { ...made, talk, traceOf };
}

describe('a conversation that outgrows the context of its model', () => {
  it('goes on with a summary of its older turns, which is said and stands in the trace', async () => {
    const { engine, talk, traceOf } = await setUp();
    const end = await talk(4);
    const sent = engine.requests.at(-1)?.messages ?? [];
    expect(sent[0]).toMatchObject({ role: 'system' });
    expect(sent[0]?.text).toContain('They like tea.');
    expect(sent[1]).toMatchObject({ role: 'user' });
    expect(sent.at(-1)?.text).toContain('topic3');
    expect(sent.some(({ text }) => text.startsWith('topic0'))).toBe(false);
    expect(end.message.reply).toMatchObject({ degraded: true });
    expect(end.message.reply?.degradedReason).toMatch(/^Shortened by summary: the oldest \d messages were sent/u);
    const trace = traceOf(end);
    const step = trace?.spans.find(({ name }) => name === 'Summarise older messages');
    expect(step?.attributes).toMatchObject({ summary: true, tokensOut: 4, costUsd: 0 });
    expect(trace?.spans.some(({ kind, parentId }) => kind === 'attempt' && parentId === step?.id)).toBe(true);
  });

  it('is summarised once: later turns, and later runs of the app, use what was stored', async () => {
    const { core, engine, ask, talk, traceOf, dataDir, dispose } = await setUp();
    const { conversation } = await talk(4);
    const made = engine.requests.filter(isSummary).length;
    expect(made).toBeGreaterThan(0);
    const again = await ask('short', { conversationId: conversation.id });
    expect(engine.requests.filter(isSummary)).toHaveLength(made);
    expect(again.message.reply?.degradedReason).toMatch(/Shortened by summary/u);
    expect(traceOf(again)?.spans.some(({ name }) => name === 'Use the stored summary')).toBe(true);
    expect(core.store.chat.summaries(conversation.id)).toMatchObject([{ text: 'They like tea.' }]);
    await dispose();
    const next = await makeCore(remembering, { dataDir, engine: { contextTokens: 1024 } });
    await next.ask('short too', { conversationId: conversation.id });
    expect(next.engine.requests.filter(isSummary)).toHaveLength(0);
    expect(next.engine.requests.at(-1)?.messages[0]?.text).toContain('They like tea.');
  });

  it('has its summary carried on when it grows further', async () => {
    const { core, engine, talk } = await setUp();
    const { conversation } = await talk(8);
    expect(core.store.chat.summaries(conversation.id).length).toBeGreaterThan(1);
    const last = engine.requests.findLast(isSummary);
    expect(last?.messages[1]?.text).toContain('What came before, in short:\nThey like tea.');
    expect(last?.messages[1]?.text).not.toContain('topic0');
  });

  it('loses its oldest messages when nobody can summarise them, and says so', async () => {
    const failing: ScriptedEngineOptions['script'] = (request) =>
      isSummary(request) ? [{ finish: 'stop' }] : [{ say: 'Yes.' }];
    const { core, talk } = await setUp(POLICY, failing);
    const end = await talk(4);
    expect(end.message.status).toBe('complete');
    expect(end.message.reply?.degradedReason).toMatch(/^The oldest \d messages were left out/u);
    expect(core.store.chat.summaries(end.conversation.id)).toEqual([]);
  });

  it('is only cut where the policy names no summary, and by a model too small to write one', async () => {
    for (const context of ['{tooLong: [larger, trim], summaryMinQuality: 0}', '{}']) {
      const { engine, talk } = await setUp(POLICY.replace(/\{summaryMinQuality: 0\}/u, context));
      const end = await talk(4);
      expect(engine.requests.filter(isSummary)).toHaveLength(0);
      expect(end.message.reply?.degradedReason).toMatch(/left out/u);
    }
  });

  it('is refused rather than cut where the policy allows neither', async () => {
    const { talk } = await setUp(POLICY.replace('{summaryMinQuality: 0}', '{tooLong: []}'));
    const end = await talk(4);
    expect(end.message.reply?.fault?.code).toBe('context_length');
  });
});

describe('who summarises', () => {
  async function withProvider(policy: string, provider: Partial<ProviderConfig> = {}) {
    const far = await startProvider('openai', (seen) => ({
      steps: [{ text: JSON.stringify(seen.body).includes(TASK) ? 'They like coffee.' : 'Far yes.' }],
      usage: { in: Math.ceil(seen.bodyText.length / 4), out: 10 },
    }));
    onTestFinished(() => far.close());
    const model = { id: 'big', enabled: true, quality: 0.9, contextTokens: 1024, usdPerMTokIn: 1, usdPerMTokOut: 10 };
    const config: ProviderConfig = { ...farProvider(far.url, [model]), ...provider };
    return { far, ...(await setUp(policy, remembering, { providers: [config] })) };
  }

  it('is the provider that answers, and the reply costs both calls', async () => {
    const { far, core, talk, traceOf } = await withProvider('name: mine\nladder: [{to: far/big}]\n');
    const end = await talk(3, { route: 'far/big' });
    const asked = far.requests.filter(({ bodyText }) => bodyText.includes(TASK)).length;
    expect(asked).toBeGreaterThan(0);
    const trace = traceOf(end);
    const step = trace?.spans.find(({ name }) => name === 'Summarise older messages');
    const lines = core.traces.usage(0, Date.now() + 1000).filter(({ traceId }) => traceId === trace?.id);
    expect(lines).toHaveLength(asked + 1);
    const costs = lines.map(({ tokensIn, tokensOut }) => (tokensIn + tokensOut * 10) / 1e6);
    expect(trace?.costUsd).toBeCloseTo(
      costs.reduce((sum, usd) => sum + usd, 0),
      9,
    );
    expect(step?.attributes['modelId']).toBe('far/big');
    expect(step?.attributes['costUsd']).toBeCloseTo(
      costs.slice(0, asked).reduce((sum, usd) => sum + usd, 0),
      9,
    );
  });

  it('is nobody outside for a private conversation, whatever the policy says: not a byte leaves', async () => {
    const policy =
      'name: mine\nladder: [{to: local}, {to: next}]\ncontext: {summaryBy: far/big, summaryMinQuality: 0}\n';
    const { far, engine, talk } = await withProvider(policy);
    const end = await talk(4, { private: true });
    expect(end.message.reply?.degradedReason).toMatch(/left out/u);
    expect(engine.requests.filter(isSummary)).toHaveLength(0);
    expect(far.requests).toHaveLength(0);
  });

  it('is nobody outside for words that are answered here, even when they are not private', async () => {
    const policy =
      'name: mine\nrules: [{name: Local, then: {prefer: [local/*]}}]\ncontext: {summaryBy: far/big, summaryMinQuality: 0}\n';
    const { far, talk } = await withProvider(policy);
    await talk(4);
    expect(far.requests).toHaveLength(0);
  });
});
