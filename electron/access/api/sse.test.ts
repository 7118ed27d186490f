import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sseEvent, sseJson } from './sse.ts';

/** A reader of event streams as the standard describes it. */
function readEvents(stream: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of stream.split(/\r\n|\r|\n/u)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /u, ''));
  }
  return events;
}

describe('server-sent events', () => {
  it('gives any text back whole, line ends as line feeds, and never a second event', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', ':', ' ', 'data: ', 'é', '🙂') }), (text) => {
        expect(readEvents(sseEvent(text))).toEqual([text.replace(/\r\n|\r/gu, '\n')]);
      }),
    );
  });

  it('gives any value back through JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (values) => {
        const events = readEvents(values.map(sseJson).join(''));
        expect(events.map((event) => JSON.stringify(JSON.parse(event)))).toEqual(values.map((v) => JSON.stringify(v)));
      }),
    );
  });
});
