import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Server as NetServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cloudAt, cloudConfig, loggedEgress, openOrigin } from '../../../../test/support/providers/ask.ts';
import type { CloudKind } from '../../../../test/support/providers/ask.ts';
import { scriptedVector } from '../../../../test/support/providers/admin.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';
import type { LoopbackProvider, Script } from '../../../../test/support/providers/start-provider.ts';
import { systemClock } from '../../../base/clock.ts';
import { FaultError } from '../../../contract/faults.ts';
import { classify } from '../../classify/classify.ts';
import { listModels, testProvider } from './list-models.ts';

const log = loggedEgress();
const deps = { egress: log.egress, classify, clock: systemClock };
let server: LoopbackProvider;
const signal = () => new AbortController().signal;

const start = async (kind: CloudKind, script: Script = {}) => {
  server = await startProvider(kind === 'openai-compatible' ? 'openai' : kind, script, { models: ['big', 'small'] });
  return cloudConfig(kind, server.url);
};

beforeEach(() => {
  log.entries.length = 0;
});

afterEach(async () => {
  await server.close();
});

describe.each(['openai', 'anthropic', 'google', 'openai-compatible'] as const)(
  'testing a provider of kind %s',
  (kind) => {
    it('lists its models with the key where the provider wants it', async () => {
      const config = await start(kind);
      expect(await listModels(deps, config, 'secret-key', signal())).toEqual(['big', 'small']);
      expect(JSON.stringify(server.others[0]?.headers)).toContain('secret-key');
      expect(server.others[0]?.path).not.toContain('secret-key');
      expect(log.entries).toMatchObject([{ method: 'GET', purpose: 'test', status: 200, conversationId: null }]);
    });

    it('asks for one word and says that it answers', async () => {
      const config = await start(kind);
      const result = await testProvider(deps, config, 'secret-key', signal());
      expect(result).toMatchObject({ ok: true, detail: 'It answers. It lists 2 models.', models: ['big', 'small'] });
      expect(result.firstByteMs).not.toBeNull();
    });

    it('says what to do when the key is refused', async () => {
      const types = { openai: 'invalid_request_error', anthropic: 'authentication_error', google: 'UNAUTHENTICATED' };
      const type = types[kind === 'openai-compatible' ? 'openai' : kind];
      const config = await start(kind, {
        status: 401,
        error: { type, message: 'Incorrect API key provided: secret-key' },
      });
      const result = await testProvider(deps, config, 'secret-key', signal());
      expect(result).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/refused the key.*check the key under Models/u),
      });
    });
  },
);

describe('a provider without a chosen model', () => {
  it.each([
    ['a key', 'secret-key', 'The key works. It lists 2 models. Add one to use it.'],
    ['no key', null, 'It answers. It lists 2 models. Add one to use it.'],
  ])('with %s is asked for its list alone, and says what comes next', async (_what, key, detail) => {
    const config = await start('openai-compatible');
    const result = await testProvider(deps, { ...config, models: [] }, key, signal());
    expect(result).toMatchObject({ ok: true, detail });
    expect(server.requests).toHaveLength(0);
  });
});

describe('vectors', () => {
  it.each(['openai', 'google', 'openai-compatible'] as const)(
    'come from %s in the order of the texts, of unit length',
    async (kind) => {
      const config = await start(kind);
      const provider = cloudAt(kind, config.baseUrl ?? '', log.egress);
      const texts = ['one', 'two'];
      const answer = await provider.embed?.({ modelId: 'acme/big', texts, origin: openOrigin }, signal());
      const lengths = answer?.vectors.map((vector) => Math.hypot(...vector)) ?? [];
      expect(lengths).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
      const raw = scriptedVector('two');
      const first = raw[0] ?? 0;
      expect(answer?.vectors[1]?.[0]).toBeCloseTo(first / Math.hypot(...raw), 6);
    },
  );

  const answering = (numbered: readonly (readonly [index: number, vector: readonly number[]])[]): Script => ({
    body: { object: 'list', data: numbered.map(([index, embedding]) => ({ object: 'embedding', index, embedding })) },
  });
  /** Asks for three, at a path where the scripted server has no vectors of its own. */
  const threeOf = async (script: Script) => {
    const config = await start('openai-compatible', script);
    server.vectors(false);
    const provider = cloudAt('openai-compatible', config.baseUrl ?? '', log.egress);
    return provider.embed?.({ modelId: 'acme/big', texts: ['one', 'two', 'three'], origin: openOrigin }, signal());
  };

  it('stand where their numbers put them, whatever order they come in', async () => {
    const one = [1, 0];
    const two = [0, 1];
    const three = [-1, 0];
    const mixed = await threeOf(answering([[2, three], [0, one], [1, two]])); // prettier-ignore
    expect(mixed?.vectors).toEqual([one, two, three]);
    await server.close();
    const unnumbered = await threeOf(answering([[0, one], [0, two], [0, three]])); // prettier-ignore
    expect(unnumbered?.vectors).toEqual([one, two, three]);
  });

  it('of different lengths, or of none, are no answer', async () => {
    const fault = { code: 'malformed_output', detail: expect.stringMatching(/do not fit the texts/u) as string };
    await expect(threeOf(answering([[0, [1]], [1, [1, 0]], [2, [1]]]))).rejects.toMatchObject({ fault }); // prettier-ignore
    await server.close();
    await expect(threeOf(answering([[0, []], [1, []], [2, []]]))).rejects.toMatchObject({ fault }); // prettier-ignore
  });

  it('of a private text never leave the machine', async () => {
    const config = await start('openai');
    const provider = cloudAt('openai', config.baseUrl ?? '', log.egress);
    const origin = { ...openOrigin, private: true };
    const asked = provider.embed?.({ modelId: 'acme/big', texts: ['mine'], origin }, signal());
    await expect(asked).rejects.toMatchObject({ fault: { code: 'private_only' } });
    expect([server.requests.length, server.others.length, log.entries.length]).toEqual([0, 0, 0]);
  });

  it('that fail are a fault of the table', async () => {
    await start('openai');
    const provider = cloudAt('openai', `http://127.0.0.1:${String(server.port)}/nowhere`, log.egress);
    server.script({ status: 404, error: { code: 'model_not_found', message: 'The model does not exist' } });
    const asked = provider.embed?.({ modelId: 'acme/none', texts: ['x'], origin: openOrigin }, signal());
    await expect(asked).rejects.toBeInstanceOf(FaultError);
  });
});

describe('a provider that has no list', () => {
  it('works all the same when its model answers', async () => {
    const config = await start('openai-compatible');
    const elsewhere = { ...config, baseUrl: `${server.url}/deep` };
    server.script((seen) => (seen.method === 'GET' ? { status: 404, body: 'no' } : { steps: [{ text: 'yes' }] }));
    // The list of the scripted server answers any path that ends in `models`, so ask where it has none.
    const result = await testProvider(deps, { ...elsewhere, kind: 'openai-compatible' }, null, signal());
    expect(result.ok).toBe(true);
  });
});

describe('an address that is not right', () => {
  const listens = async (server: NetServer): Promise<string> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    return `127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}/v1`;
  };
  const answering = (status: number, body: string, type = 'application/json') =>
    listens(
      createHttpServer((request, response) => {
        request.resume();
        response.writeHead(status, { 'content-type': type, connection: 'close' }).end(body);
      }),
    );
  const tested = async (address: string, models: object[] = [], key: string | null = 'secret-key') =>
    testProvider(deps, cloudConfig('openai-compatible', address, { models }), key, signal());

  beforeEach(async () => {
    await start('openai-compatible');
  });

  it.each([
    ['null', /something that is no list of models: check its address/u],
    ['{}', /something that is no list of models: check its address/u],
    ['', /something that is no list of models: check its address/u],
    ['Ollama is running', /something that is no list of models: check its address/u],
    ['{"error":{"code":"invalid_api_key","message":"no"}}', /refused the key/u],
  ])('does not pass for a working one because it answers %s with status 200', async (body, detail) => {
    const result = await tested(`http://${await answering(200, body)}`);
    expect(result).toMatchObject({ ok: false, detail: expect.stringMatching(detail), models: [] });
  });

  it.each([[[]], [[{ id: 'big' }]]])(
    'is named as what is wrong where nothing is found, and no model: %o',
    async (models) => {
      const result = await tested(`http://${await answering(404, '{"detail":"Not Found"}')}`, models);
      expect(result).toMatchObject({
        ok: false,
        detail: 'Nothing answers as an API does at the address of acme: check it; most end in /v1.',
      });
    },
  );

  it.each([
    ['https', 'http', /does not speak https at this address: check the address, or begin it with http\./u],
    ['http', 'other', /does not speak http at this address: check its port/u],
    ['http', 'go', /speaks only https at this address/u],
    ['http', 'nginx', /speaks only https at this address/u],
  ] as const)('says what is spoken there: %s to a port for %s', async (scheme, spoken, detail) => {
    const nginx = '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>';
    const address =
      spoken === 'go'
        ? await answering(400, 'Client sent an HTTP request to an HTTPS server.\n', 'text/plain')
        : spoken === 'nginx'
          ? await answering(400, nginx, 'text/html')
          : spoken === 'http'
            ? await answering(200, '{}')
            : await listens(createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-Other\r\n')));
    expect(await tested(`${scheme}://${address}`)).toMatchObject({ ok: false, detail: expect.stringMatching(detail) });
  });

  it('is told from a key that no header can carry, of which nothing is sent', async () => {
    const result = await tested(server.url, [{ id: 'big' }], 'sk-ключ');
    expect(result).toMatchObject({ ok: false, detail: expect.stringMatching(/holds a character that no key has/u) });
    expect(server.others).toHaveLength(0);
  });

  it('that stays silent past the deadline is said to be so, and nobody is said to have stopped it', async () => {
    const silent = await listens(createServer((socket) => void socket.on('error', () => undefined).resume()));
    const late = new AbortController();
    const result = testProvider(deps, cloudConfig('openai-compatible', `http://${silent}`), null, late.signal);
    late.abort(new DOMException('Late.', 'TimeoutError'));
    expect(await result).toMatchObject({ ok: false, detail: expect.stringMatching(/^acme gave no answer in time/u) });
  });

  it('counts all models of a long list and hands on as many as fit the screen', async () => {
    const data = Array.from({ length: 501 }, (_, at) => ({ id: `m${String(at)}` }));
    const result = await tested(`http://${await answering(200, JSON.stringify({ data: [...data, 'm501'] }))}`);
    expect(result.detail).toBe('The key works. It lists 502 models. Add one to use it.');
    expect(result.models).toHaveLength(500);
  });
});
