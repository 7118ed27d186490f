import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { FaultError } from '../../contract/faults.ts';
import type { Complete } from '../../orchestration/complete/complete.ts';
import { anthropic } from './anthropic-response.ts';
import type { Dialect } from './dialect.ts';
import { ApiRefusal, faultToError, INTERNAL } from './errors.ts';
import type { ApiError } from './errors.ts';
import { checkCaller, targetOf, tokensOf, unknownToken } from './guard.ts';
import { createLimits } from './limits.ts';
import { createMetrics } from './metrics.ts';
import type { BreakerState } from './metrics.ts';
import type { ApiModel } from './models.ts';
import { openai } from './openai-response.ts';
import { mintRequestId, sendJson } from './outgoing.ts';
import { createPaths } from './paths.ts';
import type { Visit } from './paths.ts';
import { createApiServer } from './server.ts';
import type { Server } from './server.ts';
import type { TokenGrant } from './tokens.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const CLOSE_GRACE_MS = 5000;

export interface ApiDeps {
  readonly complete: Complete;
  readonly models: () => readonly ApiModel[];
  /** What a token may do; null = it is not known. */
  readonly verifyToken: (token: string) => TokenGrant | null;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether /metrics may be read without a token. Absent = no. */
  readonly openMetrics?: () => boolean;
  readonly breakers?: () => readonly BreakerState[];
  readonly maxBodyBytes?: number;
  readonly closeGraceMs?: number;
}

export type Api = Pick<Server, 'listen' | 'close'>;

/** The local HTTP API: loopback only, in the wire formats of OpenAI and Anthropic. */
export function createApi(deps: ApiDeps): Api {
  const closing = new AbortController();
  const limits = createLimits(() => deps.clock.monotonicMs());
  const metrics = createMetrics(deps.version, deps.clock.now());
  // Each answer listens for the end of the server; Node warns above ten listeners of an AbortSignal's kind of emitter.
  const impatience = new EventEmitter().setMaxListeners(0);
  const paths = createPaths({
    ...deps,
    metrics,
    maxBodyBytes: deps.maxBodyBytes ?? MAX_BODY_BYTES,
    isClosing: () => closing.signal.aborted || !open,
  });
  let open = true;

  const server = createApiServer({
    closeGraceMs: deps.closeGraceMs ?? CLOSE_GRACE_MS,
    onImpatient() {
      closing.abort();
      impatience.emit('end');
    },
    onRequest: (incoming, response) => void serve(incoming, response),
  });

  const dialectOf = (path: string, { headers }: IncomingMessage): Dialect =>
    path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined ? anthropic : openai;

  const grantOf = (incoming: IncomingMessage): TokenGrant => {
    const tokens = tokensOf(incoming);
    for (const token of tokens) {
      const grant = deps.verifyToken(token);
      if (grant !== null) return grant;
    }
    limits.failed();
    throw unknownToken(tokens.length > 0);
  };

  const refusalOf = (error: unknown): ApiError => {
    if (error instanceof ApiRefusal) return error.error;
    if (error instanceof FaultError) {
      const { fault, traceId } = error;
      const refusal = faultToError(fault);
      return traceId === undefined
        ? refusal
        : { ...refusal, headers: { 'x-switchyard-trace-id': traceId, ...refusal.headers } };
    }
    deps.log.write('error', 'api.internal', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return INTERNAL;
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = deps.clock.monotonicMs();
    const target = targetOf(incoming);
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const dialect = dialectOf(path, incoming);
    const abort = new AbortController();
    const stop = (): void => {
      abort.abort();
    };
    let leave: () => void = () => undefined;
    metrics.inFlight(1);
    impatience.on('end', stop);
    response.on('close', () => {
      // The reader left before the end: nobody needs the model any more.
      if (!response.writableFinished) stop();
      leave();
      impatience.off('end', stop);
      metrics.inFlight(-1);
      const known = paths.nameOf(path);
      metrics.requests({
        path: known,
        dialect: dialect.name,
        status: response.headersSent ? response.statusCode : 499,
      });
      metrics.total(dialect.name, deps.clock.monotonicMs() - startedAt);
    });
    try {
      checkCaller(incoming.headers.host, incoming.headers.origin, server.port());
      const grant = paths.needsToken(path) ? grantOf(incoming) : null;
      if (grant !== null)
        try {
          leave = limits.enter(grant);
        } finally {
          const standing = limits.standing(grant);
          if (standing !== null)
            response.setHeaders(new Map(Object.entries(dialect.rateHeaders(standing, deps.clock.now()))));
        }
      if (closing.signal.aborted) stop();
      const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
      const visit: Visit = { path, query, incoming, response, dialect, grant, startedAt, signal: abort.signal };
      await paths.visit(visit);
    } catch (error) {
      const refusal = refusalOf(error);
      // A body nobody read would be taken for the next request of this connection.
      const unread = !incoming.complete && incoming.method !== 'GET' && incoming.method !== 'HEAD';
      const id = refusal.headers?.['x-switchyard-trace-id'] ?? mintRequestId();
      sendJson(
        response,
        refusal.status,
        { [dialect.idHeader]: id, ...refusal.headers, ...(unread ? { connection: 'close' } : {}) },
        dialect.errorBody(refusal, id),
        incoming.method === 'HEAD',
      );
    }
  }

  return {
    listen: (port) => server.listen(port),
    close() {
      open = false;
      return server.close();
    },
  };
}
