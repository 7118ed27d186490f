import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startCli, temporaryFolder, untilWritten } from '../support/cli.ts';
import type { AnswerScript } from '../support/providers/script.ts';
import { startProvider } from '../support/providers/start-provider.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** A service on a folder whose only model is far away and dear: an answer of 100 tokens costs $0.10. */
async function setUp(budgets: string, answers: readonly AnswerScript[]) {
  const folder = temporaryFolder();
  undo.push(folder.remove);
  const provider = await startProvider('openai', (_seen, at) => answers[at] ?? {});
  undo.push(provider.close);
  writeFileSync(
    join(folder.path, 'config.yaml'),
    `providers:
  - id: far
    kind: openai-compatible
    baseUrl: ${provider.url}
    apiKey: {env: PATH}
    models: [{id: m, contextTokens: 8000, usdPerMTokIn: 0, usdPerMTokOut: 1000}]
budgets: ${budgets}
`,
  );
  const serve = async () => {
    const child = startCli(['serve', '--port', '0', '--data', folder.path]);
    const exited = new Promise((resolve) => child.on('exit', resolve));
    const kill = async () => {
      child.kill('SIGKILL');
      await exited;
    };
    undo.push(kill);
    const { listening, token } = JSON.parse(await untilWritten(child, (text) => text.endsWith('\n'))) as {
      listening: string;
      token: string;
    };
    const ask = (content: string, stream = false) =>
      fetch(`${listening}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'far/m', stream, max_tokens: 100, messages: [{ role: 'user', content }] }),
      });
    return { kill, ask };
  };
  return { provider, serve };
}

describe('a limit over a process that is killed', () => {
  it('counts a call under way at its worst, so that the next process spends no more than is left', async () => {
    const { provider, serve } = await setUp('{usdPerDay: 0.15}', [{ steps: [{ text: 'Once' }, { stall: true }] }]);
    const first = await serve();
    const answer = await first.ask('tell me a tale', true);
    await answer.body?.getReader().read();
    await first.kill();

    const second = await serve();
    const stepped = (await (await second.ask('and another')).json()) as { model: string };
    expect(stepped.model).toBe('local/switchyard-starter');
    expect(provider.requests).toHaveLength(1);
  }, 60_000);
});
