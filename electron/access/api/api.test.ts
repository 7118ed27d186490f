import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { Fault } from '../../contract/faults.ts';
import type { Complete, CompleteEvent } from '../../orchestration/complete/complete.ts';
import { createApi } from './api.ts';
import type { Api, ApiDeps } from './api.ts';

const TRACE = '01939c5e-0000-7000-8000-000000000001';
const route: CompleteEvent = {
  kind: 'route',
  modelId: 'local/tiny',
  modelName: 'Tiny',
  route: 'local',
  degraded: false,
  degradedReason: null,
};
const end: CompleteEvent = { kind: 'end', finish: 'stop', tokensIn: 5, tokensCached: 2, tokensOut: 3, costUsd: 0 };
const fault = (code: Fault['code']): CompleteEvent => ({
  kind: 'fault',
  fault: { code, origin: 'infrastructure', recoverable: true, retryAfterMs: 1500, detail: 'Said what to do.' },
});

/** Says the script, then waits at a `gate` until it opens or the request is aborted. */
function scripted(script: readonly (CompleteEvent | 'gate')[]) {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  let aborted: () => void = () => undefined;
  const wasAborted = new Promise<void>((resolve) => (aborted = resolve));
  const complete: Complete = {
    start: (_, signal) => {
      async function* events(): AsyncGenerator<CompleteEvent> {
        for (const step of script) {
          if (step !== 'gate') {
            yield step;
            continue;
          }
          const stop = new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              aborted();
              resolve();
            });
          });
          await Promise.race([gate, stop]);
          if (signal.aborted) {
            yield { ...end, finish: 'cancelled' } as CompleteEvent;
            return;
          }
        }
      }
      return { traceId: TRACE, events: events() };
    },
  };
  return {
    complete,
    open: () => {
      open();
    },
    wasAborted,
  };
}

let api: Api | null = null;
afterEach(() => api?.close());

async function listen(complete: Complete, extra: Partial<ApiDeps> = {}) {
  api = createApi({
    complete,
    models: () => [
      { id: 'local/tiny', provider: 'local', name: 'Tiny', usable: true, contextTokens: 1024, addedAt: 5000 },
    ],
    verifyToken: (token) =>
      token === 'right' ? { name: 'ci', requestsPerMinute: null, concurrency: null, usdPerDay: null } : null,
    version: '1.2.3',
    clock: { now: () => 7000, monotonicMs: () => 0 },
    log: silentLog,
    closeGraceMs: 50,
    ...extra,
  });
  const { url, port } = await api.listen(0);
  const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };
  const chat = (body: object | string, init: RequestInit = {}) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body:
        typeof body === 'string'
          ? body
          : JSON.stringify({ model: 'switchyard/auto', messages: [{ role: 'user', content: 'hi' }], ...body }),
      ...init,
    });
  return { url, port, headers, chat };
}

/** Speaks HTTP by hand, for what `fetch` refuses to send. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data: Buffer) => (got += data.toString('utf8')));
    socket.on('close', () => {
      resolve(got);
    });
    socket.on('error', reject);
  });

const simple = (): Complete =>
  scripted([route, { kind: 'delta', text: 'Hel' }, { kind: 'delta', text: 'lo\r\n' }, end]).complete;

describe('the local API', () => {
  it('answers whole, with usage and the headers that say how it travelled', async () => {
    const { chat } = await listen(simple());
    const response = await chat({});
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-switchyard-trace-id': TRACE,
      'x-switchyard-route': 'local/tiny',
      'x-switchyard-degraded': '0',
    });
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      created: 7,
      model: 'local/tiny',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello\r\n' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, prompt_tokens_details: { cached_tokens: 2 } },
    });
  });

  it('streams role, deltas, finish reason, usage when asked, and the end mark', async () => {
    const { chat } = await listen(simple());
    const response = await chat({ stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    const events = text
      .split('\n\n')
      .filter(Boolean)
      .map((event) => event.replace('data: ', ''));
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = events.slice(0, -1).map((event): unknown => JSON.parse(event));
    expect(chunks).toMatchObject([
      { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      { choices: [{ delta: { content: 'Hel' } }] },
      { choices: [{ delta: { content: 'lo\r\n' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { total_tokens: 8 } },
    ]);
  });

  it('gives a failure before the first word its own status, code and retry-after, streamed or not', async () => {
    const { chat } = await listen(scripted([route, fault('overloaded')]).complete);
    for (const stream of [true, false]) {
      const response = await chat({ stream });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('2');
      expect(response.headers.get('x-switchyard-trace-id')).toBe(TRACE);
      expect(await response.json()).toEqual({
        error: { message: 'Said what to do.', type: 'server_error', param: null, code: 'overloaded' },
      });
    }
  });

  it('says in the stream that an answer broke off', async () => {
    const { chat } = await listen(scripted([route, { kind: 'delta', text: 'a' }, fault('local_crash')]).complete);
    const text = await (await chat({ stream: true })).text();
    expect(text).toContain('"code":"local_crash"');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('sends each word when it is there, not at the end', async () => {
    const { complete, open } = scripted([route, { kind: 'delta', text: 'first' }, 'gate', end]);
    const { chat } = await listen(complete);
    const reader = (await chat({ stream: true })).body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('first')) seen += (await reader?.read())?.value ?? '';
    expect(seen).not.toContain('[DONE]');
    open();
    await reader?.cancel();
  });

  it('stops the model when the reader goes away in mid-answer', async () => {
    const { complete, wasAborted } = scripted([route, { kind: 'delta', text: 'a' }, 'gate', end]);
    const { chat } = await listen(complete);
    const leave = new AbortController();
    await chat({ stream: true }, { signal: leave.signal });
    leave.abort();
    await wasAborted;
  });

  it('stops the model when the reader goes away before the first word', async () => {
    const { complete, wasAborted } = scripted([route, 'gate', end]);
    let began: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const { chat } = await listen({
      start: (request, signal) => {
        began();
        return complete.start(request, signal);
      },
    });
    const leave = new AbortController();
    const answer = chat({}, { signal: leave.signal });
    await beginning;
    leave.abort();
    await expect(answer).rejects.toThrow();
    await wasAborted;
  });

  it.each([
    ['no token', { authorization: '' }],
    ['a wrong token', { authorization: 'Bearer wrong' }],
    ['a token of another scheme', { authorization: 'Basic right' }],
  ])('refuses %s with 401', async (_, headers) => {
    const { url, chat } = await listen(simple());
    const response = await chat({}, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'authentication_error' } });
  });

  it('refuses a foreign Host, a missing one and a foreign Origin', async () => {
    const { port, url, headers } = await listen(simple());
    const get = (lines: string) => raw(port, `GET /healthz HTTP/1.1\r\n${lines}connection: close\r\n\r\n`);
    expect(await get('host: evil.example\r\n')).toMatch(/^HTTP\/1.1 403 /u);
    expect(await get('host: 127.0.0.1.evil.example\r\n')).toMatch(/^HTTP\/1.1 403 /u);
    expect(await get('')).toMatch(/^HTTP\/1.1 40[03] /u);
    expect(await get(`host: localhost:${port}\r\n`)).toMatch(/^HTTP\/1.1 200 /u);
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
      expect((await fetch(`${url}/v1/models`, { headers: { ...headers, origin } })).status).toBe(403);
    }
    expect((await fetch(`${url}/v1/models`, { headers: { ...headers, origin: url } })).status).toBe(200);
  });

  it.each([
    ['beside a key for another server', { authorization: 'Bearer right', 'x-api-key': 'theirs' }],
    ['as a key beside the token of another server', { authorization: 'Bearer theirs', 'x-api-key': 'right' }],
  ])('takes the right token %s, as clients send both when the environment holds one', async (_, headers) => {
    const { url } = await listen(simple());
    expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(200);
  });

  it('takes the whole address in the first line, as clients behind a proxy send it, if it is this one', async () => {
    const { port } = await listen(simple());
    const get = (address: string, host = 'localhost') =>
      raw(port, `GET ${address} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect(await get(`http://127.0.0.1:${port}/healthz?a=b`)).toMatch(/^HTTP\/1.1 200 /u);
    expect(await get(`HTTP://LOCALHOST:${port}/v1/models`)).toMatch(/^HTTP\/1.1 401 /u);
    expect(await get('http://127.0.0.1')).toMatch(/^HTTP\/1.1 404 /u);
    expect(await get('http://evil.example/healthz')).toMatch(/^HTTP\/1.1 404 /u);
    expect(await get('http://127.0.0.1@evil.example/healthz')).toMatch(/^HTTP\/1.1 404 /u);
    expect(await get(`http://127.0.0.1:${port}/healthz`, 'evil.example')).toMatch(/^HTTP\/1.1 403 /u);
  });

  it('answers wrong JSON with 400, an unknown path with 404 and a wrong method with 405', async () => {
    const { url, headers, chat } = await listen(simple());
    expect((await chat('{"model": ')).status).toBe(400);
    expect((await chat('[]')).status).toBe(400);
    expect((await chat('')).status).toBe(400);
    expect((await fetch(`${url}/v1/nothing`, { headers })).status).toBe(404);
    const wrong = await fetch(`${url}/v1/chat/completions`, { headers });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${url}/healthz`, { method: 'DELETE' })).status).toBe(405);
  });

  it('tells a client whose base address ends in the wrong place where it belongs', async () => {
    const { url, headers } = await listen(simple());
    const said = async (path: string): Promise<string> => {
      const body = (await (await fetch(url + path, { headers })).json()) as { error: { message: string } };
      return body.error.message;
    };
    expect(await said('/chat/completions')).toBe(
      'There is nothing at /chat/completions: try /v1/chat/completions and let the base address of the client end in /v1.',
    );
    expect(await said('/v1/v1/messages')).toBe(
      'There is nothing at /v1/v1/messages: try /v1/messages and leave /v1 out of the base address of the client.',
    );
    expect(await said('/v1/responses')).toContain('/v1/chat/completions');
  });

  it('refuses a body over the limit, whether it says its size or not', async () => {
    const { port, chat } = await listen(simple(), { maxBodyBytes: 1000 });
    const large = JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'x'.repeat(5000) }] });
    const response = await chat(large);
    expect([response.status, (await response.json()) as unknown]).toMatchObject([
      413,
      { error: { code: 'request_too_large' } },
    ]);
    const chunked = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer right\r\ntransfer-encoding: chunked\r\n\r\n${(2000).toString(16)}\r\n${'x'.repeat(2000)}\r\n`;
    expect(await raw(port, chunked)).toMatch(/^HTTP\/1.1 413 /u);
  });

  it('takes a request of exactly the limit', async () => {
    const body = JSON.stringify({ model: 'switchyard/auto', messages: [{ role: 'user', content: 'é🙂' }] });
    const { chat } = await listen(simple(), { maxBodyBytes: Buffer.byteLength(body) });
    expect((await chat(body)).status).toBe(200);
  });

  it.each(['identity', 'Identity', ''])('takes a body whose encoding is said to be %j, which is none', async (name) => {
    const { port } = await listen(simple());
    const body = JSON.stringify({ model: 'switchyard/auto', messages: [{ role: 'user', content: 'hi' }] });
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer right\r\ncontent-length: ${body.length}\r\n`;
    const got = await raw(port, `${head}content-encoding: ${name}\r\nconnection: close\r\n\r\n${body}`);
    expect(got).toMatch(/^HTTP\/1.1 200 /u);
  });

  it('says in every answer to a token with a rate how far it is used, in the words of each dialect', async () => {
    const verifyToken = () => ({ name: 'ci', requestsPerMinute: 2, concurrency: null, usdPerDay: null });
    const { url, chat, headers } = await listen(simple(), { verifyToken });
    const said = (response: Response) =>
      [...response.headers].flatMap(([name, value]) => (name.includes('ratelimit') ? [`${name}: ${value}`] : []));
    expect(said(await chat({}))).toEqual([
      'x-ratelimit-limit-requests: 2',
      'x-ratelimit-remaining-requests: 1',
      'x-ratelimit-reset-requests: 30s',
    ]);
    await fetch(`${url}/v1/models`, { headers });
    const refused = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: '{}' });
    expect([refused.status, ...said(refused)]).toEqual([
      429,
      'anthropic-ratelimit-requests-limit: 2',
      'anthropic-ratelimit-requests-remaining: 0',
      'anthropic-ratelimit-requests-reset: 1970-01-01T00:01:07.000Z',
    ]);
  });

  it('lists the models it offers', async () => {
    const { url, headers } = await listen(simple());
    const list: unknown = await (await fetch(`${url}/v1/models`, { headers })).json();
    expect(list).toMatchObject({
      object: 'list',
      data: [
        { id: 'switchyard/auto', object: 'model', owned_by: 'switchyard' },
        { id: 'switchyard/local' },
        { id: 'local/tiny', owned_by: 'local', created: 5 },
      ],
    });
  });

  it('says that it lives without a token', async () => {
    const { url } = await listen(simple());
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('finishes an answer under way when it closes', async () => {
    const { complete, open } = scripted([route, { kind: 'delta', text: 'a' }, 'gate', end]);
    const { chat } = await listen(complete, { closeGraceMs: 10_000 });
    const response = await chat({ stream: true });
    const closed = api?.close();
    open();
    expect(await response.text()).toContain('"finish_reason":"stop"');
    await closed;
  });

  it('ends an answer that does not finish in time with an error event, not with a broken connection', async () => {
    const { complete } = scripted([route, { kind: 'delta', text: 'a' }, 'gate', end]);
    const { chat } = await listen(complete);
    const response = await chat({ stream: true });
    const closed = api?.close();
    const text = await response.text();
    expect(text).toContain('"code":"closing"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    await closed;
  });

  it('lets other requests through while a slow reader takes its time', async () => {
    const words = Array.from({ length: 2000 }, (): CompleteEvent => ({ kind: 'delta', text: 'word '.repeat(20) }));
    const { chat } = await listen(scripted([route, ...words, end]).complete);
    const slow = await chat({ stream: true });
    expect((await (await chat({})).text()).length).toBeGreaterThan(100_000);
    const text = await slow.text();
    expect(text.split('\n\n').length).toBe(2000 + 1 + 1 + 1 + 1);
  });
});
