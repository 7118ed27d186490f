import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { onceFor } from '../../base/once-for.ts';
import type { Complete } from '../../orchestration/complete/complete.ts';
import { answer } from './answer.ts';
import { countTokens, parseMessages } from './anthropic-request.ts';
import type { Asked, Dialect } from './dialect.ts';
import { embeddingsBody, parseEmbeddings } from './embeddings.ts';
import { ApiRefusal, badRequest } from './errors.ts';
import { readLimited } from './guard.ts';
import type { BreakerState, Metrics } from './metrics.ts';
import { listModels, oneModel } from './models.ts';
import type { ApiModel } from './models.ts';
import { parseChatCompletion } from './openai-request.ts';
import { mintRequestId, sendJson } from './outgoing.ts';
import type { TokenGrant } from './tokens.ts';

/** One request that was let in. */
export interface Visit {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  /** null on paths that need no token. */
  readonly grant: TokenGrant | null;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Aborted when the reader leaves or the server's patience ends. */
  readonly signal: AbortSignal;
}

export interface PathsDeps {
  readonly complete: Complete;
  readonly models: () => readonly ApiModel[];
  readonly version: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly maxBodyBytes: number;
  readonly isClosing: () => boolean;
  readonly openMetrics?: () => boolean;
  readonly breakers?: () => readonly BreakerState[];
}

interface Path {
  readonly method: 'GET' | 'POST';
  readonly visit: (visit: Visit) => Promise<void> | void;
}

const MODEL_PREFIX = '/v1/models/';

const header = ({ incoming }: Visit, name: string): string | null => {
  const value = incoming.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

function policyOf(visit: Visit): string | null {
  const policy = header(visit, 'x-switchyard-policy');
  if (policy !== null && !/^[a-z0-9][a-z0-9-]{0,63}(\.ya?ml)?$/u.test(policy)) {
    throw badRequest('The header x-switchyard-policy names a policy, such as local-first.', 'x-switchyard-policy');
  }
  return policy;
}

const isPrivate = (visit: Visit): boolean => {
  const value = header(visit, 'x-switchyard-private');
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
};

/** Most wrong addresses are a client whose base address ends in another place than it expects. */
function nothingAt(path: string, isKnown: (path: string) => boolean): ApiRefusal {
  const place = path.slice(0, 100);
  const [wanted, what] = isKnown(`/v1${path}`)
    ? [`/v1${place}`, ' and let the base address of the client end in /v1']
    : path.startsWith('/v1/v1/') && isKnown(path.slice(3))
      ? [place.slice(3), ' and leave /v1 out of the base address of the client']
      : ['/v1/models, /v1/chat/completions, /v1/embeddings or /v1/messages', ''];
  const message = `There is nothing at ${place}: try ${wanted}${what}.`;
  return new ApiRefusal({ status: 404, message, code: 'not_found', param: null });
}

/** What headers and token add to the request of a body. */
function withHeaders(asked: Asked, visit: Visit): Asked {
  const policy = policyOf(visit);
  const { grant } = visit;
  return {
    ...asked,
    request: {
      ...asked.request,
      ...(isPrivate(visit) ? { private: true } : {}),
      ...(policy === null ? {} : { policy }),
      ...(header(visit, 'x-switchyard-cache')?.toLowerCase() === 'off' ? { cache: false } : {}),
      ...(grant === null ? {} : { token: { name: grant.name, usdPerDay: grant.usdPerDay } }),
    },
  };
}

/** Everything there is to ask for. A table is all the routing nine paths need. */
export function createPaths(deps: PathsDeps) {
  const { complete, metrics, clock } = deps;
  // The list is the same one for a while, and every call asks whether a model is on it.
  const idsOf = onceFor((models: readonly ApiModel[]): ReadonlySet<string> => new Set(models.map(({ id }) => id)));
  const body = ({ incoming }: Visit): Promise<string> => readLimited(incoming, deps.maxBodyBytes);
  const json = ({ response, incoming, dialect }: Visit, value: object, headers?: Record<string, string>): void => {
    sendJson(response, 200, headers ?? { [dialect.idHeader]: mintRequestId() }, value, incoming.method === 'HEAD');
  };

  async function answered(visit: Visit, parse: (body: string, known: ReadonlySet<string>) => Asked): Promise<void> {
    const asked = withHeaders(parse(await body(visit), idsOf(deps.models())), visit);
    const created = Math.floor(clock.now() / 1000);
    let model = 'none';
    await answer(complete, visit.dialect, asked, created, visit.response, visit.signal, {
      onRoute(route) {
        model = route.modelId;
        const { degraded, cache } = route;
        metrics.route({ model, kind: route.route, degraded, cache: cache ?? null });
      },
      onFirst() {
        metrics.firstToken(model, clock.monotonicMs() - visit.startedAt);
      },
      onEnd(end) {
        metrics.end(model, end);
      },
      onFault: metrics.fault,
    });
  }

  async function embedded(visit: Visit): Promise<void> {
    const ask = parseEmbeddings(await body(visit), idsOf(deps.models()));
    if (!complete.embed) {
      throw new ApiRefusal({
        status: 503,
        message: 'No model here makes embeddings: add one of a provider in Models.',
        code: 'no_candidate',
        param: null,
        headers: { 'x-should-retry': 'false' },
      });
    }
    const { grant, signal, dialect } = visit;
    const made = await complete.embed(
      {
        texts: ask.texts,
        route: ask.route,
        ...(grant === null ? {} : { token: { name: grant.name, usdPerDay: grant.usdPerDay } }),
        ...(isPrivate(visit) ? { private: true } : {}),
      },
      signal,
    );
    json(visit, embeddingsBody(made, ask.base64), {
      'x-switchyard-trace-id': made.traceId,
      'x-switchyard-route': made.modelId.replace(/[^\x20-\x7e]/gu, '?'),
      'x-switchyard-degraded': '0',
      [dialect.idHeader]: made.traceId,
    });
  }

  const table: Readonly<Record<string, Path>> = {
    '/healthz': {
      method: 'GET',
      visit: (visit) => {
        json(visit, { status: deps.isClosing() ? 'closing' : 'ok', version: deps.version });
      },
    },
    '/metrics': {
      method: 'GET',
      visit: ({ response, incoming }) => {
        const text = metrics.text(deps.breakers?.() ?? []);
        response.writeHead(200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          'cache-control': 'no-store',
        });
        response.end(incoming.method === 'HEAD' ? undefined : text);
      },
    },
    '/v1/models': {
      method: 'GET',
      visit: (visit) => {
        json(visit, listModels(deps.models(), visit.query));
      },
    },
    '/v1/chat/completions': { method: 'POST', visit: (visit) => answered(visit, parseChatCompletion) },
    '/v1/embeddings': { method: 'POST', visit: embedded },
    '/v1/messages': { method: 'POST', visit: (visit) => answered(visit, parseMessages) },
    '/v1/messages/count_tokens': {
      method: 'POST',
      visit: async (visit) => {
        json(visit, {
          input_tokens: countTokens(await body(visit), idsOf(deps.models())),
          context_management: null,
        });
      },
    },
  };
  const oneModelPath: Path = {
    method: 'GET',
    visit: (visit) => {
      let wanted = visit.path.slice(MODEL_PREFIX.length);
      try {
        wanted = decodeURIComponent(wanted);
      } catch {
        // Not escaped properly: then no model is called so.
      }
      json(visit, oneModel(deps.models(), wanted));
    },
  };
  const pathOf = (path: string): Path | null => {
    if (Object.hasOwn(table, path)) return table[path] ?? null;
    return path.startsWith(MODEL_PREFIX) && path.length > MODEL_PREFIX.length ? oneModelPath : null;
  };

  return {
    /** Whether a request for this path must show a token; what nobody knows tells strangers nothing. */
    needsToken: (path: string): boolean =>
      path.startsWith('/v1/') || (path === '/metrics' && deps.openMetrics?.() !== true),
    /** A name with bounds, for counting. */
    nameOf: (path: string): string => {
      if (Object.hasOwn(table, path)) return path;
      return path.startsWith(MODEL_PREFIX) ? '/v1/models/{id}' : 'other';
    },
    async visit(visit: Visit): Promise<void> {
      const path = pathOf(visit.path);
      if (path === null) {
        throw nothingAt(visit.path, (other) => pathOf(other) !== null);
      }
      const { method } = visit.incoming;
      if (method !== path.method && !(path.method === 'GET' && method === 'HEAD')) {
        throw new ApiRefusal({
          status: 405,
          message: `Ask ${visit.path} with ${path.method} only.`,
          code: 'method_not_allowed',
          param: null,
          headers: { allow: path.method },
        });
      }
      await path.visit(visit);
    },
  };
}
