import { describe, expect, it } from 'vitest';
import { createEarlyKeys } from './early-keys.ts';

function make() {
  const listeners = new Set<(event: KeyboardEvent) => void>();
  const keys = createEarlyKeys({
    addEventListener: (_: string, listener: unknown) => void listeners.add(listener as never),
    removeEventListener: (_: string, listener: unknown) => void listeners.delete(listener as never),
  });
  /** Types one key; says whether the page was kept from it. */
  const type = (key: string, more: Partial<KeyboardEvent> = {}): boolean => {
    let kept = false;
    const event = { key, ...more, preventDefault: () => (kept = true), stopPropagation: () => undefined };
    for (const listener of listeners) listener(event as KeyboardEvent);
    return kept;
  };
  return { keys, type, listeners };
}

describe('keys typed before a field has the keyboard', () => {
  it('are given to it, corrected as a person corrected them', () => {
    const { keys, type } = make();
    keys.hold();
    expect(['s', 'x', 'Backspace', '红', 'r'].map((key) => type(key))).toEqual([true, true, true, true, true]);
    expect(keys.take()).toBe('s红r');
  });

  it('can be looked at while they are still held', () => {
    const { keys, type } = make();
    expect(keys.held()).toBeNull();
    keys.hold();
    type('a');
    expect([keys.held(), type('b'), keys.take(), keys.held()]).toEqual(['a', true, 'ab', null]);
  });

  it('leave Escape, Enter and shortcuts to the page', () => {
    const { keys, type } = make();
    keys.hold();
    expect([type('Escape'), type('Enter'), type('k', { ctrlKey: true })]).toEqual([false, false, false]);
    expect(keys.take()).toBe('');
  });

  it('are held once, and no longer than until they are taken', () => {
    const { keys, type, listeners } = make();
    keys.hold();
    keys.hold();
    expect(listeners.size).toBe(1);
    type('a');
    expect([keys.take(), keys.take(), listeners.size, type('b')]).toEqual(['a', '', 0, false]);
  });
});
