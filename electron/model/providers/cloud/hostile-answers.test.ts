import { describe, expect, it, onTestFinished } from 'vitest';
import { cloudAt, listen, loggedEgress, question } from '../../../../test/support/providers/ask.ts';
import type { Heard } from '../../../../test/support/providers/ask.ts';
import type { AnswerScript, Wire } from '../../../../test/support/providers/script.ts';
import { startProvider } from '../../../../test/support/providers/start-provider.ts';

const WIRES: readonly Wire[] = ['openai', 'anthropic', 'google'];

async function ask(wire: Wire, script: AnswerScript): Promise<Heard> {
  const { egress } = loggedEgress();
  const server = await startProvider(wire, script);
  onTestFinished(async () => {
    egress.dispose();
    await server.close();
  });
  return listen(cloudAt(wire, server.url, egress).generate(question(), new AbortController().signal));
}
const frames = (...all: readonly unknown[]): AnswerScript => ({
  steps: all.map((frame) => ({ raw: `data: ${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n\n` })),
  finish: null,
});
const google = (part: object, finishReason?: string) => ({
  candidates: [{ content: { parts: [part] }, ...(finishReason === undefined ? {} : { finishReason }) }],
});

describe.each(WIRES)('an answer on the wire of %s', (wire) => {
  it.each(['constructor', '__proto__', 'toString', 'valueOf'])(
    'that ends with “%s”, which every object knows, ends in words of ours',
    async (finishRaw) => {
      const { last } = await ask(wire, { steps: [{ text: 'Hi' }], finishRaw });
      if (last.kind === 'end') expect(last.finish).toBe('stop');
      else expect(last.fault.code).toBe('unknown');
    },
  );

  it('that counts more tokens than any model reads or writes is counted by its words', async () => {
    const { last } = await ask(wire, { steps: [{ text: 'Hi' }], usage: { in: 1e15, out: 1e15 } });
    expect(last.usage.tokensIn + last.usage.tokensOut).toBeLessThan(100);
    expect(last).toMatchObject({ kind: 'end', attributes: { usageEstimated: true } });
  });

  it('with half a letter in the name and the id of a call can be written down by everybody', async () => {
    const tool = { index: 0, id: 'call_\ud800', name: 'look\udc00', argumentsText: '{}' };
    const { tools } = await ask(wire, { steps: [{ tool }], finish: 'tool_calls' });
    expect(tools).toMatchObject([{ name: 'look\ufffd', argumentsText: '{}' }]);
    expect(tools[0]?.id.isWellFormed()).toBe(true);
  });

  it('whose status is none is a failure of the server', async () => {
    const socket = ['HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'];
    const { last } = await ask(wire, { socket });
    expect(last).toMatchObject({ kind: 'fault', fault: { code: 'server_error', recoverable: true } });
  });
});

it('a place for an error with nothing in it is no error', async () => {
  const said = await ask('google', frames({ ...google({ text: 'Hi' }, 'STOP'), error: null }));
  expect([said.text, said.last]).toMatchObject(['Hi', { kind: 'end', finish: 'stop' }]);
});

it('an event of a kind that is new, with a place for an error, says nothing', async () => {
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } };
  const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } };
  const said = await ask('anthropic', frames({ type: 'new', error: null }, text, end, { type: 'message_stop' }));
  expect([said.text, said.last]).toMatchObject(['Hi', { kind: 'end', finish: 'stop' }]);
});

it.each([0, 'Oslo', [], true])('a call whose arguments are %j and no object is never begun', async (args) => {
  const said = await ask('google', frames(google({ functionCall: { name: 'look_up', args } }, 'STOP')));
  expect(said.tools).toEqual([]);
  expect(said.last).toMatchObject({ kind: 'fault', fault: { code: 'malformed_output', recoverable: true } });
});

it('arguments that are no object are not passed on to who reads them as they come', async () => {
  const call = (argumentsText: string, first: object = {}) => ({
    choices: [
      { index: 0, delta: { tool_calls: [{ index: 0, ...first, function: { ...first, arguments: argumentsText } }] } },
    ],
  });
  const said = await ask('openai', frames(call('', { id: 'c1', name: 'look_up' }), call(' null'), '[DONE]'));
  expect(said.tools).toMatchObject([{ name: 'look_up', argumentsText: '' }]);
  expect(said.last).toMatchObject({ kind: 'fault', fault: { code: 'malformed_output' } });
});

it('blanks before the arguments of a call are left out: clients that read them as they come throw at blanks alone', async () => {
  const tool = { index: 0, id: 'c1', name: 'look_up', argumentsText: '' };
  const parts = ['\n', ' ', '  {"a":', ' 1 }'].map((argumentsText) => ({ tool: { index: 0, argumentsText } }));
  const said = await ask('openai', { steps: [{ tool }, ...parts], finish: 'tool_calls' });
  expect(said.tools).toEqual([{ id: 'c1', name: 'look_up', argumentsText: '{"a": 1 }' }]);
  const isBlank = (text: string) => text !== '' && text.trim() === '';
  expect(said.events.some((event) => event.kind === 'tool' && isBlank(event.argumentsText))).toBe(false);
});

it.each([
  ['a list of lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  [
    'arguments',
    JSON.stringify(google({ functionCall: { name: 'x', args: 0 } })).replace(
      ':0',
      `:${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    ),
  ],
])('%s nested deeper than anybody can walk is no answer of the server', async (_, frame) => {
  const { last } = await ask('google', frames(frame));
  expect(last).toMatchObject({ kind: 'fault', fault: { code: 'server_error' } });
  expect(last.kind === 'fault' && last.fault.detail).toMatch(/no answer/u);
});
