import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudAt, listen, loggedEgress, openOrigin, question } from '../../../test/support/providers/ask.ts';
import {
  AnswerCut,
  AnswerTooLarge,
  MOST_ANSWER_BYTES,
  MOST_ERROR_BYTES,
  READ_IT_ALL,
  wholeText,
} from './answer-body.ts';
import type { AnswerBody } from './answer-body.ts';
import { unpackerFor } from './unpack.ts';

const CODINGS = {
  gzip: { whole: zlib.gzipSync, stream: zlib.createGzip },
  'x-gzip': { whole: zlib.gzipSync, stream: zlib.createGzip },
  br: { whole: zlib.brotliCompressSync, stream: zlib.createBrotliCompress },
  deflate: { whole: zlib.deflateSync, stream: zlib.createDeflate },
  zstd: { whole: zlib.zstdCompressSync, stream: zlib.createZstdCompress },
};
const NAMES = Object.keys(CODINGS) as (keyof typeof CODINGS)[];

async function start(listener: RequestListener) {
  const server = createServer(listener);
  const { egress, entries } = loggedEgress();
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    egress.dispose();
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${String(typeof address === 'object' ? (address?.port ?? 0) : 0)}`;
  const ask = { providerId: 'acme', modelId: 'acme/big', origin: openOrigin, trustedForPrivate: false };
  const get = (more: { bulk?: boolean } = {}) =>
    egress.send({ ...ask, ...more }, `${url}/v1`, { method: 'GET', headers: {}, body: '', signal: null });
  return { url, egress, entries, get, connections: () => connections };
}
const packed =
  (coding: string, body: Uint8Array, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-encoding': coding, 'content-length': body.byteLength });
    response.end(body);
  };
const text = async (listener: RequestListener): Promise<string> =>
  wholeText((await (await start(listener)).get()).body);
const textOf = async (body: AnswerBody): Promise<string> => Buffer.from((await body.read()) ?? []).toString('utf8');
const WORDS = 'Ünïcödé words, and more of them. '.repeat(4000);

describe.each(NAMES)('an answer packed as %s that nobody asked for', (coding) => {
  const { whole, stream } = CODINGS[coding];

  /** The beginning of a longer one, up to where its packer was told to hold nothing back. */
  const begin = () =>
    new Promise<Buffer>((resolve) => {
      const packer = stream();
      const parts: Buffer[] = [];
      packer.on('data', (part: Buffer) => parts.push(part));
      packer.write('as far as it came');
      packer.flush(() => {
        resolve(Buffer.concat(parts));
      });
    });

  it('is read as what it says, and what came counts as it came', async () => {
    const body = whole(Buffer.from(WORDS));
    const { get, entries } = await start(packed(coding, body));
    expect(await wholeText((await get()).body)).toBe(WORDS);
    expect(entries).toMatchObject([{ bytesIn: body.byteLength, outcome: 'whole', status: 200 }]);
  });

  it('is heard piece by piece as it is sent', async () => {
    let say: (word: string) => void = () => undefined;
    const { get } = await start((_, response) => {
      response.writeHead(200, { 'content-encoding': coding });
      const packer = stream();
      packer.pipe(response);
      say = (word) => {
        packer.write(word);
        packer.flush();
      };
      response.flushHeaders();
    });
    const { body } = await get();
    for (const word of ['one', 'two', 'three']) {
      say(word);
      expect(await textOf(body)).toBe(word);
    }
    body.cancel();
  });

  it('that breaks off is read as far as it came, and is one that was cut', async () => {
    const begun = await begin();
    const ends: ((response: ServerResponse) => void)[] = [
      (response) => void response.end(),
      (response) => void response.destroy(),
    ];
    for (const end of ends) {
      const { get, entries } = await start((_, response) => {
        response.writeHead(200, { 'content-encoding': coding });
        response.write(begun, () => {
          end(response);
        });
      });
      const { body } = await get();
      expect(await textOf(body)).toBe('as far as it came');
      await expect(body.read()).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(entries).toMatchObject([{ outcome: 'cut', bytesIn: begun.byteLength }]);
    }
  });

  it('that is damaged in its middle is one that was cut, without waiting for the rest', async () => {
    const begun = await begin();
    const { get, entries } = await start((_, response) => {
      response.writeHead(200, { 'content-encoding': coding });
      response.write(begun, () => {
        response.write(Buffer.alloc(4096, 0xff));
      });
    });
    await expect(wholeText((await get()).body)).rejects.toBeInstanceOf(AnswerCut);
    expect(entries).toMatchObject([{ outcome: 'cut' }]);
  });

  it('is no way around the longest answer', async () => {
    const bomb = whole(Buffer.alloc(MOST_ANSWER_BYTES + 1, '\n'));
    expect(bomb.byteLength).toBeLessThan(MOST_ANSWER_BYTES / 100);
    const { get, entries } = await start(packed(coding, bomb));
    await expect(wholeText((await get()).body)).rejects.toBeInstanceOf(AnswerTooLarge);
    expect(entries).toMatchObject([{ outcome: 'left' }]);
  });

  it('is no way around the longest line', async () => {
    const bomb = whole(Buffer.alloc(MOST_ANSWER_BYTES - 1, 'a'));
    await expect(text(packed(coding, bomb))).rejects.toThrow(/^A line/u);
  });

  it('that is an error is read up to where errors are', async () => {
    const said = JSON.stringify({ error: { message: 'no' } });
    const body = whole(Buffer.from(said.padEnd(MOST_ANSWER_BYTES)));
    const found = await text(packed(coding, body, 400));
    expect(found.trim()).toBe(said);
    expect(found).toHaveLength(MOST_ERROR_BYTES);
  });

  it('leaves its connection to the next request', async () => {
    const { get, connections } = await start(packed(coding, whole(Buffer.from('data: [DONE]\n\n'))));
    const first = await get();
    await first.body.read();
    first.body.cancel(READ_IT_ALL);
    await new Promise((resolve) => setImmediate(resolve));
    await wholeText((await get()).body);
    expect(await wholeText((await get()).body)).toBe('data: [DONE]\n\n');
    expect(connections()).toBe(1);
  });
});

describe('an answer that is called packed', () => {
  it('as deflate may lack its wrapping', async () => {
    expect(await text(packed('deflate', zlib.deflateRawSync(WORDS)))).toBe(WORDS);
  });

  it.each(['gzip', 'zstd', 'identity', 'utf-8', 'none', ''])('as “%s” and is not is read as it is', async (coding) => {
    expect(await text(packed(coding, Buffer.from('{"data":[]}')))).toBe('{"data":[]}');
  });

  it('and is empty is empty', async () => {
    expect(await text(packed('gzip', Buffer.alloc(0)))).toBe('');
  });

  it('in large letters, and as not changed besides, is read', async () => {
    expect(await text(packed('identity, GZIP', zlib.gzipSync('words')))).toBe('words');
  });

  it('and is a file stays as it is: its parts are counted as they are kept', async () => {
    const body = zlib.gzipSync(WORDS);
    const { get } = await start(packed('gzip', body));
    const answer = await get({ bulk: true });
    expect(Buffer.from((await answer.body.read()) ?? [])).toEqual(body);
  });

  it('is an answer of a model like any other', async () => {
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const said = `${chunk({ content: 'Hello' })}${chunk({}, 'stop')}data: [DONE]\n\n`;
    const { url, egress } = await start((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.end(zlib.gzipSync(said));
    });
    const heard = await listen(
      cloudAt('openai-compatible', url, egress).generate(question(), new AbortController().signal),
    );
    expect(heard.text).toBe('Hello');
    expect(heard.last).toMatchObject({ kind: 'end', finish: 'stop' });
  });

  it('is unpacked no further than it is read', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const stream = unpackerFor('gzip')?.stream;
    stream?.write(bomb);
    // As long as unpacking all of it takes.
    await promisify(zlib.gunzip)(bomb);
    await promisify(zlib.gunzip)(bomb);
    expect(stream?.readableLength).toBeGreaterThan(0);
    expect(stream?.readableLength).toBeLessThan(1024 * 1024);
    stream?.destroy();
  });

  it('and is longer than what is held at once is read whole', async () => {
    let state = 1;
    const numbers = Array.from({ length: 400_000 }, () => (state = (state * 48_271) % 2_147_483_647));
    const body = zlib.gzipSync(numbers.join('\n'));
    expect(body.byteLength).toBeGreaterThan(1024 * 1024);
    expect(await text(packed('gzip', body))).toBe(numbers.join('\n'));
  });
});
