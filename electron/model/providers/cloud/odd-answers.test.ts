import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudAt, listen, loggedEgress, openOrigin, question } from '../../../../test/support/providers/ask.ts';
import type { AnswerScript, Wire } from '../../../../test/support/providers/script.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';

const WIRES: readonly Wire[] = ['openai', 'anthropic', 'google'];

async function ask(wire: Wire, script: AnswerScript) {
  const { egress } = loggedEgress();
  const server = await startProvider(wire, script);
  onTestFinished(async () => {
    egress.dispose();
    await server.close();
  });
  return listen(cloudAt(wire, server.url, egress).generate(question(), new AbortController().signal));
}
const raw = (...parts: readonly (string | Uint8Array)[]): AnswerScript => ({
  steps: parts.map((part) => ({ raw: part })),
  finish: null,
});
const frame = (document: unknown) => `data: ${JSON.stringify(document)}\n\n`;
const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  frame({ choices: [{ index: 0, delta, finish_reason: finish }], ...more });
const DONE = 'data: [DONE]\n\n';
const whole = (body: unknown): AnswerScript => ({ status: 200, body });
const calls = (...parts: readonly object[]) => parts.map((part) => chunk({ tool_calls: [part] })).join('');
const called = async (stream: string) => {
  const { tools, last } = await ask('openai', raw(stream, chunk({}, 'tool_calls'), DONE));
  expect(last).toMatchObject({ kind: 'end', finish: 'tool_calls' });
  return tools.map(({ name, argumentsText }) => `${name} ${argumentsText}`);
};

describe.each(WIRES)('an answer on the wire of %s', (wire) => {
  it('that ends inside a frame ended in the middle: nobody is told to check an address', async () => {
    const { text, last } = await ask(wire, {
      steps: [{ text: 'Hello ' }, { raw: 'data: {"a":{"b":"wor' }],
      finish: null,
    });
    expect(text).toBe('Hello ');
    expect(last).toMatchObject({ kind: 'fault', fault: { code: 'truncated', origin: 'infrastructure' } });
  });

  it.each(['d', 'data', 'r', 'data: ', ': no'])('that ends with “%s” ended in the middle', async (begun) => {
    const { last } = await ask(wire, raw(begun));
    expect(last).toMatchObject({ kind: 'fault', fault: { code: 'truncated' } });
  });

  it('that ends inside a letter of a frame ended in the middle', async () => {
    const bytes = Buffer.from('data: {"a":"ü').subarray(0, -1);
    const { last } = await ask(wire, { steps: [{ text: 'Hello ' }, { raw: bytes }], finish: null });
    expect(last).toMatchObject({ kind: 'fault', fault: { code: 'truncated' } });
  });

  it('that is called a web page and is none counts: PHP says so of everything', async () => {
    const { text, last } = await ask(wire, { headers: { 'content-type': 'text/html; charset=UTF-8' } });
    expect([text, last]).toMatchObject(['ok', { kind: 'end', finish: 'stop' }]);
  });

  it.each([{ greeting: 'hello' }, 'hello', 42])('that is %j is none, and its trace keeps it', async (body) => {
    const { last } = await ask(wire, whole(typeof body === 'object' ? body : JSON.stringify(body)));
    expect(last).toMatchObject({ kind: 'fault', fault: { code: 'server_error' } });
    expect(last.attributes?.['redactedBody']).toBe(JSON.stringify(body));
  });
});

it('an answer that is a stream of another wire is none', async () => {
  const theirs =
    frame({ type: 'message_start', message: {} }) +
    frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } });
  const { text, last } = await ask('openai', raw(theirs));
  expect(text).toBe('');
  expect(last).toMatchObject({ kind: 'fault', fault: { code: 'server_error' } });
});

it.each([
  [{ base_resp: { status_code: 1004, status_msg: 'login fail: Please carry the API secret key' } }, 'auth'],
  [{ choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 'quota'],
  [{ error_code: 18, error_msg: 'Open api qps request limit reached' }, 'rate_limit'],
])('a refusal with status 200, %j, is what it says: %s', async (body, code) => {
  const { last } = await ask('openai', whole(body));
  expect(last).toMatchObject({ kind: 'fault', fault: { code } });
});

it.each([
  [
    { object: 'error', message: 'EngineCore encountered an issue.', type: 'InternalServerError', code: 500 },
    'server_error',
  ],
  [{ text: '**NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.**', error_code: 50001 }, null],
])('an error after words, %j, is no end of the answer, though [DONE] follows', async (error, code) => {
  const { text, last } = await ask('openai', raw(chunk({ content: 'Hello ' }), frame(error), DONE));
  expect(text).toBe('Hello ');
  expect(last).toMatchObject({ kind: 'fault', fault: { code: code ?? expect.any(String) } });
});

it('a code of an error that says that all is well is none', async () => {
  const fine = { base_resp: { status_code: 0, status_msg: '' }, error_code: 0 };
  const { text, last } = await ask('openai', raw(chunk({ content: 'Hi' }, null, fine), chunk({}, 'stop', fine), DONE));
  expect([text, last]).toMatchObject(['Hi', { kind: 'end' }]);
});

it('an answer that is numbered in strings is read', async () => {
  const named = chunk({ content: 'Hi' }, 'stop').replace('"index":0', '"index":"0"');
  expect((await ask('openai', raw(named, DONE))).text).toBe('Hi');
});

it('a second answer that nobody asked for is not mixed into the first', async () => {
  const other = frame({ candidates: [{ index: 1, content: { parts: [{ text: 'no' }] } }] });
  const first = frame({ candidates: [{ index: 0, content: { parts: [{ text: 'yes' }] }, finishReason: 'STOP' }] });
  expect((await ask('google', raw(other, first))).text).toBe('yes');
});

it('an end by calls without a call is a plain end: clients would wait for calls', async () => {
  const { text, last } = await ask('openai', raw(chunk({ content: 'Hi' }), chunk({}, 'tool_calls'), DONE));
  expect([text, last]).toMatchObject(['Hi', { kind: 'end', finish: 'stop' }]);
});

describe('what an answer took', () => {
  it('is not forgotten for counts of nothing that follow', async () => {
    const zero = frame({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } });
    const usage = { prompt_tokens: 12, completion_tokens: 7 };
    const { last } = await ask('openai', raw(chunk({ content: 'Hi' }), chunk({}, 'stop', { usage }), zero, DONE));
    expect(last.usage).toMatchObject({ tokensIn: 12, tokensOut: 7 });
  });

  it.each([
    { prompt_tokens: 12, completion_tokens: null },
    { prompt_tokens: 12, completion_tokens: 0 },
    { prompt_tokens: 0, completion_tokens: 7 },
  ])('is guessed where a side is not counted: %j', async (usage) => {
    const { last } = await ask(
      'openai',
      raw(chunk({ content: 'Hello to all of you' }), chunk({}, 'stop', { usage }), DONE),
    );
    expect(last.usage.tokensIn).toBeGreaterThan(0);
    expect(last.usage.tokensOut).toBeGreaterThan(0);
    expect(last.attributes).toMatchObject({ usageEstimated: true });
  });
});

describe('calls of servers that number them badly', () => {
  const named = (name: string, text: string, more: object = {}) => ({ ...more, function: { name, arguments: text } });
  const part = (text: string, more: object = {}) => ({ ...more, function: { arguments: text } });

  it('go on with the last one where parts have neither number nor id', async () => {
    const stream = calls(
      named('a', '', { id: 'x' }),
      part('{"n":'),
      part('1}'),
      named('b', '', { id: 'y' }),
      part('{"n":2}'),
    );
    expect(await called(stream)).toEqual(['a {"n":1}', 'b {"n":2}']);
  });

  it('are several where a name follows whole arguments', async () => {
    expect(await called(calls(named('a', '{"n":1}'), named('b', '{"n":2}'), named('b', '{"n":3}')))).toEqual([
      'a {"n":1}',
      'b {"n":2}',
      'b {"n":3}',
    ]);
    const zero = { index: 0 };
    expect(await called(calls(named('a', '{"n":1}', zero), named('b', '{"n":', zero), part('2}', zero)))).toEqual([
      'a {"n":1}',
      'b {"n":2}',
    ]);
  });

  it('are one where the name is said with each part', async () => {
    const zero = { index: 0 };
    expect(await called(calls(named('a', '{"n"', zero), named('a', ':1}', zero), named('a', '', zero)))).toEqual([
      'a {"n":1}',
    ]);
  });

  it('are told apart by ids where all have the number 0', async () => {
    const [x, y] = [
      { index: 0, id: 'x' },
      { index: 0, id: 'y' },
    ];
    const stream = calls(
      named('a', '', x),
      part('{"n":', { index: 0 }),
      part('1}', x),
      named('b', '', y),
      part('{"n":', y),
      part('2}', { index: 0 }),
    );
    expect(await called(stream)).toEqual(['a {"n":1}', 'b {"n":2}']);
  });

  it('are told apart by numbers that are texts', async () => {
    const both = (one: object, two: object) => chunk({ tool_calls: [one, two] });
    const [zero, first] = [{ index: '0' }, { index: '1' }];
    const stream =
      both(named('a', '{"n"', zero), named('b', '{"n"', first)) + both(part(':1}', zero), part(':2}', first));
    expect(await called(stream)).toEqual(['a {"n":1}', 'b {"n":2}']);
  });

  it('are told apart by their places where several come at once without numbers and ids', async () => {
    const both = (one: object, two: object) => chunk({ tool_calls: [one, two] });
    const stream = both(named('a', '{"n"'), named('b', '{"n"')) + both(part(':1}'), part(':2}'));
    expect(await called(stream)).toEqual(['a {"n":1}', 'b {"n":2}']);
  });
});

describe('vectors', () => {
  const vectorsOf = async (data: readonly object[]) => {
    const { egress } = loggedEgress();
    const text = JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 3, total_tokens: 3 } });
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(text.length)}\r\n\r\n`;
    const server = createServer((socket) =>
      socket.once('data', () => socket.end(head + text)).on('error', () => undefined),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      egress.dispose();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const provider = cloudAt('openai-compatible', `http://127.0.0.1:${String(port)}/v1`, egress);
    const asked = { modelId: 'acme/big', texts: ['one', 'two'], origin: openOrigin };
    return provider.embed?.(asked, new AbortController().signal);
  };

  it('that come in another order are put in that of their texts', async () => {
    const answer = await vectorsOf([
      { index: 1, embedding: [0, 2] },
      { index: 0, embedding: [3, 0] },
    ]);
    expect(answer?.vectors).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('whose numbers say nothing are taken as they come', async () => {
    const answer = await vectorsOf([
      { index: 0, embedding: [0, 2] },
      { index: 0, embedding: [3, 0] },
    ]);
    expect(answer?.vectors).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it.each([
    [[[1, 0]]],
    [
      [
        [1, 0],
        [1, 0, 0],
      ],
    ],
    [[[], []]],
  ])('that do not fit the texts, %j, are the fault of the model', async (all) => {
    const asked = vectorsOf(all.map((embedding, index) => ({ index, embedding })));
    await expect(asked).rejects.toMatchObject({
      fault: { code: 'malformed_output', origin: 'model', recoverable: true },
    });
  });
});
