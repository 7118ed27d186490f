import { APIError } from 'openai';
import { describe, expect, it, vi } from 'vitest';
import type { AnswerScript } from '../support/providers/script.ts';
import { hello, routedApi as setUp } from '../support/routed-api.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];

describe('the official clients through the router to a provider', () => {
  it.each(['openai', 'anthropic', 'google'] as const)(
    'an answer of a %s wire comes whole and streamed, in both dialects, with its cost in the trace',
    async (wire) => {
      const { openai, anthropic, traceOf } = await setUp(wire);
      const { data, response } = await openai.chat.completions.create({ model: 'far/big', messages }).withResponse();
      expect(data.choices[0]?.message.content).toBe('Hello from afar.');
      expect(response.headers.get('x-switchyard-route')).toBe('far/big');
      const trace = await traceOf(response.headers.get('x-switchyard-trace-id'));
      expect(trace).toMatchObject({ route: 'cloud', modelId: 'far/big', tokensIn: 10, tokensOut: 5, status: 'ok' });
      expect(trace.costUsd).toBeCloseTo((10 * 100 + 5 * 1000) / 1e6, 9);

      let streamed = '';
      for await (const chunk of await openai.chat.completions.create({ model: 'far/big', messages, stream: true }))
        streamed += chunk.choices[0]?.delta.content ?? '';
      expect(streamed).toBe('Hello from afar.');

      const claude = await anthropic.messages.create({ model: 'far/big', max_tokens: 100, messages });
      expect(claude.content).toMatchObject([{ type: 'text', text: 'Hello from afar.' }]);
      const live = anthropic.messages.stream({ model: 'far/big', max_tokens: 100, messages });
      expect(await live.finalText()).toBe('Hello from afar.');
    },
  );

  it.each(['openai', 'anthropic', 'google'] as const)(
    'tools go out and their calls come back over the %s wire',
    async (wire) => {
      const call = { index: 0, id: 'call_1', name: 'weather', argumentsText: '{"city":"Oslo"}' };
      const { openai, far } = await setUp(wire, { steps: [{ tool: call }], finish: 'tool_calls' });
      const parameters = { type: 'object', properties: { city: { type: 'string' } } };
      const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
      const { choices } = await openai.chat.completions.create({ model: 'far/big', messages, tools });
      const made = choices[0]?.message.tool_calls?.[0];
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(made).toMatchObject({ function: { name: 'weather' } });
      expect(JSON.parse(made?.type === 'function' ? made.function.arguments : '')).toEqual({ city: 'Oslo' });
      expect(JSON.stringify(far.requests[0]?.body)).toContain('weather');
    },
  );

  it.each([
    ['openai', { parallel_tool_calls: false }],
    ['anthropic', { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }],
  ] as const)(
    'one call at a time is asked of a provider of the %s wire, and never without tools',
    async (wire, asked) => {
      const { openai, far } = await setUp(wire);
      const parameters = { type: 'object', properties: {} };
      const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
      await openai.chat.completions.create({ model: 'far/big', messages, tools, parallel_tool_calls: false });
      expect(far.requests[0]?.body).toMatchObject(asked);
      await openai.chat.completions.create({ model: 'far/big', messages, parallel_tool_calls: false });
      expect(far.requests[1]?.bodyText).not.toContain('parallel');
    },
  );

  it.each([
    ['openai', { presence_penalty: 0.5, frequency_penalty: -1 }],
    ['anthropic', {}],
    ['google', {}],
  ] as const)('penalties go to who takes them: %s', async (wire, sent) => {
    const { openai, far } = await setUp(wire);
    const ask = { model: 'far/big', messages };
    await openai.chat.completions.create({ ...ask, presence_penalty: 0.5, frequency_penalty: -1 });
    expect(far.requests[0]?.body).toMatchObject(sent);
    expect(far.requests[0]?.bodyText.match(/penalty/giu) ?? []).toHaveLength(Object.keys(sent).length);
  });

  it('the stop sequence that ended an answer is named, whoever cut it', async () => {
    // The provider goes on although it was told to stop.
    const { anthropic } = await setUp('openai', { steps: [{ text: 'one EN' }, { text: 'D two' }] });
    const cut = { model: 'far/big', max_tokens: 50, messages, stop_sequences: ['STOP', 'END'] };
    const whole = await anthropic.messages.create(cut);
    expect(whole).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END', content: [{ text: 'one ' }] });
    const live = await anthropic.messages.stream(cut).finalMessage();
    expect(live).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END', content: [{ text: 'one ' }] });
  });

  it('reasoning reaches who reads along while the model still thinks', async () => {
    let letGo: (value: unknown) => void = () => undefined;
    const hold = new Promise((resolve) => (letGo = resolve));
    const { openai } = await setUp('openai', { steps: [{ reasoning: 'Hm.' }, { hold }, { text: 'Yes.' }] });
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ model: 'far/big', messages, stream: true })) {
      if (JSON.stringify(chunk).includes('Hm.')) letGo(null);
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('Yes.');
  });

  it('a schema goes out, and an answer that breaks it is asked for again before anybody sees it', async () => {
    const { openai, far } = await setUp('openai', (_, number) => ({
      steps: [{ text: number === 0 ? 'sorry, no' : '{"city":"Oslo"}' }],
    }));
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    const { choices } = await openai.chat.completions.create({
      model: 'far/big',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
    });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ city: 'Oslo' });
    expect(far.requests).toHaveLength(2);
  });

  it.each([true, false])(
    'a refusal in place of an answer is told in the model’s own words, streamed: %s',
    async (stream) => {
      const { openai, traceOf } = await setUp('openai', { steps: [], finish: 'refused' });
      const detail = 'The model declined to answer (I cannot help with that).';
      const error: unknown = await openai.chat.completions
        .create({ model: 'far/big', messages, stream })
        .catch((thrown: unknown) => thrown);
      if (!(error instanceof APIError)) throw new Error('It was answered.');
      expect(error).toMatchObject({ code: 'refused', error: { message: detail } });
      const { spans } = await traceOf(error.requestID);
      expect(spans.find(({ parentId }) => parentId === null)?.fault).toMatchObject({ code: 'refused', detail });
    },
  );

  it('a refusal that repeats what was asked is told without it', async () => {
    const { openai } = await setUp('openai', { steps: [], finish: 'refused' });
    const asked = [{ role: 'user' as const, content: 'Say: I cannot help with that.' }];
    await expect(openai.chat.completions.create({ model: 'far/big', messages: asked })).rejects.toMatchObject({
      error: { message: 'The model declined to answer.' },
    });
  });

  it('a provider that is gone is told by the status the last step allows, with its trace', async () => {
    const { openai, far, traceOf } = await setUp('openai');
    await far.close();
    const { data, response } = await openai.chat.completions
      .create({ model: 'switchyard/auto', messages })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe('from here');
    expect(response.headers.get('x-switchyard-degraded')).toBe('1');
    const { decision, spans } = await traceOf(response.headers.get('x-switchyard-trace-id'));
    expect(decision?.ladder?.[0]).toBe('far/big');
    expect(spans.find(({ kind }) => kind === 'attempt')?.fault?.code).toBe('network');
  });
});

describe('money, memory and twins', () => {
  it('50 requests at once never spend more than what is left of the day', async () => {
    const limit = 0.05;
    const { openai, core, far } = await setUp('openai', hello, {
      budgets: { perTurnUsd: null, usdPerDay: limit, usdPerMonth: null },
    });
    const asked = Array.from({ length: 50 }, (_, number) =>
      openai.chat.completions.create({
        model: 'far/big',
        max_tokens: 8,
        messages: [{ role: 'user', content: `question ${String(number)}` }],
      }),
    );
    await Promise.allSettled(asked);
    await vi.waitFor(() => {
      if (core.traces.list({}, null, 100).rows.length < 50) throw new Error('not stored yet');
    });
    const { costUsd } = core.store.usage.sums(0, Date.now() + 1000);
    expect(costUsd).toBeLessThanOrEqual(limit);
    expect(costUsd).toBeGreaterThan(0);
    expect(far.requests.length).toBeLessThan(50);
  });

  it('100 identical requests in flight make one call, and one that leaves ends nobody else', async () => {
    let release: () => void = () => undefined;
    const hold = new Promise<void>((done) => (release = done));
    const { openai, far, url, token } = await setUp('openai', {
      steps: [{ text: 'one ' }, { hold }, { text: 'answer' }],
    });
    const leaves = new AbortController();
    const gone = openai.chat.completions.create({ model: 'far/big', messages }, { signal: leaves.signal }).then(
      () => 'answered',
      () => 'gone',
    );
    const asked = Array.from({ length: 99 }, () => openai.chat.completions.create({ model: 'far/big', messages }));
    const inFlight = async (): Promise<number> => {
      const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      return Number(/^switchyard_requests_in_flight (\d+)/mu.exec(await metrics.text())?.[1]);
    };
    // The one that asks for the number is not counted among them.
    await vi.waitFor(async () => expect(await inFlight()).toBeGreaterThanOrEqual(100), { timeout: 10_000 });
    leaves.abort();
    expect(await gone).toBe('gone');
    release();
    const texts = (await Promise.all(asked)).map(({ choices }) => choices[0]?.message.content);
    expect(new Set(texts)).toEqual(new Set(['one answer']));
    expect(far.requests).toHaveLength(1);
  });

  it('answers the same sure question from memory: marked, free and traced', async () => {
    const { openai, far, traceOf } = await setUp('openai');
    const ask = () => openai.chat.completions.create({ model: 'far/big', messages, temperature: 0 }).withResponse();
    const first = await ask();
    const second = await ask();
    expect(second.data.choices[0]?.message.content).toBe(first.data.choices[0]?.message.content);
    expect(second.response.headers.get('x-switchyard-cache')).toBe('exact');
    expect(far.requests).toHaveLength(1);
    const trace = await traceOf(second.response.headers.get('x-switchyard-trace-id'));
    expect(trace).toMatchObject({ route: 'cached', costUsd: 0, modelId: 'far/big' });
  });

  it('gives no answer from memory to a place whose questions the policy keeps here', async () => {
    const cache = { exact: 'always', exactTtlSeconds: 60, semantic: false, semanticMaxWrongShare: 0.01 } as const;
    const { core, openai, ask } = await setUp('openai', hello, { cache });
    const rule = (more: string) =>
      `name: kept\nobjective: {quality: 1}\nrules: [{name: Here, when: {mentions: [VAT]${more}}, then: {kinds: [local]}}]\n`;
    const asked = async () => {
      const question = [{ role: 'user' as const, content: 'What is VAT?' }];
      const { response } = await openai.chat.completions
        .create({ model: 'switchyard/auto', messages: question })
        .withResponse();
      return ['x-switchyard-route', 'x-switchyard-cache'].map((name) => response.headers.get(name));
    };
    core.policies.save(rule(', source: [api]'), 'for a test');
    core.settings.save({ ...core.settings.config(), policy: 'kept' });
    expect((await ask('What is VAT?', { route: 'auto' })).message.reply?.route).toBe('cloud');
    expect(await asked()).toEqual([expect.stringMatching(/^local\//u), null]);
    // Where no rule asks for the place, it does not matter.
    core.policies.save(rule(', source: [api]').replace('VAT', 'TAX').replace(', source: [api]', ''), 'for a test');
    await ask('What is VAT?', { route: 'auto' });
    expect(await asked()).toEqual(['far/big', 'exact']);
  });

  it('makes vectors of texts, several requests together', async () => {
    const { openai, far, addVectors } = await setUp('openai');
    addVectors();
    // Together means within a few milliseconds, which a busy machine stretches: of many, most share a call.
    const inputs = Array.from({ length: 40 }, (_, index) => `text ${String(index)}`);
    const answers = await Promise.all(inputs.map((input) => openai.embeddings.create({ model: 'far/vectors', input })));
    for (const { data } of answers) expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 4);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data[0]?.embedding))).size).toBe(inputs.length);
    const calls = far.others.filter(({ path }) => path.includes('embeddings')).length;
    expect(calls).toBeLessThan(inputs.length / 2);
  });

  it('says to a client when a provider that kept failing is asked again, and that it is worth while', async () => {
    const { url, token, core, far } = await setUp('openai', { status: 500, error: { code: 'x', message: 'It broke' } });
    const [provider] = core.settings.config().providers;
    const models = provider?.models.map((model) => ({ ...model, capabilities: { vision: true } })) ?? [];
    core.settings.save({ ...core.settings.config(), providers: provider ? [{ ...provider, models }] : [] });
    // No model of this machine sees.
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    const ask = () =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'far/big', messages: [{ role: 'user', content: [image] }] }),
      });
    let sent = -1;
    let response = await ask();
    for (let times = 0; sent !== far.requests.length && times < 10; times++) {
      sent = far.requests.length;
      response = await ask();
    }
    expect(far.requests).toHaveLength(sent);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^(?:1\d|20)$/u);
    expect(response.headers.get('x-should-retry')).toBeNull();
  });

  it('names the trace of vectors that were not made', async () => {
    const { url, token, far, addVectors, traceOf } = await setUp('openai', {
      status: 401,
      error: { code: 'invalid_api_key', message: 'Incorrect API key provided' },
    });
    far.vectors(false);
    addVectors();
    const response = await fetch(`${url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'far/vectors', input: 'rain' }),
    });
    expect(response.ok).toBe(false);
    const trace = await traceOf(response.headers.get('x-switchyard-trace-id'));
    expect(trace).toMatchObject({ status: 'failed', faultCode: 'auth', modelId: 'far/vectors' });
  });
});

describe('a policy tried on what was asked', () => {
  const POLICY = `name: other
objective: {quality: 1}
rules:
  - name: Tax stays here
    when: {mentions: [VAT], source: [api]}
    then: {kinds: [local]}
`;

  it('decides questions of the API as those of chats again, by all their words, and asks nobody', async () => {
    const data = { traceText: 'whole' } as const;
    const { core, ask, openai, traceOf, far } = await setUp('openai', hello);
    core.settings.save({ ...core.settings.config(), data: { ...core.settings.config().data, ...data } });
    const long = `${'Read this letter and answer it. '.repeat(20)} It is about VAT.`;
    const { response } = await openai.chat.completions
      .create({ model: 'switchyard/auto', messages: [{ role: 'user', content: long }] })
      .withResponse();
    await traceOf(response.headers.get('x-switchyard-trace-id'));
    await ask('And what is VAT?', { route: 'auto' });
    const asked = far.requests.length;

    const all = core.policies.dryRun(POLICY, { limit: 10 });
    expect(all.rows.map(({ source, was, wouldBe }) => [source, was, wouldBe?.split('/')[0]])).toEqual([
      ['app', 'far/big', 'far'],
      ['api', 'far/big', 'local'],
    ]);
    expect(all.changed).toBe(1);
    expect(core.policies.dryRun(POLICY, { source: 'api', limit: 10 }).rows).toHaveLength(1);
    expect(far.requests).toHaveLength(asked);
  });
});

describe('the log of what left the machine', () => {
  it('says which conversation or token each request was for, and how its answer ended', async () => {
    const cut: AnswerScript = { steps: [{ text: 'Half an ' }, { cut: 'reset' }], finish: null };
    const { core, ask, openai } = await setUp('openai', (_, number) => (number === 0 ? hello : cut));
    await openai.chat.completions.create({ model: 'far/big', messages });
    await ask('What is the tax on tea?', { route: 'far/big' });
    const { entries } = core.spending.egress({ limit: 10 });
    const [api, ...chat] = entries.toReversed();
    const ofNone = { conversationId: null, conversationTitle: null };
    expect(api).toMatchObject({ tokenName: 'test', ...ofNone, status: 200, outcome: 'whole' });
    // Asked again while nothing was visible: each attempt left, so each has its row.
    expect(chat.length).toBeGreaterThan(0);
    for (const entry of chat)
      expect(entry).toMatchObject({
        tokenName: null,
        conversationTitle: 'What is the tax on tea?',
        status: 200,
        outcome: 'cut',
      });
  });
});

describe('a private conversation', () => {
  const faults: readonly [string, AnswerScript][] = [
    ['answers', hello],
    ['fails', { status: 500, body: { error: { message: 'no' } } }],
    ['breaks off', { steps: [{ text: 'He' }, { cut: 'reset' }], finish: null }],
    ['refuses the key', { status: 401, body: { error: { message: 'no' } } }],
  ];
  it.each(faults)('sends nothing to a provider that %s, whatever the policy and the route say', async (_, script) => {
    const { core, far, ask, openai, engine } = await setUp('openai', script, {
      cache: { exact: 'always', exactTtlSeconds: 60, semantic: true, semanticMaxWrongShare: 0.2 },
    });
    for (const route of ['auto', 'far/big', 'local']) await ask('a secret', { route, private: true });
    await ask('a secret', { route: 'auto', private: true });
    await openai.chat.completions
      .create({ model: 'far/big', messages }, { headers: { 'x-switchyard-private': '1' } })
      .catch(() => undefined);
    expect([far.requests.length, far.others.length]).toEqual([0, 0]);
    expect(core.store.egress.list({ limit: 10 }).entries).toEqual([]);
    expect(engine.requests.length).toBeGreaterThan(0);
  });
});
