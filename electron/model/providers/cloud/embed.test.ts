import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudAt, loggedEgress, openOrigin } from '../../../../test/support/providers/ask.ts';

/** The fault of a call for vectors that a server answers so. */
async function faultOf(answer: RequestListener): Promise<unknown> {
  const { egress } = loggedEgress();
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    egress.dispose();
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const provider = cloudAt('openai-compatible', `http://127.0.0.1:${String(port)}/v1`, egress);
  const asked = { modelId: 'acme/big', texts: ['one', 'two'], origin: openOrigin };
  return provider.embed?.(asked, new AbortController().signal).then(
    () => null,
    (error: unknown) => Reflect.get(Object(error), 'fault') as unknown,
  );
}
const refusal = (message: string): string => JSON.stringify({ error: { message } });

describe('a call for vectors', () => {
  it('that is one too many says when the provider wants the next', async () => {
    const fault = await faultOf((_, response) => {
      response.writeHead(429, { 'retry-after': '2', 'content-type': 'application/json' });
      response.end(refusal('Rate limit reached for requests'));
    });
    expect(fault).toMatchObject({ code: 'rate_limit', recoverable: true, retryAfterMs: 2000 });
  });

  it('that meets a crowded server may be made again', async () => {
    const fault = await faultOf((_, response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(refusal('The server is overloaded'));
    });
    expect(fault).toMatchObject({ code: 'overloaded', recoverable: true });
  });

  it('whose connection is cut before its answer may be made again', async () => {
    const fault = await faultOf((_, response) => void response.destroy());
    expect(fault).toMatchObject({ code: 'network', recoverable: true });
  });

  it('whose connection is cut in its answer may be made again', async () => {
    const fault = await faultOf((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"data":[{"index":0,"embed', () => void response.destroy());
    });
    expect(fault).toMatchObject({ recoverable: true });
    expect(['network', 'truncated']).toContain(Reflect.get(Object(fault), 'code'));
  });

  it('that is wrong itself may not', async () => {
    const fault = await faultOf((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(refusal("Invalid 'input[0]'"));
    });
    expect(fault).toMatchObject({ code: 'invalid_request', recoverable: false });
  });
});
