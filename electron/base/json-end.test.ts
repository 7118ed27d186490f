import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createJsonEnd } from './json-end.ts';

it('finds the end of an object or a list, however it is cut and whatever comes behind it', () => {
  const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
  fc.assert(
    fc.property(value, fc.string(), fc.integer({ min: 1, max: 9 }), (made, behind, size) => {
      const json = JSON.stringify(made);
      const all = json + behind;
      const end = createJsonEnd();
      for (let at = 0; at < all.length; at += size) {
        const found = end(all.slice(at, at + size));
        if (found < 0) continue;
        expect(at + found).toBe(json.length);
        return;
      }
      expect.fail('no end');
    }),
  );
});

it('finds none in a value that is cut off', () => {
  expect(createJsonEnd()('{"a":"}","b":[1,2')).toBe(-1);
});
