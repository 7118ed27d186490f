import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startProvider } from './start-provider.ts';

const MIB = 1024 * 1024;

it('waits for a slow reader as often as it must, and nothing piles up on the answer', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  const server = await startProvider('openai', {
    steps: [{ endless: 'x'.repeat(MIB), mostBytes: 24 * MIB }],
    finish: null,
  });
  try {
    const asked = request(`${server.url}/chat/completions`, { method: 'POST' }).end('{}');
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let bytes = 0;
    for await (const part of answer) bytes += (part as Buffer).byteLength;
    await nextTurn();
    expect(bytes).toBe(24 * MIB);
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', onWarning);
    await server.close();
  }
});
