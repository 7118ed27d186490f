import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Complete } from '../../orchestration/complete/complete.ts';
import { answerChat } from './answer.ts';
import { ApiRefusal, errorBody, faultToError } from './errors.ts';
import type { ApiError } from './errors.ts';
import { checkCaller, checkToken, readLimited } from './guard.ts';
import { parseChatCompletion } from './openai-request.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** How long `close` waits for answers that are being written before it ends them. */
const CLOSE_GRACE_MS = 5000;

export interface ApiModel {
  /** `provider/model`. */
  readonly id: string;
  readonly provider: string;
  /** False while it cannot answer (file missing, corrupt). */
  readonly usable: boolean;
  readonly contextTokens: number;
  readonly addedAt: number;
}

export interface ApiDeps {
  readonly complete: Complete;
  readonly models: () => readonly ApiModel[];
  readonly verifyToken: (token: string) => boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxBodyBytes?: number;
  readonly closeGraceMs?: number;
}

export interface Api {
  /** Listens on 127.0.0.1; port 0 picks a free one. Rejects when the port is taken. */
  listen(port: number): Promise<{ port: number; url: string }>;
  /** No new requests; answers under way get a few seconds, then end with an error event. */
  close(): Promise<void>;
}

const METHODS: Readonly<Record<string, string>> = {
  '/healthz': 'GET',
  '/v1/models': 'GET',
  '/v1/chat/completions': 'POST',
};

const respond = (error: ApiError): Response =>
  Response.json(errorBody(error), { status: error.status, headers: { 'cache-control': 'no-store', ...error.headers } });

const internal: ApiError = {
  status: 500,
  message: 'Something went wrong inside Switchyard: the log file in the data folder says what.',
  code: 'internal',
  param: null,
};

/** The local HTTP API: loopback only, OpenAI wire format. */
export function createApi(deps: ApiDeps): Api {
  const maxBodyBytes = deps.maxBodyBytes ?? MAX_BODY_BYTES;
  const closing = new AbortController();
  let port = 0;

  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();

  app.use(async (c, next) => {
    const { headers } = c.env.incoming;
    checkCaller(headers.host, headers.origin, port);
    if (c.req.path.startsWith('/v1/')) checkToken(headers.authorization, deps.verifyToken);
    const method = METHODS[c.req.path];
    if (method !== undefined && c.req.method !== method && !(method === 'GET' && c.req.method === 'HEAD')) {
      throw new ApiRefusal({
        status: 405,
        message: `${c.req.path} answers ${method} only.`,
        code: 'method_not_allowed',
        param: null,
        headers: { allow: method },
      });
    }
    await next();
    c.res.headers.set('x-content-type-options', 'nosniff');
  });

  app.get('/healthz', (c) => c.json({ status: closing.signal.aborted ? 'closing' : 'ok', version: deps.version }));

  app.get('/v1/models', (c) => {
    const own = ['switchyard/auto', 'switchyard/local'].map((id) => ({ id, owned_by: 'switchyard', created: 0 }));
    const rest = deps
      .models()
      .filter((model) => model.usable)
      .map((model) => ({
        id: model.id,
        owned_by: model.provider,
        created: Math.floor(model.addedAt / 1000),
        context_length: model.contextTokens,
      }));
    return c.json({ object: 'list', data: [...own, ...rest].map((model) => ({ object: 'model', ...model })) });
  });

  app.post('/v1/chat/completions', async (c) => {
    const body = await readLimited(c.req.raw, maxBodyBytes);
    const completion = parseChatCompletion(body, new Set(deps.models().map((model) => model.id)));
    const abort = new AbortController();
    const stop = () => {
      abort.abort();
    };
    // The reader left, or the server is closing and its patience is over.
    AbortSignal.any([c.req.raw.signal, closing.signal]).addEventListener('abort', stop, { once: true });
    return answerChat(deps.complete, completion, Math.floor(deps.clock.now() / 1000), abort);
  });

  app.notFound((c) =>
    respond({
      status: 404,
      message: `There is nothing at ${c.req.path}: try /v1/models or /v1/chat/completions.`,
      code: 'not_found',
      param: null,
    }),
  );

  app.onError((error) => {
    if (error instanceof ApiRefusal) return respond(error.error);
    if (error instanceof FaultError) return respond(faultToError(error.fault));
    deps.log.write('error', 'api.internal', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return respond(internal);
  });

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (incoming, outgoing) => {
    // A kept-alive connection would hold `close` up after its last answer.
    outgoing.on('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    void listener(incoming, outgoing);
  });

  return {
    listen: (wanted) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(wanted, '127.0.0.1', () => {
          server.off('error', reject);
          const address = server.address();
          port = typeof address === 'object' && address !== null ? address.port : wanted;
          resolve({ port, url: `http://127.0.0.1:${port}` });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (!server.listening) {
          resolve();
          return;
        }
        const impatient = setTimeout(() => {
          closing.abort();
        }, deps.closeGraceMs ?? CLOSE_GRACE_MS);
        const last = setTimeout(
          () => {
            server.closeAllConnections();
          },
          (deps.closeGraceMs ?? CLOSE_GRACE_MS) + 1000,
        );
        server.close(() => {
          clearTimeout(impatient);
          clearTimeout(last);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
