import { afterAll, describe, expect, it } from 'vitest';
import { finishCli, startCli, temporaryFolder, untilWritten } from '../support/cli.ts';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

const real = (...args: string[]) => startCli([...args, '--data', folder.path], 'electron/headless.ts');

describe('the command line with the model that ships with it', () => {
  it('answers a question', async () => {
    expect(await finishCli(real('chat', 'What is the capital of Portugal?'))).toEqual({
      code: 0,
      out: 'The capital of Portugal is Lisbon.\n',
      err: '',
    });
  });

  it('answers over the local API, no longer than asked for, the same for the same seed', async () => {
    const server = real('serve', '--port', '0');
    const exited = new Promise((resolve) => server.on('exit', resolve));
    const { listening, token } = JSON.parse(await untilWritten(server, (text) => text.endsWith('\n'))) as {
      listening: string;
      token: string;
    };
    const ask = async (more: object) => {
      const response = await fetch(`${listening}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          model: 'local/switchyard-starter',
          messages: [{ role: 'user', content: 'write a haiku about the sea' }],
          ...more,
        }),
      });
      return (await response.json()) as {
        choices: { message: { content: string }; finish_reason: string }[];
        usage: { completion_tokens: number };
      };
    };
    const short = await ask({ max_tokens: 4 });
    expect([short.choices[0]?.finish_reason, short.usage.completion_tokens]).toEqual(['length', 4]);
    const seeded = { temperature: 1.5, seed: 11 };
    const [first, second] = [await ask(seeded), await ask(seeded)];
    expect(first.choices[0]?.message.content).toBe(second.choices[0]?.message.content);
    server.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('ends politely while it still rehearses calls, of which nothing is ever seen', async () => {
    const other = temporaryFolder();
    const at = (...args: string[]) => startCli([...args, '--data', other.path], 'electron/headless.ts');
    const server = at('serve', '--port', '0');
    const exited = new Promise((resolve) => server.on('exit', resolve));
    await untilWritten(server, (text) => text.endsWith('\n'));
    server.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(await finishCli(at('traces', '--json'))).toMatchObject({
      code: 0,
      out: expect.not.stringContaining('rehears'),
    });
    other.remove();
  });

  it('finds this machine in order and measures it', async () => {
    const doctor = await finishCli(real('doctor'));
    expect([doctor.code, doctor.out]).toEqual([0, expect.stringMatching(/ok +engine +llama\.cpp loaded/u) as string]);
    const bench = await finishCli(real('bench', '--json'));
    expect(JSON.parse(bench.out)).toMatchObject({
      threads: { decodeThreads: expect.any(Number) as number },
      turns: { tokensPerSecond: { count: 18 } },
      router: { decideMs: { count: 2000 } },
    });
  });
});
