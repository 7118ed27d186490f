const encoder = new TextEncoder();

/**
 * One server-sent event. Every line of the data gets its own `data:` field, so nothing in it can end the event early or
 * start a field of its own (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
export const sseEvent = (data: string): string =>
  `${data
    .split(/\r\n|\r|\n/u)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;

export const sseJson = (value: unknown): string => sseEvent(JSON.stringify(value));

export const SSE_DONE = sseEvent('[DONE]');

/** Bytes of a stream of events, made only as fast as they are read. Cancelling ends the source. */
export function sseBody(events: AsyncIterable<string>, onCancel: () => void): ReadableStream<Uint8Array> {
  const iterator = events[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await iterator.next();
        if (step.done === true) controller.close();
        else controller.enqueue(encoder.encode(step.value));
      },
      async cancel() {
        onCancel();
        await iterator.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}
