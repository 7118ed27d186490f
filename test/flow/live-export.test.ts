import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Config } from '../../electron/contract/config.ts';
import { decodeSpans } from '../support/otlp-decoder.ts';
import { makeCore } from '../support/scripted-core.ts';

/** A collector on a real socket. `answer` decides what each request gets; null = it never answers. */
async function startCollector(answer: (request: number) => number | null) {
  const bodies: Buffer[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const status = answer(asked++);
      if (status === null) return;
      if (status === 200) bodies.push(Buffer.concat(parts));
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1/traces`, bodies, asked: () => asked };
}

/** Waiting takes no time: everything due runs a moment later. */
const hasty = {
  after: (_: number, action: () => void) =>
    (
      (handle) => () =>
        clearTimeout(handle)
    )(setTimeout(action, 1)),
};

async function setUp(url: string, more: Partial<Config['export']> = {}) {
  const made = await makeCore([{ say: 'Hello.' }], { timers: hasty });
  const { core } = made;
  const config = core.settings.config();
  core.settings.save({ ...config, export: { ...config.export, endpoint: url, ...more } });
  return made;
}
const idsIn = (bodies: readonly Buffer[]): string[] =>
  bodies.flatMap((body) =>
    decodeSpans(body)
      .filter(({ parentSpanId }) => parentSpanId === '')
      .map(({ traceId }) => traceId),
  );
const hex = (id: string | undefined): string => (id ?? '').replaceAll('-', '');

describe('traces that go to a collector', () => {
  it('arrive whole as turns end, each once, with a row in the log of what left; private ones never do', async () => {
    const collector = await startCollector(() => 200);
    const { core, ask } = await setUp(collector.url);
    const open = await ask('hello');
    const hidden = await ask('a secret', { private: true });
    const third = await ask('hello again');
    await vi.waitFor(() => expect(idsIn(collector.bodies)).toHaveLength(2), 5000);
    expect(idsIn(collector.bodies)).toEqual([hex(open.trace?.id), hex(third.trace?.id)]);
    expect(idsIn(collector.bodies)).not.toContain(hex(hidden.trace?.id));
    const all = Buffer.concat(collector.bodies).toString('latin1');
    expect(all).toContain('gen_ai.usage.input_tokens');
    expect(all).not.toContain('hello');
    const sent = core.store.egress.list({ limit: 10 }).entries.filter(({ purpose }) => purpose === 'export');
    expect(sent.length).toBe(collector.asked());
    expect(sent.every(({ status }) => status === null || status === 200)).toBe(true);
    // The last answer of the collector may still be on its way.
    await vi.waitFor(() => expect(core.store.traceExports.state()).toEqual({ waiting: 0, lost: 0 }), 5000);
  });

  it('wait while the collector is away or busy, without holding any turn up, and arrive when it is back', async () => {
    let well = false;
    const collector = await startCollector((n) => (well ? 200 : n % 2 === 0 ? 503 : 429));
    const { core, ask } = await setUp(collector.url, { protocol: 'json', includeText: true });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(hex((await ask(`question ${i}`)).trace?.id));
    await vi.waitFor(() => expect(collector.asked()).toBeGreaterThan(2), 5000);
    await vi.waitFor(() => expect(core.store.traceExports.state().waiting).toBe(5), 5000);
    well = true;
    await vi.waitFor(() => expect(core.store.traceExports.state()).toEqual({ waiting: 0, lost: 0 }), 5000);
    const arrived = JSON.stringify(collector.bodies.map((body) => JSON.parse(body.toString('utf8')) as unknown));
    for (const id of ids) expect(arrived).toContain(id);
    expect(arrived).toContain('question 4');
  });

  it('stay here when their conversation becomes private while they wait', async () => {
    let well = false;
    const collector = await startCollector(() => (well ? 200 : 503));
    const { core, ask } = await setUp(collector.url, { protocol: 'json', includeText: true });
    const { conversation } = await ask('soon a secret');
    const open = await ask('nothing to hide');
    await vi.waitFor(() => expect(core.store.traceExports.state().waiting).toBe(2), 5000);
    core.chats.update(conversation.id, { private: true });
    // What was on its way already is not called back.
    const before = collector.asked();
    await vi.waitFor(() => expect(collector.asked()).toBeGreaterThan(before + 1), 5000);
    well = true;
    await vi.waitFor(() => expect(core.store.traceExports.state()).toEqual({ waiting: 0, lost: 0 }), 5000);
    const arrived = Buffer.concat(collector.bodies).toString('utf8');
    expect(arrived).toContain(hex(open.trace?.id));
    expect(arrived).not.toContain('secret');
  });

  it('that a collector calls wrong are told apart from the others, which arrive', async () => {
    const collector = await startCollector((n) => (n < 3 ? 400 : 200));
    const { core, ask } = await setUp(collector.url);
    for (let i = 0; i < 4; i++) await ask('hello');
    const lost = (): number => core.store.traceExports.state().lost;
    await vi.waitFor(() => expect(lost() + new Set(idsIn(collector.bodies)).size).toBe(4), 5000);
    // The last answer of the collector may still be on its way.
    await vi.waitFor(() => expect(core.store.traceExports.state().waiting).toBe(0), 5000);
    expect(lost()).toBeLessThan(4);
  });
});
