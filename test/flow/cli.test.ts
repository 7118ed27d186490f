import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { finishCli, runCli, startCli, temporaryFolder, untilWritten } from '../support/cli.ts';
import { createScriptedEngine } from '../support/scripted-engine.ts';

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
});
afterEach(() => {
  folder.remove();
});

const cli = (...args: string[]) => runCli([...args, '--data', data]);
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const lines = (text: string) => text.split('\n').filter(Boolean).map(json);

describe('the command line', () => {
  it('lists its verbs when asked for help, when given none and when given one it does not know', async () => {
    const help = await runCli(['--help']);
    expect(help.code).toBe(0);
    for (const verb of [
      'chat',
      'traces',
      'serve',
      'doctor',
      'seed',
      'bench',
      'backup',
      'restore',
      'export',
      'import',
    ]) {
      expect(help.out).toContain(verb);
    }
    expect(await runCli([])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('use one of chat, traces') as string,
    });
    expect(await runCli(['chta', 'hi'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^There is no verb "chta": use one of chat, .*import, export-traces, import-traces, models, lab\.\n$/u,
      ) as string,
    });
  });

  it.each([
    [['chat'], /missing required argument 'text'/u],
    [['chat', ' \n'], /The question is empty/u],
    [['chat', 'hi', '--colour'], /Unknown option '--colour'/u],
    [['chat', 'hi', 'there'], /Too many arguments/u],
    [['chat', 'hi', '--conversation', 'mine'], /"mine" is no conversation id/u],
    [['traces', '--filter', 'speed>3'], /There is no field "speed"/u],
    [['traces', '--since', 'lately'], /"lately" is not a time/u],
    [['traces', '--limit', '-1'], /--limit is a whole number from 1/u],
    [['trace', '../etc'], /is no trace id/u],
    [['serve', '--port', '99999'], /--port is a whole number from 0 to 65535/u],
    [['seed', '--scenario', 'month'], /There is no scenario "month": use one of empty, week, long, traces/u],
    [['seed'], /Required option '--scenario <name>' not specified/u],
  ])('calls %j wrong usage, in one sentence on standard error', async (args, sentence) => {
    const { code, out, err } = await cli(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(sentence.source, 'iu'));
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([['traces'], ['trace', '01939c5e'], ['backup', '/tmp/x.db'], ['export', '/tmp/x.json']])(
    'makes no data folder by mistake: %s',
    async (...args) => {
      expect(await cli(...args)).toMatchObject({
        code: 1,
        err: expect.stringContaining('There is no Switchyard data in') as string,
      });
    },
  );
});

describe('a data folder that cannot be one', () => {
  it('is refused with one sentence by whatever would write into it', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const verbs = [
      ['chat', 'hi'],
      ['serve', '--port', '0'],
      ['seed', '--scenario', 'week'],
      ['import', file],
      ['restore', file],
    ];
    for (const args of verbs) {
      expect(await runCli([...args, '--data', file])).toEqual({
        code: 1,
        out: '',
        err: `The data folder ${file} cannot be used (${file} is a file): name another one with --data.\n`,
      });
    }
    if (process.platform !== 'linux') return;
    const { code, err } = await runCli(['chat', 'hi', '--data', '/proc/switchyard']);
    expect([code, err]).toEqual([1, expect.stringContaining('cannot be used (ENOENT)') as string]);
  });
});

describe('chat', () => {
  it('prints the answer and nothing else', async () => {
    expect(await cli('chat', 'hello')).toEqual({ code: 0, out: 'You said: hello\n', err: '' });
  });

  it('gives everything about the turn as JSON, and goes on with the conversation', async () => {
    const first = json((await cli('chat', 'hello', '--json')).out);
    expect(first).toMatchObject({
      text: 'You said: hello',
      status: 'complete',
      route: 'local',
      model: 'local/switchyard-starter',
      degraded: false,
      usage: { tokensOut: 1 },
      costUsd: 0,
      fault: null,
    });
    const engine = createScriptedEngine();
    const second = await runCli(['chat', 'again', '--conversation', String(first['conversationId']), '--data', data], {
      engine,
    });
    expect(second.out).toBe('You said: again\n');
    expect(engine.requests[0]?.messages.map(({ text }) => text)).toEqual(['hello', 'You said: hello', 'again']);
    expect(lines((await cli('traces', '--json')).out).map((trace) => trace['id'])).toContain(first['traceId']);
  });

  it('reads the question from standard input', async () => {
    expect((await runCli(['chat', '-', '--data', data], { stdin: 'two\nlines 🙂' })).out).toBe(
      'You said: two\nlines 🙂\n',
    );
  });

  it('refuses a conversation that is not there', async () => {
    const unknown = '01939c5e-0000-7000-8000-000000000001';
    const { code, err } = await cli('chat', 'hi', '--conversation', unknown);
    expect([code, err]).toEqual([1, `There is no conversation ${unknown} in ${data}: check the id.\n`]);
  });

  it('keeps the text and says why when the engine fails in mid-answer', async () => {
    const engine = createScriptedEngine({ script: () => [{ say: 'half an ' }, { crash: 1 }] });
    const { code, out, err } = await runCli(['chat', 'hi', '--data', data], { engine });
    expect([code, out.trim()]).toEqual([1, 'half an']);
    expect(err).toContain('engine process ended');
  });

  it('stops on Ctrl+C and keeps the text', async () => {
    const child = startCli(['chat', 'count 2000', '--data', data]);
    const done = finishCli(child);
    await untilWritten(child, (text) => text.includes('w5 '));
    child.kill('SIGINT');
    const { code, err, out } = await done;
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('Stopped. The text so far is kept in conversation') as string,
    ]);
    const exported = join(folder.path, 'export.json');
    await cli('export', exported);
    const kept = readFileSync(exported, 'utf8');
    expect(kept).toContain(out.trim());
    expect(kept).toContain('"status":"stopped"');
  });

  it('ends quietly when nobody reads any more', async () => {
    const child = startCli(['chat', 'count 2000', '--data', data]);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    await untilWritten(child, (text) => text.includes('w1 '));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect([code, err]).toEqual([0, '']);
  });
});

describe('traces', () => {
  it('gives one whole trace a line, newest first, filtered and limited', async () => {
    for (const text of ['one', 'two', 'three']) await cli('chat', text);
    const all = lines((await cli('traces', '--json')).out);
    expect(all.map((trace) => trace['preview'])).toEqual(['three', 'two', 'one']);
    expect(all[0]).toMatchObject({
      source: 'cli',
      status: 'ok',
      decision: { chosen: 'local/switchyard-starter' },
      attempts: [{ modelId: 'local/switchyard-starter', faultCode: null }],
      usage: { tokensOut: 1 },
    });
    const some = await cli(
      'traces',
      '--json',
      '--filter',
      'text=t status=ok durationMs>=0',
      '--limit',
      '1',
      '--since',
      '1h',
    );
    expect(lines(some.out).map((trace) => trace['preview'])).toEqual(['three']);
    expect((await cli('traces', '--filter', 'status=failed')).err).toBe('No trace matches.\n');
    expect((await cli('traces')).out).toMatch(/time +status +model[\s\S]+ok +Switchyard Starter[\s\S]+one/u);
  });

  it('shows one trace by the beginning of its id, and refuses one that fits several', async () => {
    await cli('chat', 'one');
    const id = String(lines((await cli('traces', '--json')).out)[0]?.['id']);
    expect(json((await cli('trace', id, '--json')).out)['id']).toBe(id);
    expect((await cli('trace', id.slice(0, 30))).out).toContain('Choose a model');
    await cli('chat', 'two');
    expect((await cli('trace', id.slice(0, 8))).err).toMatch(/More than one trace|^$/u);
    expect((await cli('trace', 'ffffffff')).err).toContain('There is no trace ffffffff');
  });

  it('records why an attempt failed and whose fault it was', async () => {
    const engine = createScriptedEngine({ script: () => [{ fail: 'local_oom' }] });
    expect((await runCli(['chat', 'hi', '--data', data], { engine })).code).toBe(1);
    expect(lines((await cli('traces', '--json', '--filter', 'fault=local_oom')).out)[0]).toMatchObject({
      status: 'failed',
      faultOrigin: 'infrastructure',
      attempts: [{ faultCode: 'local_oom', faultOrigin: 'infrastructure' }],
    });
  });
});

describe('the user’s data', () => {
  it('comes back from a backup exactly, and what was there is kept', async () => {
    await cli('chat', 'before');
    const file = join(folder.path, 'backup.db');
    expect((await cli('backup', file)).code).toBe(0);
    await cli('chat', 'after');
    const { code, out } = await cli('restore', file);
    expect([code, out]).toEqual([0, expect.stringContaining('is kept as') as string]);
    expect(lines((await cli('traces', '--json')).out).map((trace) => trace['preview'])).toEqual(['before']);
  });

  it('moves to another folder by export and import, once', async () => {
    const { conversationId } = json((await cli('chat', 'travel', '--json')).out);
    const file = join(folder.path, 'export.json');
    expect((await cli('export', file, '--conversation', String(conversationId))).out).toContain(
      'Exported 1 conversation to',
    );
    const other = join(folder.path, 'other');
    expect((await runCli(['import', file, '--data', other])).out).toContain('Imported 1, left out 0');
    expect((await runCli(['import', file, '--data', other])).out).toContain('Imported 0, left out 1');
  });

  it('refuses files that are no backup and no export, and says so', async () => {
    await cli('chat', 'here');
    const file = join(folder.path, 'foreign');
    writeFileSync(file, 'not ours');
    expect(await cli('restore', file)).toMatchObject({ code: 1, out: '' });
    expect(await cli('import', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('JSON cannot be read') as string,
    });
    expect(await cli('restore', join(folder.path, 'gone.db'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no backup') as string,
    });
    expect(lines((await cli('traces', '--json')).out)).toHaveLength(1);
  });
});

describe('doctor', () => {
  it('finds a new folder in order and leaves nothing behind', async () => {
    const { code, out } = await cli('doctor', '--json');
    expect([code, json(out)]).toEqual([0, expect.objectContaining({ ok: true }) as object]);
    expect((await cli('traces')).code).toBe(1);
  });

  it('fails on a wrong setting and names its line', async () => {
    await cli('chat', 'hi');
    writeFileSync(join(data, 'config.yaml'), 'chat:\n  defaultPrivate: perhaps\n');
    const { code, out } = await cli('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/fail +configuration .*Line 2/u);
  });

  it('says which keys are there, what was spent, what left and which policy decides, and never a key', async () => {
    await cli('chat', 'hi');
    process.env['DOCTOR_KEY'] = 'sk-CANARY-0123456789';
    onTestFinished(() => void delete process.env['DOCTOR_KEY']);
    const provider = (id: string, env: string) =>
      `  - {id: ${id}, kind: openai-compatible, baseUrl: http://127.0.0.1:9/v1, apiKey: {env: ${env}}, models: [{id: big}]}`;
    const providers = [provider('acme', 'DOCTOR_KEY'), provider('keyless', 'NOT_SET_ANYWHERE')].join('\n');
    writeFileSync(join(data, 'config.yaml'), `providers:\n${providers}\nbudgets: {usdPerDay: 2}\npolicy: balanced\n`);
    const { code, out } = await cli('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/ok +provider acme +Key from the environment\. 1 model in use\./u);
    expect(out).toMatch(/warn +provider keyless +No key\. .*NOT_SET_ANYWHERE/u);
    expect(out).toMatch(/ok +budget day +\$0\.00 of \$2\.00 is spent\. It starts again \d{4}-/u);
    expect(out).toMatch(/ok +egress +Nothing has left this machine\./u);
    expect(out).toMatch(/ok +policy balanced +In use, built in\./u);
    expect(out).not.toContain('CANARY');
  });

  it('decides what was asked again under another policy, of one source alone where that is wanted', async () => {
    await cli('chat', 'hi');
    const all = json((await cli('lab', 'replay', '--policy', 'offline', '--json')).out) as {
      rows: { source: string }[];
    };
    expect(all.rows.map(({ source }) => source)).toEqual(['cli']);
    const { code, out, err } = await cli('lab', 'replay', '--policy', 'offline', '--source', 'api');
    expect([code, out, err]).toEqual([
      0,
      '0 of 0 would change; $0.0000 would be $0.0000.\n',
      'No recorded decision is that new.\n',
    ]);
    const wrong = await cli('lab', 'replay', '--policy', 'offline', '--source', 'phone');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/app, api, cli, lab/u)]);
  });

  it('names the last fault of a provider, and what left for it', async () => {
    mkdirSync(data, { recursive: true });
    writeFileSync(
      join(data, 'config.yaml'),
      'providers:\n  - {id: acme, kind: openai-compatible, baseUrl: http://127.0.0.1:9/v1, models: [{id: big, quality: 0.9}]}\npolicy: best-quality\n',
    );
    await cli('chat', 'hi');
    const { checks } = json((await cli('doctor', '--json')).out) as { checks: { name: string; detail: string }[] };
    const of = (name: string) => checks.find((check) => check.name === name)?.detail;
    expect(of('provider acme')).toMatch(/Last fault \d{4}-\S+ \S+: (network|offline), /u);
    expect(of('egress')).toMatch(/to 127\.0\.0\.1:9 \(chat\); \d+ bytes in all/u);
    expect(of('private lock')).toMatch(/None of the last \d+ requests/u);
  });

  it('fails on the policy in use when it is wrong, with its line', async () => {
    mkdirSync(join(data, 'policies'), { recursive: true });
    writeFileSync(join(data, 'policies', 'team.yaml'), 'name: team\nobjective: {cost: cheap}\n');
    writeFileSync(join(data, 'config.yaml'), 'policy: team\n');
    const { code, out } = await cli('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/fail +policy team +Line 2: “objective\.cost” must be a number\./u);
  });

  it('fails on a damaged database without touching it', async () => {
    await cli('chat', 'hi');
    const path = join(data, 'switchyard.db');
    const damaged = readFileSync(path).fill(0x41, 4096, 40_000);
    writeFileSync(path, damaged);
    const { code, out } = await cli('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/fail +database/u);
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });
});

describe('a settings file that is wrong', () => {
  it('is named by what serves, with the line that is wrong, and nothing else of it counts', async () => {
    const own = join(folder.path, 'wrong');
    mkdirSync(own);
    writeFileSync(join(own, 'config.yaml'), 'api:\n  port: many\n');
    const server = startCli(['serve', '--port', '0', '--data', own]);
    const ended = new Promise((resolve) => server.on('exit', resolve));
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await untilWritten(server, (text) => text.includes('\n'));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said).toMatch(/^Settings: .*line 2/imu);
  });
});

describe('two at once', () => {
  it('names the process that has the data folder', async () => {
    const server = startCli(['serve', '--port', '0', '--data', data]);
    const ended = new Promise((resolve) => server.on('exit', resolve));
    const ready = json(await untilWritten(server, (text) => text.includes('\n')));
    expect(Object.keys(ready)).toEqual(['listening', 'token']);
    for (const args of [
      ['chat', 'hi'],
      ['import', '/nothing'],
      ['restore', '/nothing'],
      ['seed', '--scenario', 'empty'],
    ]) {
      expect(await cli(...args)).toMatchObject({
        code: 1,
        err: expect.stringContaining(`(serve, process ${String(server.pid)}): close it`) as string,
      });
    }
    const backup = join(folder.path, 'live.db');
    expect((await cli('backup', backup)).code).toBe(0);
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect((await cli('chat', 'free again')).code).toBe(0);
  });
});
