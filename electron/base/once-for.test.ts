import { expect, it } from 'vitest';
import { onceFor } from './once-for.ts';

it('makes something of each source once, nothing included, and anew of another one', () => {
  let made = 0;
  const lengthOf = onceFor((list: readonly string[]) => {
    made++;
    return list.length === 0 ? undefined : list.length;
  });
  const [one, none] = [['a'], []];
  expect([one, none, one, none, ['a']].map(lengthOf)).toEqual([1, undefined, 1, undefined, 1]);
  expect(made).toBe(3);
});
