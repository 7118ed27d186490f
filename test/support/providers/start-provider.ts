import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { roomToWrite } from '../room-to-write.ts';
import { answerAdmin, modelOf } from './admin.ts';
import type { AnswerScript, SeenRequest, Step, Wire, WireWriter } from './script.ts';
import { anthropicError, anthropicWire } from './wire-anthropic.ts';
import { googleError, googleWire } from './wire-google.ts';
import { openAiError, openAiWire } from './wire-openai.ts';

/** What the server answers: the same each time, or worked out from the request and its number (from 0). */
export type Script = AnswerScript | ((request: SeenRequest, number: number) => AnswerScript | Promise<AnswerScript>);

/** A provider on this machine that speaks a wire format as the real one does, and keeps what it was asked. */
export interface LoopbackProvider {
  /** What stands as `baseUrl` in the settings. */
  readonly url: string;
  readonly port: number;
  /** Requests for answers, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Requests for model lists and embeddings. */
  readonly others: readonly SeenRequest[];
  /** Answers under way now. */
  open(): number;
  /** Connections made so far, asked over or not. */
  connections(): number;
  /** Whether it makes vectors of its own; false = the script answers for them too. */
  vectors(own: boolean): void;
  /** Throws away what was kept of earlier requests. */
  forget(): void;
  /** Other answers from here on. */
  script(script: Script): void;
  /** Drops every connection and stops listening: the next one is refused. */
  close(): Promise<void>;
}

export interface ProviderOptions {
  /** What lists of models hold. */
  readonly models?: readonly string[];
  /** 0 = one that is free. */
  readonly port?: number;
}

const ERRORS = { openai: openAiError, anthropic: anthropicError, google: googleError } as const;
const BASE_PATH = { openai: '/v1', anthropic: '/v1', google: '/v1beta' } as const;
const REQUEST_ID = { openai: 'x-request-id', anthropic: 'request-id', google: 'x-goog-request-id' } as const;

/**
 * Starts a provider on loopback:
 * `const acme = await startProvider('openai', { steps: [{ text: 'Hel' }, { text: 'lo' }, { cut: 'reset' }], finish: null })`.
 * Close it when the test is over.
 */
export async function startProvider(
  wire: Wire,
  first: Script = {},
  options: ProviderOptions = {},
): Promise<LoopbackProvider> {
  let script = first;
  let open = 0;
  let ownVectors = true;
  const requests: SeenRequest[] = [];
  const others: SeenRequest[] = [];

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    open++;
    void serve(request, response).finally(() => {
      open--;
    });
  });
  let connections = 0;
  server.on('connection', () => connections++);
  server.keepAliveTimeout = 5000;
  server.requestTimeout = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request, response);
    if (
      (ownVectors || !/embed/iu.test(seen.path)) &&
      answerAdmin(wire, seen, response, options.models ?? ['scripted'])
    ) {
      others.push(seen);
      return;
    }
    requests.push(seen);
    const number = requests.length - 1;
    const answer = typeof script === 'function' ? await script(seen, number) : script;
    if (answer.socket !== undefined) {
      for (const part of answer.socket) request.socket.write(part);
      request.socket.end();
      return;
    }
    response.setHeader(REQUEST_ID[wire], `req_${String(number)}`);
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (answer.error !== undefined || answer.body !== undefined) {
      sendWhole(
        response,
        seen,
        answer.status ?? (answer.error ? 500 : 200),
        answer.error ? ERRORS[wire](answer.error) : answer.body,
      );
      return;
    }
    response.statusCode = answer.status ?? 200;
    await play(wire, answer, seen, response);
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}${BASE_PATH[wire]}`,
    port,
    requests,
    others,
    open: () => open,
    connections: () => connections,
    vectors: (own) => {
      ownVectors = own;
    },
    forget: () => {
      requests.length = 0;
      others.length = 0;
    },
    script: (next) => {
      script = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(request: IncomingMessage, response: ServerResponse): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  const raw = Buffer.concat(parts);
  const bodyText = raw.toString('utf8');
  let body: unknown = null;
  try {
    body = JSON.parse(bodyText);
  } catch {
    // Not JSON: the text is all there is.
  }
  const seen = {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    bodyText,
    body,
    bytes: raw.byteLength,
    port: request.socket.remotePort ?? 0,
    bytesOut: 0,
    aborted: false,
    over: new Promise<void>((resolve) => {
      response.once('close', () => {
        seen.aborted = !response.writableFinished;
        resolve();
      });
    }),
  };
  return seen;
}

function sendWhole(response: ServerResponse, seen: SeenRequest, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', isText ? 'text/plain' : 'application/json');
  const text = isText ? body : JSON.stringify(body);
  seen.bytesOut += Buffer.byteLength(text);
  response.writeHead(status);
  response.end(text);
}

function writerOf(wire: Wire, seen: SeenRequest): WireWriter {
  const model = modelOf(seen);
  if (wire === 'anthropic') return anthropicWire(model);
  if (wire === 'google') return googleWire(model);
  const options: unknown = Reflect.get(Object(seen.body), 'stream_options');
  return openAiWire(model, Reflect.get(Object(options), 'include_usage') === true);
}

async function play(wire: Wire, answer: AnswerScript, seen: SeenRequest, response: ServerResponse): Promise<void> {
  const writer = writerOf(wire, seen);
  const usage = answer.usage === undefined ? { in: 10, out: 5 } : answer.usage;
  const steps: readonly Step[] = answer.steps ?? [{ text: 'ok' }];
  const finish = answer.finish === undefined ? 'stop' : answer.finish;
  if (answer.whole) {
    const text = steps.map((step) => ('text' in step ? step.text : '')).join('');
    const tools = steps.flatMap((step) => ('tool' in step ? [{ id: 'call_0', name: 'tool', ...step.tool }] : []));
    response.setHeader('content-type', 'application/json');
    const body = writer.whole(text, tools, finish ?? 'stop', answer.finishRaw, usage);
    seen.bytesOut += Buffer.byteLength(body);
    response.end(body);
    return;
  }
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  const sent = (bytes: number) => {
    seen.bytesOut += bytes;
  };
  let begun = false;
  const begin = async () => {
    if (begun) return;
    begun = true;
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    await send(response, writer.begin(usage), answer.split, sent);
  };
  /** False = the answer is over. */
  const take = async (step: Step): Promise<boolean> => {
    if (response.destroyed) return false;
    if ('pauseMs' in step) await wait(step.pauseMs);
    else if ('hold' in step) await step.hold;
    else if ('cut' in step) {
      if (step.cut === 'reset') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return false;
    } else if ('stall' in step) {
      await seen.over;
      return false;
    } else if ('raw' in step) {
      begun = true;
      response.flushHeaders();
      await send(response, step.raw, answer.split, sent);
    } else if ('endless' in step) {
      begun = true;
      response.flushHeaders();
      const bytes = Buffer.from(step.endless);
      for (let out = 0; out < step.mostBytes && !response.destroyed; out += bytes.byteLength) {
        await send(response, bytes, undefined, sent);
        await nextTurn();
      }
    } else {
      await begin();
      if (!('open' in step)) await send(response, frameOf(writer, step), answer.split, sent);
    }
    return true;
  };
  for (const step of steps) if (!(await take(step))) return;
  if (finish !== null) {
    await begin();
    await send(response, writer.end(finish, answer.finishRaw, usage), answer.split, sent);
  }
  for (const step of answer.tail ?? []) if (!(await take(step))) return;
  response.end();
}

function frameOf(writer: WireWriter, step: Step): string {
  if ('text' in step) return writer.text(step.text, step.logprob);
  if ('reasoning' in step) return writer.reasoning(step.reasoning);
  if ('tool' in step) return writer.tool(step.tool);
  if ('error' in step) return writer.error(step.error);
  return '';
}

/** Sends in the pieces asked for, each in a turn of its own so that it arrives as a read of its own. */
async function send(
  response: ServerResponse,
  data: string | Uint8Array,
  split: readonly number[] | undefined,
  sent: (bytes: number) => void,
): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  if (bytes.byteLength === 0) return;
  sent(bytes.byteLength);
  if (split === undefined || split.length === 0) {
    await write(response, bytes);
    return;
  }
  for (let at = 0, turn = 0; at < bytes.byteLength; turn++) {
    const size = Math.max(1, split[turn % split.length] ?? 1);
    await write(response, bytes.subarray(at, at + size));
    at += size;
    await nextTurn();
  }
}

async function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (response.destroyed || response.write(bytes)) return;
  await roomToWrite(response);
}
