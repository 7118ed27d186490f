import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keep, readKept } from './persist.ts';

const DEFAULTS = { open: true, widthPx: 260 };

describe('facts kept over a restart', () => {
  let stored: Map<string, string>;
  beforeEach(() => {
    stored = new Map();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('come back as they were', () => {
    keep('a', { open: false, widthPx: 300 });
    expect(readKept('a', DEFAULTS)).toEqual({ open: false, widthPx: 300 });
  });

  it.each(['', '{', 'null', '7', '[]', '{"open":"yes","widthPx":null,"other":1}'])(
    'are the defaults for %j',
    (junk) => {
      stored.set('a', junk);
      expect(readKept('a', DEFAULTS)).toEqual(DEFAULTS);
    },
  );

  it('are the defaults where storage is forbidden, and keeping does no harm', () => {
    vi.stubGlobal('localStorage', undefined);
    keep('a', DEFAULTS);
    expect(readKept('a', DEFAULTS)).toEqual(DEFAULTS);
  });
});
