import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../model.ts';
import { callable, createCallReader, engineMessages } from './tool-text.ts';

const weather = { name: 'weather', description: 'Says the weather', parameters: { type: 'object', properties: {} } };
const clock = { name: 'clock', parameters: { type: 'object', properties: {} } };

/** All that a reader says of a text that comes in pieces, calls put together. */
function read(pieces: readonly string[]) {
  let ids = 0;
  const reader = createCallReader({ mintId: () => `call_${++ids}`, names: new Set(['weather']), most: 8 });
  const events = [...pieces.flatMap((piece) => reader.push(piece, 1)), ...reader.finish()];
  const calls = new Map<number, { id: string; name: string; argumentsText: string }>();
  let text = '';
  for (const event of events) {
    if (event.kind === 'delta') text += event.text;
    else {
      const call = calls.get(event.index) ?? { id: event.id ?? '', name: event.name ?? '', argumentsText: '' };
      call.argumentsText += event.argumentsText;
      calls.set(event.index, call);
    }
  }
  return { text, calls: [...calls.values()], count: reader.calls() };
}

describe('calls in what a local model writes', () => {
  it('are the same however the text is cut', () => {
    const argumentsOf = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant({ a: ['}', '"'] })));
    const call = fc.record({ name: fc.string({ minLength: 1 }), arguments: argumentsOf });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(), { maxLength: 9 }), (all, cuts) => {
        const text = all.map((one) => JSON.stringify(one, null, 1)).join('\n');
        const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
        const found = read(at.slice(1).map((to, i) => text.slice(at[i], to)));
        expect(found.text).toBe('');
        expect(found.calls.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
        expect(found.calls.map(({ argumentsText }) => JSON.parse(argumentsText) as unknown)).toEqual(
          all.map((one) => JSON.parse(JSON.stringify(one.arguments)) as unknown),
        );
      }),
    );
  });

  it('come as their arguments are written', () => {
    const reader = createCallReader({ mintId: () => 'call_1', names: new Set(['weather']), most: 8 });
    expect(reader.push('{"name": "weather", "argu', 1)).toEqual([]);
    expect(reader.push('ments": {"city": "Os', 1)).toEqual([
      { kind: 'tool', index: 0, id: 'call_1', name: 'weather', argumentsText: '' },
      { kind: 'tool', index: 0, argumentsText: '{"city": "Os' },
    ]);
    expect(reader.push('lo"}}', 1)).toEqual([{ kind: 'tool', index: 0, argumentsText: 'lo"}' }]);
  });

  it('are none in an answer in words, which comes as it is written', () => {
    expect(read(['\n', ' It is {"name": "weather"} ', 'today.'])).toEqual({
      text: '\n It is {"name": "weather"} today.',
      calls: [],
      count: 0,
    });
  });

  it('are none where a call was cut off before its name', () => {
    expect(read(['{"na'])).toEqual({ text: '{"na', calls: [], count: 0 });
  });
});

describe('a conversation with tools, for the engine', () => {
  const talk: ModelMessage[] = [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'Weather in Oslo and Rome?' },
    {
      role: 'assistant',
      text: '',
      toolCalls: [
        { id: 'a', name: 'weather', argumentsText: '{"city":"Oslo"}' },
        { id: 'b', name: 'clock', argumentsText: '' },
      ],
    },
    { role: 'tool', toolCallId: 'a', text: 'rain' },
    { role: 'tool', toolCallId: 'b', text: 'noon' },
  ];

  it('holds calls and results as lines, the results of one answer together', () => {
    expect(engineMessages(talk)?.slice(2)).toEqual([
      {
        role: 'assistant',
        text: '{"name": "weather", "arguments": {"city":"Oslo"}}\n{"name": "clock", "arguments": {}}',
      },
      { role: 'user', text: 'Result of weather:\nrain\n\nResult of clock:\nnoon' },
    ]);
  });

  it('names the tools behind the system prompt, and says when one must be called', () => {
    const [system] = engineMessages(talk, [weather]) ?? [];
    expect(system?.text).toMatch(/^Be brief\.\n\nYou can call these tools/);
    expect(system?.text).toContain(JSON.stringify(weather));
    expect(engineMessages(talk, [weather], 'required')?.[0]?.text).toContain('You now call one of these tools');
    expect(engineMessages([{ role: 'user', text: 'hi' }], [weather])?.[0]?.role).toBe('system');
  });

  it('offers what the request lets the model call', () => {
    expect(callable([weather, clock], 'none')).toEqual([]);
    expect(callable([weather, clock], { name: 'clock' })).toEqual([clock]);
    expect(callable([weather, clock])).toEqual([weather, clock]);
  });

  it('cannot hold images', () => {
    expect(engineMessages([{ role: 'user', text: '', images: [{ mediaType: 'image/png', data: '' }] }])).toBeNull();
  });
});
