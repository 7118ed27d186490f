/**
 * One server-sent event. Every line of the data gets its own `data:` field, so nothing in it can end the event early or
 * start a field of its own (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
export const sseEvent = (data: string): string =>
  `${data
    .split(/\r\n|\r|\n/u)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;

/** JSON never holds a bare line break, so it is always one line. */
export const sseJson = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** An event with a name; `json` = its data as JSON text. */
export const sseNamed = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;

export const SSE_DONE = sseEvent('[DONE]');
