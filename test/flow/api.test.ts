import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import OpenAI, { AuthenticationError, NotFoundError } from 'openai';
import type { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli, startCli, temporaryFolder, untilWritten } from '../support/cli.ts';

interface Ready {
  readonly listening: string;
  readonly token: string;
}

const folder = temporaryFolder();
const data = folder.path;
let server: ChildProcessWithoutNullStreams;
let ready: Ready;
let exited: Promise<unknown>;

async function start(): Promise<void> {
  server = startCli(['serve', '--port', '0', '--data', data]);
  exited = new Promise((resolve) => server.on('exit', resolve));
  ready = JSON.parse(await untilWritten(server, (text) => text.endsWith('\n'))) as Ready;
}

beforeAll(start, 60_000);
afterAll(async () => {
  server.kill('SIGKILL');
  await exited;
  folder.remove();
});

const ask = (content: string, more: object = {}, init: RequestInit = {}) =>
  fetch(`${ready.listening}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ready.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'switchyard/auto', messages: [{ role: 'user', content }], ...more }),
    ...init,
  });

/** Traces of the API are stored a moment behind their answers. */
const traceOf = (id: string): Promise<Record<string, unknown>> =>
  vi.waitFor(
    async () => JSON.parse((await runCli(['trace', id, '--json', '--data', data])).out) as Record<string, unknown>,
    { timeout: 10_000, interval: 20 },
  );

const client = () => new OpenAI({ baseURL: `${ready.listening}/v1`, apiKey: ready.token, maxRetries: 0 });

describe('the local API under serve', () => {
  it('answers through the router and stores a trace that belongs to no conversation', async () => {
    const response = await ask('hello');
    expect(await response.json()).toMatchObject({
      model: 'local/switchyard-starter',
      choices: [{ message: { content: 'You said: hello' }, finish_reason: 'stop' }],
      usage: { completion_tokens: 1 },
    });
    const traceId = response.headers.get('x-switchyard-trace-id') ?? '';
    expect(await traceOf(traceId)).toMatchObject({
      source: 'api',
      status: 'ok',
      conversationId: null,
      preview: 'hello',
    });
    const spans = (await traceOf(traceId))['spans'] as { kind: string }[];
    for (const kind of ['turn', 'route', 'attempt', 'stream']) expect(spans.map((span) => span.kind)).toContain(kind);
  });

  it('keeps the token nowhere but as its hash', () => {
    for (const name of readdirSync(data)) {
      if (statSync(join(data, name)).isFile()) expect(readFileSync(join(data, name)).includes(ready.token)).toBe(false);
    }
  });

  it('speaks to OpenAI’s own client: whole, streamed, listed and refused', async () => {
    const openai = client();
    const messages = [{ role: 'user' as const, content: 'count 20' }];
    const whole = await openai.chat.completions.create({
      model: 'switchyard/local',
      messages,
      max_completion_tokens: 50,
    });
    expect(whole.choices[0]?.message.content).toContain('w19');
    let text = '';
    let tokens = 0;
    const stream = await openai.chat.completions.create({
      model: 'local/switchyard-starter',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    expect([text.trim().split(' ').length, tokens]).toEqual([20, 20]);
    const models = [];
    for await (const model of openai.models.list()) models.push(model.id);
    expect(models).toEqual(['switchyard/auto', 'switchyard/local', 'local/switchyard-starter']);

    const unknown = openai.chat.completions.create({ model: 'gpt-5', messages });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    const stranger = new OpenAI({ baseURL: `${ready.listening}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
    const two = openai.chat.completions.create({ model: 'switchyard/auto', messages, n: 2 });
    await expect(two).rejects.toMatchObject({ status: 400, param: 'n' } satisfies Partial<APIError>);
  });

  it('ends the answer before a stop sequence', async () => {
    const response = await ask('count 100000', { stop: ['w5 '] });
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'w0 w1 w2 w3 w4 ' }, finish_reason: 'stop' }],
    });
  });

  it('sends the first words long before the last', async () => {
    const leave = new AbortController();
    const response = await ask('count 100000', { stream: true }, { signal: leave.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('w3')) seen += (await reader?.read())?.value ?? '';
    expect(seen).not.toContain('[DONE]');
    leave.abort();
    const traceId = response.headers.get('x-switchyard-trace-id') ?? '';
    // The model was stopped: its trace is stored, and says so.
    await vi.waitFor(async () => expect(await traceOf(traceId)).toMatchObject({ status: 'stopped' }), {
      timeout: 10_000,
    });
  });

  it('says with 400 that no context can hold the message, streamed or not', async () => {
    for (const stream of [false, true]) {
      const response = await ask('a long story '.repeat(20_000), { stream });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { message: expect.stringContaining('its context holds 1024') as string },
      });
    }
  });

  it('answers several at once, each its own', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (text) => (await ask(text)).text()));
    answers.forEach((answer, at) => expect(answer).toContain(`You said: ${'abcde'.charAt(at)}`));
  });

  it('is not held up by a reader that does not read', async () => {
    const { port } = new URL(ready.listening);
    const body = JSON.stringify({
      model: 'switchyard/auto',
      stream: true,
      messages: [{ role: 'user', content: 'count 300' }],
    });
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${ready.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await (await ask('next')).text()).toContain('You said: next');
    let text = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (text.includes('[DONE]')) resolve();
      });
      socket.resume();
    });
    socket.destroy();
    expect(text.match(/"content":"w/gu)?.length).toBeGreaterThan(10);
    expect(text).toContain('w299');
  });

  it('ends streams cleanly when it is told to end, and gives a new token at the next start', async () => {
    const response = await ask('count 100000', { stream: true });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    const before = ready.token;
    server.kill('SIGTERM');
    let last = '';
    for (let step = await reader?.read(); step?.done === false; step = await reader?.read())
      last = (last + step.value).slice(-400);
    expect(last).toContain('"code":"closing"');
    expect(last.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await exited).toBe(0);
    await start();
    const old = await fetch(`${ready.listening}/v1/models`, { headers: { authorization: `Bearer ${before}` } });
    expect([old.status, before === ready.token]).toEqual([401, false]);
  }, 60_000);
});

describe('serve', () => {
  it('refuses a configuration that is wrong, with its line, and a port that is taken', async () => {
    const other = temporaryFolder();
    const { port } = new URL(ready.listening);
    const taken = await runCli(['serve', '--port', port, '--data', other.path]);
    expect([taken.code, taken.err]).toEqual([
      1,
      `Port ${port} is taken: choose another with --port, or 0 for a free one.\n`,
    ]);
    const missing = await runCli(['serve', '--config', join(other.path, 'none.yaml'), '--data', other.path]);
    expect(missing.code).toBe(2);
    const wrong = join(other.path, 'wrong.yaml');
    writeFileSync(wrong, 'policy: local-first\napi:\n  port: many\n');
    const refused = await runCli(['serve', '--config', wrong, '--data', other.path]);
    expect([refused.code, refused.out, refused.err]).toEqual([
      1,
      '',
      expect.stringContaining('wrong.yaml: Line 3') as string,
    ]);
    other.remove();
  });
});
