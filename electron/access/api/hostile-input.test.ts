import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished, routed, said, startScriptedApi } from '../../../test/support/scripted-api.ts';
import { countTokens, parseMessages } from './anthropic-request.ts';
import { parseEmbeddings } from './embeddings.ts';
import { ApiRefusal } from './errors.ts';
import { parseChatCompletion } from './openai-request.ts';

const known = new Set(['acme/big']);
const readers = {
  'chat completions': (body: string) => parseChatCompletion(body, known),
  messages: (body: string) => parseMessages(body, known),
  'token counts': (body: string) => countTokens(body, known),
  embeddings: (body: string) => parseEmbeddings(body, known),
};

/** Values where a field's own kind is likely, so that the depths of the readers are reached. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'user', 'assistant', 'tool', 'system', 'text', '\ud800', '__proto__'),
);
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
const part = fc.record(
  {
    type: fc.constantFrom('text', 'image', 'image_url', 'tool_use', 'tool_result', 'thinking', 'refusal', 'audio'),
    text: leaf,
    image_url: fc.oneof(leaf, fc.record({ url: fc.oneof(text, fc.constant('data:image/png;base64,AAAA')) })),
    source: fc.oneof(leaf, fc.record({ type: fc.constantFrom('base64', 'url'), media_type: text, data: text })),
    id: leaf,
    name: leaf,
    input: leaf,
    tool_use_id: leaf,
    content: leaf,
  },
  { requiredKeys: ['type'] },
);
const message = fc.record(
  {
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'tool', 'system', 'developer', 'function'), leaf),
    content: fc.oneof(leaf, fc.array(fc.oneof(part, leaf), { maxLength: 4 })),
    tool_calls: fc.oneof(leaf, fc.array(fc.record({ id: leaf, function: fc.record({ name: leaf, arguments: leaf }) }))),
    tool_call_id: leaf,
  },
  { requiredKeys: ['role', 'content'] },
);
const request = fc.record(
  {
    model: fc.oneof(fc.constantFrom('switchyard/auto', 'acme/big'), leaf),
    messages: fc.oneof(fc.array(message, { maxLength: 5 }), leaf),
    max_tokens: fc.oneof(fc.constant(5), leaf),
    system: fc.oneof(leaf, fc.array(part, { maxLength: 2 })),
    tools: fc.oneof(
      leaf,
      fc.array(fc.oneof(leaf, fc.record({ type: leaf, function: leaf, name: leaf, input_schema: leaf }))),
    ),
    tool_choice: leaf,
    response_format: fc.oneof(
      leaf,
      fc.record({ type: fc.constantFrom('json_schema', 'json_object'), json_schema: leaf }),
    ),
    stop: leaf,
    input: fc.oneof(leaf, fc.array(leaf)),
    seed: leaf,
    n: leaf,
    stream: leaf,
  },
  { requiredKeys: ['model', 'messages'] },
);

describe('whatever is sent', () => {
  it.each(Object.entries(readers))('%s reads it or refuses it with a sentence, never fails', (_, read) => {
    const bodies = fc.oneof(
      fc.json(),
      fc.string(),
      request.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          read(body);
        } catch (error) {
          if (!(error instanceof ApiRefusal)) throw error;
          expect(error.error.status).toBeGreaterThanOrEqual(400);
          expect(error.error.status).toBeLessThan(500);
          expect(error.error.message).toMatch(/^\S.*[.?]$/su);
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each(Object.entries(readers))('%s refuses nesting that would overflow whoever walks it', (_, read) => {
    for (const deep of ['['.repeat(100_000) + ']'.repeat(100_000), '{"a":'.repeat(5000) + '1' + '}'.repeat(5000)]) {
      expect(() => read(`{"model":"acme/big","messages":${deep}}`)).toThrow(ApiRefusal);
    }
  });

  it('what a reader gives is a conversation that ends with the user or a tool, with every call answered', () => {
    fc.assert(
      fc.property(request, (value) => {
        let messages;
        try {
          messages = parseChatCompletion(JSON.stringify(value), known).request.messages;
        } catch {
          return;
        }
        expect(['user', 'tool']).toContain(messages.at(-1)?.role);
        expect(messages.filter(({ role }) => role === 'system').length).toBeLessThanOrEqual(1);
        const calls = messages.flatMap(({ toolCalls }) => toolCalls ?? []).length;
        expect(messages.filter(({ role }) => role === 'tool').length).toBe(calls);
      }),
      { numRuns: 400 },
    );
  });

  const raw = (port: number, bytes: string | Buffer): Promise<string> =>
    new Promise((resolve) => {
      let got = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data: Buffer) => (got += data.toString('latin1')));
      socket.on('close', () => {
        resolve(got);
      });
      socket.on('error', () => undefined);
    });

  it('is answered on the socket with a status below 500 and a sentence', async () => {
    const { port } = await startScriptedApi(() => [routed(), said('x'), finished()]);
    const head = 'host: localhost\r\nauthorization: Bearer right\r\nconnection: close\r\n';
    const post = (path: string, more: string, body = '') =>
      `POST ${path} HTTP/1.1\r\n${head}${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const sent: [string | Buffer, string][] = [
      ['not http\r\n\r\n', '400'],
      [`GET /v1/models HTTP/1.1\r\n${head}x: ${'y'.repeat(20_000)}\r\n\r\n`, '431'],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${head}\r\n`, '431'],
      [post('/v1/chat/completions', 'content-encoding: gzip\r\n', 'x'), '415'],
      [post('/v1/messages', '', '{"model":'), '400'],
      [post('/v1/embeddings', '', '\u0000'), '400'],
      [post('/v1/chat/completions/../../etc/passwd', ''), '404'],
      [post('//v1/chat/completions', ''), '404'],
      [`GET /v1/models/%ff%zz HTTP/1.1\r\n${head}\r\n`, '404'],
      [`OPTIONS /v1/messages HTTP/1.1\r\n${head}\r\n`, '405'],
      [`GET http://evil.example/v1/models HTTP/1.1\r\n${head}\r\n`, '404'],
      [`POST /v1/messages HTTP/1.1\r\n${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, '400'],
      [
        post(
          '/v1/chat/completions',
          'x-switchyard-policy: ../../etc\r\n',
          '{"model":"acme/big","messages":[{"role":"user","content":"x"}]}',
        ),
        '400',
      ],
    ];
    for (const [bytes, status] of sent) {
      const answer = await raw(port, bytes);
      expect([bytes.toString().slice(0, 60), answer.slice(9, 12)]).toEqual([bytes.toString().slice(0, 60), status]);
      expect(answer).toMatch(/"message":"[A-Z`]/u);
    }
    expect(await raw(port, `GET /healthz HTTP/1.1\r\n${head}\r\n`)).toContain('200 OK');
  });

  it('closes a connection whose body was refused unread, so that it is not taken for the next request', async () => {
    const { port } = await startScriptedApi(() => []);
    const smuggled = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answer = await raw(
      port,
      `POST /v1/nothing HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer right\r\ncontent-length: 900000\r\n\r\n${smuggled}`,
    );
    expect(answer.match(/HTTP\/1\.1/gu)).toHaveLength(1);
    expect(answer).toContain('connection: close');
  });
});
