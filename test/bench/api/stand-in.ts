/**
 * A provider that costs nothing: streams 20 chunks in OpenAI's format, each in a tick of its own or, for the paced model, a pause apart. Prints its address.
 * Run as a process of its own, so that its work is not counted as the caller's.
 */
import { createServer } from 'node:http';
import { CHUNKS, MODEL_ID, PACE_MS, PACED_MODEL_ID } from './shape.ts';

const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-stand-in',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: MODEL_ID,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString('latin1')));
  request.on('end', () => {
    const paced = body.includes(`"${PACED_MODEL_ID}"`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let next = 0;
    const step = (): void => {
      if (next < CHUNKS.length) {
        response.write(chunk({ content: CHUNKS[next] }, null));
        next += 1;
        if (paced) setTimeout(step, PACE_MS);
        else setImmediate(step);
        return;
      }
      const usage = { prompt_tokens: 5, completion_tokens: CHUNKS.length, total_tokens: 5 + CHUNKS.length };
      response.end(
        `${chunk({}, 'stop')}data: ${JSON.stringify({ id: 'chatcmpl-stand-in', object: 'chat.completion.chunk', created: 1_790_000_000, model: MODEL_ID, choices: [], usage })}\n\ndata: [DONE]\n\n`,
      );
    };
    step();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`);
});
