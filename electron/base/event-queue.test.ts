import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventQueue } from './event-queue.ts';

describe('a queue of events', () => {
  it('hands on every item in its order, however writing and reading alternate', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (writes) => {
        const queue = createEventQueue<number>();
        const reader = queue.read();
        const wanted: Promise<IteratorResult<number, undefined>>[] = [];
        let written = 0;
        for (const write of writes) {
          // One reader asks again once it has the last item.
          if (write) queue.push(written++);
          else if (wanted.length <= written) wanted.push(reader.next());
        }
        queue.close();
        const read = (await Promise.all(wanted)).flatMap((step) => (step.done === true ? [] : [step.value]));
        for await (const item of reader) read.push(item);
        expect(read).toEqual(Array.from({ length: written }, (_, at) => at));
      }),
    );
  });

  it('hands on items that are nothing', async () => {
    const queue = createEventQueue<undefined>();
    queue.push(undefined);
    expect(await queue.read().next()).toEqual({ done: false, value: undefined });
  });

  it('ends a reader that waits, and hears nothing after its end', async () => {
    const queue = createEventQueue<string>();
    const reader = queue.read();
    const next = reader.next();
    queue.close();
    queue.push('late');
    expect([await next, await reader.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('says once that its reader left, and not when it had everything', async () => {
    let left = 0;
    const early = createEventQueue<string>(() => left++);
    early.push('a');
    early.push('b');
    for await (const item of early.read()) if (item === 'a') break;
    expect([left, await early.read().next()]).toEqual([1, { done: true, value: undefined }]);
    const whole = createEventQueue<string>(() => left++);
    whole.close();
    await whole.read().return?.();
    expect(left).toBe(1);
  });
});
