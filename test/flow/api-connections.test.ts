import Anthropic, { APIUserAbortError, ContentTooLargeError } from '@anthropic-ai/sdk';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failed, finished, routed, said, startScriptedApi } from '../support/scripted-api.ts';
import type { Line } from '../support/scripted-api.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];
const ask = { model: 'switchyard/auto', messages };
const hello: readonly Line[] = [routed(), said('Hello'), finished()];
const ONE_AT_ONCE = {
  verifyToken: () => ({ name: 'ci', requestsPerMinute: null, concurrency: 1, usdPerDay: null }),
};

/** The local API that answers request after request by the next script, the last one over and over; both clients of it. */
async function start(scripts: readonly (readonly Line[])[], deps: Parameters<typeof startScriptedApi>[1] = {}) {
  let number = 0;
  const api = await startScriptedApi(() => scripts[Math.min(number++, scripts.length - 1)] ?? [], deps);
  const clients = (maxRetries: number) => ({
    openai: new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'right', maxRetries }),
    anthropic: new Anthropic({ baseURL: api.url, apiKey: 'right', maxRetries }),
  });
  return { ...api, clients, ...clients(0) };
}

/** What comes back on a bare connection until the server closes it. `after` = what is sent when something came. */
const spoken = (port: number, first: string | Buffer, after?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(first));
    socket.on('data', (data: Buffer) => {
      if (got === '' && after !== undefined) socket.write(after);
      got += data.toString('utf8');
    });
    socket.on('close', () => {
      resolve(got);
    });
    socket.on('error', reject);
  });

const head = (body: string, more = ''): string =>
  'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer right\r\n' +
  `content-length: ${String(Buffer.byteLength(body))}\r\n${more}\r\n`;
const LAST = 'connection: close\r\n';

describe('connections of clients', () => {
  it('an abort in mid-answer frees the place of its token for the next request', async () => {
    const waiting: readonly Line[] = [routed(), said('a'), 'wait'];
    const { openai, anthropic, aborted } = await start([waiting, hello, waiting, hello], ONE_AT_ONCE);
    const stream = await openai.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'a') break;
    await aborted;
    expect((await openai.chat.completions.create(ask)).choices[0]?.message.content).toBe('Hello');
    const live = anthropic.messages.stream({ ...ask, max_tokens: 5 });
    live.on('text', () => {
      live.abort();
    });
    await expect(live.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    const next = new Anthropic({ baseURL: anthropic.baseURL, apiKey: 'right', maxRetries: 2 });
    expect((await next.messages.create({ ...ask, max_tokens: 5 })).content).toMatchObject([{ text: 'Hello' }]);
  });

  it('a client that tries again waits as long as it is told and gets its answer', async () => {
    for (const name of ['openai', 'anthropic'] as const) {
      const { clients, asked } = await start([[failed('rate_limit', 30)], [failed('overloaded', 30)], hello]);
      const { openai, anthropic } = clients(2);
      const began = performance.now();
      if (name === 'openai') await openai.chat.completions.create(ask);
      else await anthropic.messages.create({ ...ask, max_tokens: 5 });
      expect(performance.now() - began).toBeGreaterThanOrEqual(59);
      expect(asked).toHaveLength(3);
    }
  });

  it('a body far over the limit is refused as one, whichever client sends it, and the next request is answered', async () => {
    const { openai, anthropic, asked } = await start([hello]);
    const large = [{ role: 'user' as const, content: 'x'.repeat(20 * 1024 * 1024) }];
    await expect(openai.chat.completions.create({ ...ask, messages: large })).rejects.toMatchObject({
      status: 413,
      code: 'request_too_large',
    });
    const tooLarge = anthropic.messages.create({ ...ask, max_tokens: 5, messages: large });
    await expect(tooLarge).rejects.toBeInstanceOf(ContentTooLargeError);
    expect(asked).toHaveLength(0);
    expect((await openai.chat.completions.create(ask)).choices).toHaveLength(1);
  });

  it('requests sent at once on one connection are answered in their order, a refused one too', async () => {
    const { port } = await start([hello]);
    const good = JSON.stringify(ask);
    const got = await spoken(port, `${head(good)}${good}${head('{')}{${head(good, LAST)}${good}`);
    expect([...got.matchAll(/HTTP\/1.1 (\d+)/gu)].map(([, status]) => status)).toEqual(['200', '400', '200']);
  });

  it('a client that asks whether to go on before it sends its body is told so', async () => {
    const { port } = await start([hello]);
    const body = JSON.stringify(ask);
    const got = await spoken(port, head(body, `expect: 100-continue\r\n${LAST}`), body);
    expect([...got.matchAll(/HTTP\/1.1 (\d+)/gu)].map(([, status]) => status)).toEqual(['100', '200']);
  });

  it('a body of unknown length in pieces of one byte is read whole', async () => {
    const { port, asked } = await start([hello]);
    const bytes = Buffer.from(JSON.stringify({ ...ask, messages: [{ role: 'user', content: 'é🙂' }] }));
    const pieces = [...bytes].map((byte) => Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte, 13, 10])]));
    const first = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer right\r\n${LAST}transfer-encoding: chunked\r\n\r\n`;
    const got = await spoken(port, Buffer.concat([Buffer.from(first), ...pieces, Buffer.from('0\r\n\r\n')]));
    expect(got).toMatch(/^HTTP\/1.1 200 /u);
    expect(asked[0]?.messages).toEqual([{ role: 'user', text: 'é🙂' }]);
  });

  it.each(['', 'GET /healthz HTTP/1.1\r\nhost: loc'])(
    'one that sent %j and no more does not hold the end of the server up',
    async (sent) => {
      const { port, close } = await start([hello], { closeGraceMs: 60_000 });
      const ended = spoken(port, sent);
      await spoken(port, `GET /healthz HTTP/1.1\r\nhost: localhost\r\n${LAST}\r\n`);
      await close();
      expect(await ended).toBe('');
    },
  );

  it('what is no HTTP ends the answer before it on the same connection, and is never answered in its middle', async () => {
    const { port, aborted } = await start([[routed(), said('a'), 'wait']]);
    const body = JSON.stringify({ ...ask, stream: true });
    const got = await spoken(port, `${head(body)}${body}`, 'no HTTP\r\n\r\n');
    await aborted;
    expect(got).toMatch(/^HTTP\/1.1 200 [^]*"content":"a"/u);
    expect(got).not.toContain('400 Bad Request');
  });

  it('refused senders that do not hang up keep nobody out', async () => {
    const { port, openai } = await start([hello]);
    const refused = await Promise.all(
      Array.from(
        { length: 1024 },
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
              socket.write('no HTTP\r\n\r\n'),
            );
            onTestFinished(() => void socket.destroy());
            socket.on('data', () => undefined);
            socket.on('end', () => {
              resolve(socket);
            });
            socket.on('error', reject);
          }),
      ),
    );
    await vi.waitFor(() => openai.chat.completions.create(ask), { timeout: 5000 });
    expect(refused.every(({ writable }) => writable)).toBe(true);
  });
});
