import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import type { CallInput, CallName } from '../../electron/contract/calls.ts';
import type { Config } from '../../electron/contract/config.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { traceJson } from '../../electron/telemetry/trace-json.ts';
import type { AnswerScript } from '../support/providers/script.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import type { Script } from '../support/providers/start-provider.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';
import type { TestCore } from '../support/scripted-core.ts';

const afar: AnswerScript = { steps: [{ text: 'Hello ' }, { text: 'from afar.' }], usage: { in: 10, out: 5 } };
const PRICES = { usdPerMTokIn: 100, usdPerMTokOut: 1000 };

/** A core with a model of this machine and one far away; turns are answered here unless a replay says otherwise. */
async function setUp(script: Script = afar, more: Partial<Config> = {}) {
  const far = await startProvider('openai', script);
  onTestFinished(() => far.close());
  const made = await makeCore([{ say: 'from here' }]);
  const { core } = made;
  const provider = farProvider(far.url, [
    { id: 'big', enabled: true, quality: 0.9, contextTokens: 100_000, ...PRICES },
  ]);
  core.settings.save({ ...core.settings.config(), policy: 'offline', providers: [provider], ...more });
  const traceOf = async (text: string, ask: Parameters<TestCore['ask']>[1] = {}) => {
    const { trace } = await made.ask(text, ask);
    if (!trace) throw new Error('It has no trace.');
    return trace;
  };
  return { ...made, far, traceOf };
}

async function ask<N extends CallName>({ core }: Pick<TestCore, 'core'>, name: N, input: CallInput<N>) {
  return answerCall(core.handlers, name, input);
}
const refusal = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'it was not refused',
    (error: unknown) => (error instanceof FaultError ? error.fault.detail : String(error)),
  );
const replayed = (core: TestCore['core'], traceId: string) => {
  const found = core.traces.get(traceId);
  if (!found) throw new Error('The replay is not stored.');
  return found;
};

describe('a replay', () => {
  it('asks another model the same, leaves the conversation alone and says in its trace what it replays', async () => {
    const made = await setUp();
    const { core, traceOf, far } = made;
    const first = await traceOf('What is far?');
    expect(first.modelId).toMatch(/^local\//u);
    const before = core.chats.list();

    const result = await ask(made, 'replay.run', {
      replayId: mintId(),
      traceId: first.id,
      route: 'far/big',
      policy: 'best-quality',
    });
    expect(result).toMatchObject({ answer: 'Hello from afar.', stopped: false, fault: null });

    const trace = replayed(core, (result as { traceId: string }).traceId);
    expect(trace).toMatchObject({ modelId: 'far/big', route: 'cloud', conversationId: null, messageId: null });
    expect(trace.spans[0]?.attributes['replayOf']).toBe(first.id);
    expect(trace.content).toMatchObject({
      answer: 'Hello from afar.',
      messages: [{ role: 'user', text: 'What is far?' }],
    });
    expect(core.chats.list()).toEqual(before);
    expect(far.requests).toHaveLength(1);
  });

  it('says before it is sent which model would be asked and what it would cost, and asks nobody', async () => {
    const made = await setUp();
    const first = await made.traceOf('What is far?');
    const plan = await ask(made, 'replay.plan', { traceId: first.id, route: 'far/big', policy: 'best-quality' });
    expect(plan).toMatchObject({ modelId: 'far/big', route: 'cloud', policy: 'best-quality', private: false });
    const { tokensIn, likelyUsd, mostUsd } = plan as { tokensIn: number; likelyUsd: number; mostUsd: number };
    expect(likelyUsd).toBeCloseTo((tokensIn * 100 + first.tokensOut * 1000) / 1e6, 9);
    expect(mostUsd).toBeGreaterThan(likelyUsd);
    expect(made.far.requests).toHaveLength(0);
  });

  it('of a private conversation stays on this machine, whatever is asked for', async () => {
    const made = await setUp();
    const first = await made.traceOf('a secret', { private: true });
    const wish = { traceId: first.id, route: 'far/big', policy: 'best-quality' };
    expect(await ask(made, 'replay.plan', wish)).toMatchObject({ private: true, route: 'local' });
    const result = await ask(made, 'replay.run', { ...wish, replayId: mintId() });
    const trace = replayed(made.core, (result as { traceId: string }).traceId);
    expect(trace).toMatchObject({ private: true, route: 'local' });
    expect(made.far.requests).toHaveLength(0);
  });

  it('of a conversation that became private since stays on this machine', async () => {
    const made = await setUp();
    const conversationId = mintId();
    const first = await made.traceOf('soon a secret', { conversationId });
    made.core.chats.update(conversationId, { private: true });
    await ask(made, 'replay.run', { replayId: mintId(), traceId: first.id, route: 'far/big', policy: 'best-quality' });
    expect(made.far.requests).toHaveLength(0);
  });

  it('of a replay stays on this machine as well when its conversation became private since, deleted or not', async () => {
    const made = await setUp();
    const conversationId = mintId();
    const first = await made.traceOf('soon a secret', { conversationId });
    const once = await ask(made, 'replay.run', { replayId: mintId(), traceId: first.id });
    const { traceId } = once as { traceId: string };
    const again = () =>
      ask(made, 'replay.run', { replayId: mintId(), traceId, route: 'far/big', policy: 'best-quality' });
    expect(await again()).toMatchObject({ answer: 'Hello from afar.' });
    made.core.chats.update(conversationId, { private: true });
    expect(await again()).toMatchObject({ answer: 'from here' });
    made.core.chats.remove(conversationId);
    expect(await again()).toMatchObject({ answer: 'from here' });
    expect(made.far.requests).toHaveLength(1);
  });

  it('that the budget does not allow reaches no provider', async () => {
    const made = await setUp(afar, { budgets: { perTurnUsd: null, usdPerDay: 0, usdPerMonth: null } });
    const first = await made.traceOf('What is far?');
    await ask(made, 'replay.run', { replayId: mintId(), traceId: first.id, route: 'far/big', policy: 'best-quality' });
    expect(made.far.requests).toHaveLength(0);
  });

  it('is given up when it is stopped, and its trace says so', async () => {
    const made = await setUp({ steps: [{ text: 'Hello ' }, { stall: true }] });
    const first = await made.traceOf('What is far?');
    const replayId = mintId();
    const running = ask(made, 'replay.run', { replayId, traceId: first.id, route: 'far/big', policy: 'best-quality' });
    await vi.waitFor(() => expect(made.far.requests).toHaveLength(1), { timeout: 20_000 });
    await ask(made, 'replay.stop', { replayId });
    const result = (await running) as { traceId: string; stopped: boolean };
    expect(result.stopped).toBe(true);
    expect(replayed(made.core, result.traceId).status).toBe('stopped');
  });

  it('puts another prompt version in front', async () => {
    const made = await setUp();
    const first = await made.traceOf('What is far?');
    const prompt = made.core.prompts.create({ name: 'short', text: 'Be short.', note: '' });
    const [version] = made.core.prompts.versions(prompt.id);
    const result = await ask(made, 'replay.run', {
      replayId: mintId(),
      traceId: first.id,
      promptVersionId: version?.id ?? '',
    });
    const trace = replayed(made.core, (result as { traceId: string }).traceId);
    expect(trace.promptVersionId).toBe(version?.id);
    expect(trace.content?.messages).toEqual([
      { role: 'system', text: 'Be short.' },
      { role: 'user', text: 'What is far?' },
    ]);
  });

  it('keeps no word where traces keep none, and answers all the same', async () => {
    const made = await setUp();
    const first = await made.traceOf('What is far?');
    const config = made.core.settings.config();
    made.core.settings.save({ ...config, data: { ...config.data, traceText: 'none' } });
    const result = await ask(made, 'replay.run', { replayId: mintId(), traceId: first.id });
    expect(result).toMatchObject({ answer: 'from here' });
    const trace = replayed(made.core, (result as { traceId: string }).traceId);
    expect(trace.content).toBeUndefined();
    expect(trace.preview).toBe('');
  });

  it('can itself be replayed', async () => {
    const made = await setUp();
    const first = await made.traceOf('What is far?');
    const once = await ask(made, 'replay.run', { replayId: mintId(), traceId: first.id });
    const again = await ask(made, 'replay.run', { replayId: mintId(), traceId: (once as { traceId: string }).traceId });
    expect(again).toMatchObject({ answer: 'from here', fault: null });
  });

  it.each([
    ['a trace that is not there', { traceId: '00000000-0000-7000-8000-000000000000' }, /not there/u],
    ['a model that is not listed', { route: 'far/gone' }, /no model far\/gone/u],
    ['a policy that is not there', { policy: 'nobodys' }, /no policy/u],
    [
      'a prompt version that is not there',
      { promptVersionId: '00000000-0000-7000-8000-000000000000' },
      /no such prompt version/u,
    ],
  ])('refuses %s with a sentence that says what to do', async (_, wish, sentence) => {
    const made = await setUp();
    const first = await made.traceOf('What is far?');
    expect(await refusal(ask(made, 'replay.run', { replayId: mintId(), traceId: first.id, ...wish }))).toMatch(
      sentence,
    );
    expect(await refusal(ask(made, 'replay.plan', { traceId: first.id, ...wish }))).toMatch(sentence);
  });

  it('of a request whose words were not kept is refused with what to set', async () => {
    const made = await setUp();
    const { traceId } = await drained(made, false);
    expect(await refusal(ask(made, 'replay.plan', { traceId }))).toContain('Settings');
  });
});

/** One request of no conversation, answered to its end and stored. */
async function drained({ core }: TestCore, whole: boolean) {
  const config = core.settings.config();
  core.settings.save({ ...config, data: { ...config.data, traceText: whole ? 'whole' : 'preview' } });
  const key = `sk-${'a1B2'.repeat(10)}`;
  const { traceId, events } = core.complete.start(
    {
      messages: [{ role: 'user', text: `it's my key ${key}` }],
      route: 'auto',
      sampling: { temperature: 0.5 },
      stop: [],
      source: 'api',
    },
    new AbortController().signal,
  );
  for await (const event of events) if (event.kind === 'fault') throw new Error(event.fault.detail);
  core.traces.get(traceId);
  return { traceId, key };
}

describe('what a trace says in words', () => {
  it('comes from its conversation: every message that was sent and the answer', async () => {
    const made = await setUp();
    const conversationId = mintId();
    await made.traceOf('first', { conversationId });
    const second = await made.traceOf('second', { conversationId });
    expect(await ask(made, 'trace.messages', { traceId: second.id })).toEqual({
      messages: [
        { role: 'user', text: 'first' },
        { role: 'assistant', text: 'from here' },
        { role: 'user', text: 'second' },
      ],
      omitted: 0,
      answer: 'from here',
      from: 'conversation',
      missing: null,
    });
  });

  it('is kept of a request of the local API only where the settings say so, with its keys hidden', async () => {
    const made = await setUp();
    const plain = await drained(made, false);
    expect(await ask(made, 'trace.messages', { traceId: plain.traceId })).toMatchObject({
      from: 'none',
      missing: 'not-kept',
    });
    const { traceId, key } = await drained(made, true);
    const said = JSON.stringify(await ask(made, 'trace.messages', { traceId }));
    expect(said).toContain("it's my key [key]");
    expect(said).toContain('from here');
    expect(said).not.toContain(key);
  });

  it('is gone with its conversation, and the answer says so', async () => {
    const made = await setUp();
    const conversationId = mintId();
    const trace = await made.traceOf('gone soon', { conversationId });
    made.core.chats.remove(conversationId);
    expect(await ask(made, 'trace.messages', { traceId: trace.id })).toMatchObject({
      from: 'none',
      missing: 'removed',
    });
  });
});

describe('a trace on the clipboard', () => {
  const copy = async (made: TestCore, traceId: string, as: CallInput<'trace.copy'>['as']) =>
    ((await ask(made, 'trace.copy', { traceId, as })) as { text: string }).text;

  it('as JSON is what the command line prints', async () => {
    const made = await setUp();
    const { id } = await made.traceOf('What is far?');
    const whole = made.core.traces.get(id);
    expect(JSON.parse(await copy(made, id, 'json'))).toEqual(whole && JSON.parse(JSON.stringify(traceJson(whole))));
  });

  it('as OTLP keeps every step', async () => {
    const made = await setUp();
    const { id } = await made.traceOf('What is far?');
    const otlp = JSON.parse(await copy(made, id, 'otlp')) as {
      resourceSpans: { scopeSpans: { spans: unknown[] }[] }[];
    };
    expect(otlp.resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(made.core.traces.get(id)?.spans.length ?? 0);
  });

  it('as curl is a command that a shell runs as it stands: the provider gets the same request again', async () => {
    const made = await setUp(afar, { policy: 'best-quality' });
    const { id } = await made.traceOf(`it's "far", \`really\` $HOME \\ 远`, { route: 'far/big' });
    const [asked] = made.far.requests;
    const command = await copy(made, id, 'curl-provider');
    expect(command).toContain('$PATH');
    expect(command).not.toContain(process.env['PATH'] ?? 'no path');
    const sent = shown(command, { PATH: process.env['PATH'] ?? '' });
    expect(JSON.parse(sent.body)).toEqual(asked?.body);
    expect(sent.headers).toContain(`authorization: Bearer ${process.env['PATH'] ?? ''}`);
  });

  it('as curl for the local API names the model that answered and takes the token from the environment', async () => {
    const made = await setUp();
    const trace = await made.traceOf('What is far?');
    const { headers, body, url } = shown(await copy(made, trace.id, 'curl-api'), { SWITCHYARD_TOKEN: 'sesame' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions$/u);
    expect(headers).toContain('authorization: Bearer sesame');
    expect(JSON.parse(body)).toMatchObject({
      model: trace.modelId,
      messages: [{ role: 'user', content: 'What is far?' }],
    });
  });

  it('of an answer of this machine is no request to a provider, and says what to copy instead', async () => {
    const made = await setUp();
    const { id } = await made.traceOf('What is far?');
    expect(await refusal(copy(made, id, 'curl-provider'))).toContain('local API');
  });
});

/** What a POSIX shell hands to curl. */
function shown(command: string, env: Readonly<Record<string, string>>) {
  const script = `curl() { for part; do printf '%s\\0' "$part"; done; }\n${command}`;
  const parts = execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0');
  const headers = parts.flatMap((part, at) => (parts[at - 1] === '-H' ? [part] : []));
  return { url: parts[0] ?? '', headers, body: parts[parts.indexOf('-d') + 1] ?? '' };
}
