import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolPart } from './dialect.ts';
import { createCallOrder } from './openai-calls.ts';

const opened = (index: number, argumentsText = ''): ToolPart => ({
  kind: 'tool',
  index,
  id: `c${String(index)}`,
  name: 'f',
  argumentsText,
});
const more = (index: number, argumentsText: string): ToolPart => ({ kind: 'tool', index, argumentsText });

/** The arguments of each call, in the order in which the calls were begun. */
function heard(parts: readonly ToolPart[]): [number, string][] {
  const calls = new Map<number, string>();
  for (const { index, argumentsText } of parts) calls.set(index, (calls.get(index) ?? '') + argumentsText);
  return [...calls];
}

describe('the order of streamed calls', () => {
  it('gives a call without arguments an empty object before the next one begins', () => {
    const order = createCallOrder();
    const said = [opened(0), opened(1), opened(2, '{"a":1}')].flatMap(order.take);
    expect([...said, ...order.rest(true)]).toEqual([
      opened(0),
      more(0, '{}'),
      opened(1),
      more(1, '{}'),
      opened(2, '{"a":1}'),
    ]);
  });

  it('lets arguments through as they come', () => {
    const order = createCallOrder();
    expect(order.take(opened(0))).toEqual([opened(0)]);
    expect(order.take(more(0, '{"a":'))).toEqual([more(0, '{"a":')]);
    expect(order.take(opened(1))).toEqual([opened(1)]);
    expect(order.take(more(0, '1}'))).toEqual([]);
    expect(order.take(more(1, '{}'))).toEqual([more(1, '{}'), more(0, '1}')]);
    expect(order.rest(true)).toEqual([]);
  });

  it('adds nothing to an answer that broke off', () => {
    const order = createCallOrder();
    const said = [opened(0), opened(1, '{"a"')].flatMap(order.take);
    expect([...said, ...order.rest(false)]).toEqual([opened(0), opened(1, '{"a"')]);
  });

  it('loses no argument and begins each call in its turn, however the parts are mixed', () => {
    const parts = fc.array(fc.record({ index: fc.nat(3), argumentsText: fc.constantFrom('', 'a', 'b') }));
    fc.assert(
      fc.property(parts, (mixed) => {
        const order = createCallOrder();
        const met = new Set<number>();
        const given = mixed.map(({ index, argumentsText }) => {
          const first = !met.has(index);
          met.add(index);
          return first ? opened(index, argumentsText) : more(index, argumentsText);
        });
        const said = [...given.flatMap(order.take), ...order.rest(true)];
        const expected = heard(given).map(([index, text]) => [index, text === '' ? '{}' : text]);
        expect(heard(said)).toEqual(expected);
        for (const [index] of heard(said)) expect(said.find((part) => part.index === index)?.name).toBe('f');
      }),
    );
  });
});
