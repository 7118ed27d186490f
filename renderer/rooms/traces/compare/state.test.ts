import { beforeEach, describe, expect, it } from 'vitest';
import { useComparing } from './state.ts';

const now = () => {
  const { first, pair } = useComparing.getState();
  return { first: first?.id ?? null, pair };
};

describe('picking two traces', () => {
  beforeEach(() => {
    useComparing.getState().cancel();
    useComparing.getState().close();
  });

  it('the first waits for the second, which opens the comparison in the order they were picked', () => {
    const { pick } = useComparing.getState();
    pick('a', 'A');
    expect(now()).toEqual({ first: 'a', pair: null });
    pick('b', 'B');
    expect(now()).toEqual({ first: null, pair: { a: 'a', b: 'b' } });
  });

  it('the same one again is picked no more', () => {
    const { pick } = useComparing.getState();
    pick('a', 'A');
    pick('a', 'A');
    expect(now()).toEqual({ first: null, pair: null });
  });

  it('closing keeps nothing picked, and a replay opens beside what it replays', () => {
    const { open, close, pick } = useComparing.getState();
    pick('x', 'X');
    open('a', 'replay');
    expect(now()).toEqual({ first: null, pair: { a: 'a', b: 'replay' } });
    close();
    expect(now()).toEqual({ first: null, pair: null });
  });
});
