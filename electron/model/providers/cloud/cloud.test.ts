import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudAt, listen, loggedEgress, openOrigin, question } from '../../../../test/support/providers/ask.ts';
import type { CloudKind, Heard } from '../../../../test/support/providers/ask.ts';
import type { AnswerScript, Wire } from '../../../../test/support/providers/script.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';
import type { LoopbackProvider, Script } from '../../../../test/support/providers/start-provider.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelRequest } from '../../model.ts';
import { field, list } from './json.ts';

const KINDS: readonly CloudKind[] = ['openai', 'anthropic', 'google', 'openai-compatible'];
const wireOf = (kind: CloudKind): Wire => (kind === 'openai-compatible' ? 'openai' : kind);

let egress: Egress;
let server: LoopbackProvider | null = null;

beforeEach(() => {
  egress = loggedEgress().egress;
});

afterEach(async () => {
  egress.dispose();
  await server?.close();
  server = null;
});

async function ask(kind: CloudKind, script: Script, more: Partial<ModelRequest> = {}, config = {}): Promise<Heard> {
  server = await startProvider(wireOf(kind), script);
  return listen(cloudAt(kind, server.url, egress, config).generate(question(more), new AbortController().signal));
}

/** A field deep in the body of the request that was sent. */
const sent = (...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, name) => (typeof name === 'number' ? list(value)[name] : field(value, name)),
    server?.requests.at(-1)?.body,
  );

it('says that the content filter of a provider failed, and passes its answer on', async () => {
  const results = { error: { code: 'content_filter_error', message: 'The contents are not filtered' } };
  const chunk = { choices: [{ index: 0, delta: { content: 'Hi' }, content_filter_results: results }] };
  const heard = await ask('openai-compatible', { steps: [{ raw: `data: ${JSON.stringify(chunk)}\n\n` }] });
  expect(heard.text).toBe('Hi');
  expect(heard.last).toMatchObject({ kind: 'end', finish: 'stop', attributes: { unfiltered: true } });
});

describe.each(KINDS)('a provider of the kind %s', (kind) => {
  const asked = (script: Script, more: Partial<ModelRequest> = {}) => ask(kind, script, more);

  it('says text as it comes, with usage and the way it ended', async () => {
    const heard = await asked({
      steps: [{ text: 'Forty' }, { text: '-two' }],
      usage: { in: 100, cached: 60, out: 9 },
    });
    expect(heard.text).toBe('Forty-two');
    expect(heard.last).toMatchObject({
      kind: 'end',
      finish: 'stop',
      usage: { tokensIn: 100, tokensCached: 60, tokensOut: 9 },
      attributes: { requestId: 'req_0', status: 200 },
    });
    expect(heard.last.attributes).not.toHaveProperty('usageEstimated');
    expect(heard.events.find(({ kind }) => kind === 'connected')).toEqual({
      kind: 'connected',
      status: 200,
      requestId: 'req_0',
    });
  });

  it('hands on the first word before the second one is sent', async () => {
    let go = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const script: AnswerScript = { steps: [{ text: 'first' }, { hold: held }, { text: ' second' }] };
    server = await startProvider(wireOf(kind), script);
    const stream = cloudAt(kind, server.url, egress).generate(question(), new AbortController().signal);
    const said: string[] = [];
    await listen(stream, (event) => {
      if (event.kind !== 'delta') return;
      said.push(event.text);
      go();
    });
    expect(said).toEqual(['first', ' second']);
  });

  it('loses nothing when the bytes come one by one, inside letters and frames', async () => {
    const text = 'Größe 数据 🙂👩‍👩‍👧 done';
    const heard = await asked({ steps: [...text].map((letter) => ({ text: letter })), split: [1, 2, 1, 3] });
    expect(heard.text).toBe(text);
    for (const event of heard.events) if (event.kind === 'delta') expect(event.text.isWellFormed()).toBe(true);
  });

  it('keeps reasoning apart from the answer', async () => {
    const heard = await asked({ steps: [{ reasoning: 'Hmm, ' }, { reasoning: 'six by nine.' }, { text: '42' }] });
    expect(heard).toMatchObject({ reasoning: 'Hmm, six by nine.', text: '42' });
  });

  it('passes calls of tools on in parts, each with its id and name first', async () => {
    const heard = await asked(
      {
        steps: [
          { text: 'Let me look.' },
          { tool: { index: 0, id: 'call_a', name: 'weather', argumentsText: '{"city":' } },
          { tool: { index: 0, argumentsText: '"Oslo"}' } },
          { tool: { index: 1, id: 'call_b', name: 'clock', argumentsText: '' } },
          { tool: { index: 1, argumentsText: '{}' } },
        ],
        finish: 'tool_calls',
      },
      { tools: [{ name: 'weather', description: 'Weather', parameters: { type: 'object', properties: {} } }] },
    );
    expect(heard.tools).toEqual([
      { id: 'call_a', name: 'weather', argumentsText: '{"city":"Oslo"}' },
      { id: 'call_b', name: 'clock', argumentsText: '{}' },
    ]);
    expect(heard.last).toMatchObject({ kind: 'end', finish: 'tool_calls' });
    expect(JSON.stringify(sent('tools'))).toContain('"weather"');
  });

  it.each(['length', 'refused', 'filtered'] as const)('knows that an answer ended by %s', async (finish) => {
    const heard = await asked({ steps: [{ text: 'I' }], finish });
    // Google and Anthropic have one word for both.
    const one = kind === 'google' && finish === 'refused' ? 'filtered' : finish;
    expect(heard.last).toMatchObject({ finish: kind === 'anthropic' && finish === 'filtered' ? 'refused' : one });
  });

  it('accepts a whole answer where a stream was asked for', async () => {
    const heard = await asked({ steps: [{ text: 'all at once' }], whole: true, usage: { in: 12, out: 3 } });
    expect(heard.text).toBe('all at once');
    expect(heard.last).toMatchObject({ kind: 'end', finish: 'stop', usage: { tokensIn: 12, tokensOut: 3 } });
  });

  it('estimates what nobody counted, and says so', async () => {
    const heard = await asked({ steps: [{ text: 'some words of an answer' }], usage: null });
    expect(heard.last).toMatchObject({ kind: 'end', attributes: { usageEstimated: true } });
    expect(heard.last.usage.tokensIn).toBeGreaterThan(3);
    expect(heard.last.usage.tokensOut).toBeGreaterThan(3);
  });

  it('counts pictures and tools among what nobody counted, whole or cut off', async () => {
    const image = { mediaType: 'image/png', data: 'aGVsbG8=' } as const;
    const parameters = { type: 'object', description: 'Where it is. '.repeat(200) };
    const more = {
      messages: [{ role: 'user' as const, text: 'What is this?', images: [image] }],
      tools: [{ name: 'weather', parameters }],
    };
    const plain = await asked({ steps: [{ text: 'a cat' }], usage: null });
    await server?.close();
    for (const script of [{ usage: null }, { finish: null, usage: null }]) {
      const heard = await asked({ steps: [{ text: 'a cat' }], ...script }, more);
      expect(heard.last.usage.tokensIn).toBeGreaterThan(plain.last.usage.tokensIn + 1600 + 500);
      await server?.close();
    }
  });

  it('calls a stream that just ends truncated, by nobody’s fault but the way', async () => {
    const heard = await asked({ steps: [{ text: 'The answer is' }], finish: null });
    expect(heard.text).toBe('The answer is');
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'truncated', origin: 'infrastructure' } });
    expect(heard.last.usage.tokensOut).toBeGreaterThan(0);
  });

  it('calls an answer without a body truncated', async () => {
    const heard = await asked({ steps: [], finish: null });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'truncated', origin: 'infrastructure' } });
  });

  it('keeps what came before a connection broke', async () => {
    const heard = await asked({ steps: [{ text: 'Half of ' }, { text: 'it' }, { pauseMs: 5 }, { cut: 'reset' }] });
    expect(heard.text).toBe('Half of it');
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'network', networkCode: 'ECONNRESET' } });
  });

  it('calls a connection that ends without an answer a fault of the network', async () => {
    const heard = await asked({ steps: [{ cut: 'reset' }] });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'network', provider: 'acme/big' } });
    expect(heard.last.usage).toEqual({ tokensIn: 0, tokensCached: 0, tokensOut: 0 });
  });

  it('calls a refused connection a fault of the network and keeps the socket’s code', async () => {
    server = await startProvider(wireOf(kind));
    const { url } = server;
    await server.close();
    server = null;
    const heard = await listen(cloudAt(kind, url, egress).generate(question(), new AbortController().signal));
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'network', networkCode: 'ECONNREFUSED' } });
  });

  it('classifies the body of an error and hands its wait on', async () => {
    const types = { openai: 'tokens', anthropic: 'rate_limit_error', google: 'RESOURCE_EXHAUSTED' } as const;
    const heard = await asked({
      status: 429,
      headers: { 'retry-after': '7' },
      error: { type: types[wireOf(kind)], code: 429, message: 'Slow down.' },
    });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'rate_limit', retryAfterMs: 7000 } });
    expect(server?.requests.length).toBe(1);
  });

  it('classifies an error in the middle of the stream and says nothing after it', async () => {
    const types = { openai: 'server_error', anthropic: 'overloaded_error', google: 'UNAVAILABLE' } as const;
    const heard = await asked({
      steps: [
        { text: 'So far' },
        { error: { type: types[wireOf(kind)], code: 503, message: 'Overloaded.' } },
        { text: 'x' },
      ],
    });
    expect(heard.text).toBe('So far');
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { origin: 'infrastructure', recoverable: true } });
  });

  it('stops where it is told to, with what was said so far', async () => {
    server = await startProvider(wireOf(kind), { steps: [{ text: 'on and on' }, { stall: true }] });
    const controller = new AbortController();
    const heard = await listen(cloudAt(kind, server.url, egress).generate(question(), controller.signal), (event) => {
      if (event.kind === 'delta') controller.abort();
    });
    expect(heard.last).toMatchObject({ kind: 'end', finish: 'cancelled' });
    expect(heard.last.usage.tokensOut).toBeGreaterThan(0);
    await server.requests[0]?.over;
    expect(server.requests[0]?.aborted).toBe(true);
  });

  it('counts what was sent when it is given up before a word of the answer came, and nothing of a connection that failed', async () => {
    server = await startProvider(wireOf(kind), { steps: [{ stall: true }] });
    const controller = new AbortController();
    const heard = await listen(cloudAt(kind, server.url, egress).generate(question(), controller.signal), (event) => {
      if (event.kind === 'reached') controller.abort();
    });
    expect(heard.last).toMatchObject({ finish: 'cancelled', attributes: { usageEstimated: true } });
    expect(heard.last.usage.tokensIn).toBeGreaterThan(3);
    expect(heard.last.usage.tokensOut).toBe(0);
  });

  it('takes a login page for what it is', async () => {
    const page = '<!doctype html><html><body>Please sign in</body></html>';
    const heard = await asked({ body: page, headers: { 'content-type': 'text/html' } });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'network' } });
    expect(heard.text).toBe('');
  });

  it('ignores comments, pings and events it does not know', async () => {
    const raw =
      ': PROCESSING\n\nevent: ping\ndata: {"type":"ping"}\n\ndata: {"type":"from_the_future","x":1}\n\nretry: 5\n\n';
    const heard = await asked({ steps: [{ raw }, { text: 'still here' }] });
    // The head of the stream is skipped by a raw first step: no wire needs it to be understood.
    expect(heard.text).toBe('still here');
    expect(heard.last).toMatchObject({ kind: 'end', finish: 'stop' });
  });

  it('ends with a fault at a frame that is no JSON', async () => {
    const heard = await asked({ steps: [{ text: 'ok' }, { raw: 'data: {"choices": [tr\n\n' }] });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'server_error' } });
  });

  it('sends nothing of a private conversation unless a person trusts the place', async () => {
    const origin = { ...openOrigin, private: true };
    const heard = await asked({}, { origin });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'private_only' } });
    expect(server?.requests).toEqual([]);
    await server?.close();
    const trusted = await ask(kind, {}, { origin }, { trustedForPrivate: true });
    expect(trusted.text).toBe('ok');
  });

  it('keeps the redacted body of an answer nobody recognised', async () => {
    const heard = await asked({
      status: 418,
      body: { strange: 'teapot secret-key sk-abc123456789 What is the answer?' },
    });
    expect(heard.last).toMatchObject({ kind: 'fault', fault: { code: 'unknown' } });
    expect(heard.last.attributes?.['redactedBody']).toBe('{"strange":"teapot [key] [key] [text]"}');
  });

  it('says what a provider did not like, without the key and what was asked', async () => {
    const heard = await asked({ status: 400, error: { message: 'top_p must be below 1 (secret-key).' } });
    expect(heard.last).toMatchObject({
      fault: { code: 'invalid_request', detail: expect.stringContaining('(top_p must be below 1 ([key])): change it') },
    });
  });

  it('sends images inside the request and the settings of sampling', async () => {
    const heard = await asked(
      {},
      {
        messages: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'What is this?', images: [{ mediaType: 'image/png', data: 'aGVsbG8=' }] },
        ],
        sampling: { temperature: 0.3, topP: 0.9, maxTokens: 77, seed: 5 },
        stop: ['END'],
      },
    );
    expect(heard.text).toBe('ok');
    const body = server?.requests[0]?.bodyText ?? '';
    expect(body).toContain('aGVsbG8=');
    expect(body).toContain('Be brief.');
    expect(body).toContain('"END"');
    expect(body).toContain('77');
    expect(body).toContain('0.3');
  });

  it('keeps the connection for the next request', async () => {
    server = await startProvider(wireOf(kind));
    const provider = cloudAt(kind, server.url, egress);
    const ports = new Set<unknown>();
    for (let turn = 0; turn < 3; turn++) {
      await listen(provider.generate(question(), new AbortController().signal));
      await server.requests[turn]?.over;
      ports.add(server.requests[turn]?.port);
    }
    expect(ports.size).toBe(1);
  });
});
