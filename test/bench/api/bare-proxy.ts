/**
 * The least that can stand between a caller and a provider: passes bytes on as they come and does nothing else. What it adds is the
 * machine's own price for one more process in the way. Takes the provider's address; prints its own.
 */
import { Agent, createServer, request as ask } from 'node:http';

const provider = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
    const asked = ask(
      { agent, hostname: provider.hostname, port: provider.port, path: request.url, method: 'POST', headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { 'content-type': 'text/event-stream' });
        answer.pipe(response);
      },
    );
    asked.on('error', () => {
      response.writeHead(502).end();
    });
    asked.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`);
});
