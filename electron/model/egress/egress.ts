import { say } from '../../contract/sentences/index.ts';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { EgressOutcome } from '../../contract/names.ts';
import type { EgressEntry } from '../../contract/providers.ts';
import { FaultError, refuse } from '../../contract/faults.ts';
import type { ModelOrigin } from '../model.ts';
import { AnswerCut, AnswerWithoutStatus, answerBody, webStream } from './answer-body.ts';
import type { AnswerBody } from './answer-body.ts';
import { headersOf } from './headers.ts';
import { createInTurn } from './in-turn.ts';
import { createKeptConnections } from './kept-connections.ts';
import { requestFor, wayOf } from './request.ts';
import type { Way } from './request.ts';
import { createSeries } from './series.ts';
import type { EgressSeries } from './series.ts';
import { isSystemTrusted, isUnknownIssuer, trustSystem } from './system-certificates.ts';
import { onTheWayToProxy, placeOf } from './tunnels.ts';
import { DIRECTLY } from './way-out.ts';
import type { WayOut } from './way-out.ts';

/** Who asks, and for whom: what the lock on private conversations and the log go by. */
export interface EgressAsk {
  readonly providerId: string;
  readonly modelId: string | null;
  /** `traceId` null = no trace tells of it. */
  readonly origin: Omit<ModelOrigin, 'traceId'> & { readonly traceId: string | null };
  /** A person said that this provider counts as this machine. */
  readonly trustedForPrivate: boolean;
  /** Sent besides what the request says, names in small letters; never logged. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A file: as long as it likes, and its reader leaves when it has enough. */
  readonly bulk?: boolean;
  /** One of many requests for the same file. */
  readonly series?: EgressSeries;
  /** The connection stands and the request is on its way. */
  readonly onReached?: () => void;
}

/** How a request went. */
export type EgressEnd = Pick<EgressEntry, 'bytesOut' | 'bytesIn' | 'status' | 'durationMs' | 'outcome'>;

/** An answer whose head has come. */
interface Exchanged {
  readonly status: number;
  readonly response: IncomingMessage;
  readonly body: AnswerBody;
}

/** Keeps the log of what left the machine. `begin` is stored before a byte leaves; `end` fills in how it went. */
export interface EgressLog {
  begin(entry: EgressEntry): void;
  end(id: string, end: EgressEnd): void;
}

/** What goes out. Header names in small letters. */
export interface EgressRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal | null;
}
/** What comes back. Header names in small letters. */
export interface EgressAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
}

/** The one door through which this process sends anything to anybody. */
export interface Egress {
  /**
   * Sends one request: `fetchFor` without web streams, which took a tenth of a call of the local API. Same promises, same errors.
   */
  send(ask: EgressAsk, address: string, request: EgressRequest): Promise<EgressAnswer>;
  /**
   * A `fetch` for one request. Follows no redirect, sends no cookies. Rejects with a FaultError `private_only` before anything
   * is sent when the request is private, else with the socket's own error.
   */
  fetchFor(ask: EgressAsk): (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** To be handed to requests for one file that follow each other, and closed after them. */
  openSeries(): EgressSeries;
  dispose(): void;
}

export interface EgressDeps {
  readonly log: EgressLog;
  readonly clock: Clock;
  readonly mintId: MintId;
  /** Whether a conversation is private now, whatever it was when a request of it was made. Absent = as the request says. */
  readonly isPrivate?: (conversationId: string) => boolean;
  /** Left out = every address is asked directly. */
  readonly wayOut?: WayOut;
}

/** Header values that may not leave in a log or an error are never put there: only host, path and sizes are kept. */
export function createEgress({ log, clock, mintId, isPrivate, wayOut = DIRECTLY }: EgressDeps): Egress {
  const connections = createKeptConnections(() => clock.now());
  const inTurn = createInTurn(clock);

  /** Whether it is for a private conversation. Throws where that may not go to this provider. */
  function mustGoDirectly({ origin, trustedForPrivate, providerId }: EgressAsk): boolean {
    const { conversationId } = origin;
    const isLocked = origin.private || (conversationId !== null && isPrivate?.(conversationId) === true);
    if (!isLocked || trustedForPrivate) return isLocked;
    throw new FaultError({ ...refuse(say('said.egress.private'), 'private_only').fault, provider: providerId });
  }

  /**
   * This machine and its own networks are asked directly, whatever is set: they need no proxy, and it would read along. So is everything for a
   * private conversation: whom a person trusts with it is its provider.
   */
  function exchange(ask: EgressAsk, address: string, request: EgressRequest): Promise<Exchanged> {
    const directly = mustGoDirectly(ask);
    const way = wayOf(address);
    const proxy = way.near || directly ? null : wayOut.proxyFor(address);
    if (proxy === null || typeof proxy === 'string') return over(ask, way, request, proxy);
    return unlessLeft(proxy, request.signal).then((ways) =>
      inTurn(ways, (found, isLast) => later(ask, way, request, found, !isLast)),
    );
  }

  /** The same when time has passed since it was looked at: its conversation may have become private. */
  async function later(
    ask: EgressAsk,
    way: Way,
    request: EgressRequest,
    proxy: string | null,
    mayGoElsewhere: boolean,
  ): Promise<Exchanged> {
    return over(ask, way, request, mustGoDirectly(ask) ? null : proxy, mayGoElsewhere);
  }

  /** Sends it by this way: `proxy` null = directly. */
  function over(
    ask: EgressAsk,
    way: Way,
    request: EgressRequest,
    proxy: string | null,
    mayGoElsewhere = false,
  ): Promise<Exchanged> {
    const { origin } = ask;
    const { url, secure } = way;
    const { method, body, signal } = request;
    const bytesOut = typeof body === 'string' ? Buffer.byteLength(body, 'utf8') : body.byteLength;
    // Compressed event streams arrive in lumps; text is small next to the time a model takes.
    const headers: Record<string, string> = { ...request.headers, ...ask.headers, 'accept-encoding': 'identity' };
    if (method !== 'GET' && method !== 'HEAD') headers['content-length'] = String(bytesOut);
    const startedMs = clock.monotonicMs();
    const id = mintId();
    const book = ask.series ?? log;
    book.begin({
      id,
      at: clock.now(),
      host: url.host,
      method,
      path: url.pathname,
      providerId: ask.providerId,
      modelId: ask.modelId,
      purpose: origin.purpose,
      conversationId: origin.conversationId,
      traceId: origin.traceId,
      bytesOut,
      bytesIn: 0,
      status: null,
      durationMs: 0,
      tokenName: origin.tokenName ?? null,
      ...(proxy === null ? null : { via: placeOf(proxy) }),
    });
    const trusted = isSystemTrusted();
    let ended = false;
    /** The connection stands: before, nothing has left. */
    let reached = false;
    const end = (status: number | null, bytesIn: number, seen: EgressOutcome) => {
      if (ended) return;
      ended = true;
      // The socket of a request that we end breaks as well.
      const outcome = seen === 'cut' && signal?.aborted ? 'left' : seen;
      book.end(id, {
        bytesOut: reached ? bytesOut : 0,
        bytesIn,
        status,
        outcome,
        durationMs: clock.monotonicMs() - startedMs,
      });
    };
    return new Promise<Exchanged>((resolve, reject) => {
      let sent: ClientRequest | null = null;
      /** Or asked again: what this request says no longer counts. */
      let answered = false;
      const onAbort = () => {
        sent?.destroy(whyLeft(signal));
      };
      const settle = () => signal?.removeEventListener('abort', onAbort);
      const onResponse = (response: IncomingMessage) => {
        answered = true;
        connections.answered(response);
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 599) {
          end(status, 0, 'left');
          settle();
          reject(new AnswerWithoutStatus(status));
          response.destroy();
          return;
        }
        const onEnd = (bytesIn: number, outcome: EgressOutcome) => {
          settle();
          end(status, bytesIn, outcome);
        };
        resolve({ status, response, body: answerBody(response, status, onEnd, ask.bulk ?? false) });
      };
      try {
        connections.dropOverdue();
        sent = requestFor(way, connections, { method, headers, signal, mayGoElsewhere }, proxy, onResponse);
      } catch (error) {
        end(null, 0, 'cut');
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      sent.setNoDelay(true);
      sent.once('socket', (socket) => {
        const onReached = () => {
          reached = true;
          ask.onReached?.();
        };
        if (isOpening(socket)) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', onReached);
        else onReached();
      });
      sent.once('error', (error) => {
        // Of an answer that has begun its body says how it ended.
        if (answered) return;
        settle();
        end(null, 0, 'cut');
        // Nothing was sent yet, and whom the system trusts may have been learned since it began.
        if (!reached && !trusted && isUnknownIssuer(error) && trustSystem()) {
          answered = true;
          later(ask, way, request, proxy, mayGoElsewhere).then(resolve, reject);
          return;
        }
        reject(proxy === null || secure || reached ? error : onTheWayToProxy(error, signal));
      });
      // An upgrade, or an answer that broke off before its head: `close` is all that is heard of it.
      sent.once('close', () => {
        if (answered) return;
        settle();
        end(null, 0, 'cut');
        reject(new AnswerCut());
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
      // As one text with the head it goes out in one write; a head that is not ASCII is bytes of another kind than the body.
      sent.end(typeof body === 'string' && !isAscii(headers) ? Buffer.from(body, 'utf8') : body);
    });
  }

  return {
    async send(ask, address, request) {
      const { status, response, body } = await exchange(ask, address, request);
      return { status, headers: smallHeaders(response), body };
    },
    fetchFor: (ask) => async (input, init) => {
      // Before its body is read.
      mustGoDirectly(ask);
      const address = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
      const { status, response, body } = await exchange(ask, address, {
        method: init?.method ?? 'GET',
        headers: headersOf(init?.headers),
        body: await bodyOf(init?.body),
        signal: init?.signal ?? null,
      });
      const empty = status === 204 || status === 205 || status === 304;
      return new Response(empty ? null : webStream(body), { status, headers: flatHeaders(response) });
    },
    openSeries: () => createSeries(log),
    dispose() {
      connections.dispose();
    },
  };
}

/** Why a request was given up, as whoever gave it up says. */
function whyLeft(signal: AbortSignal | null): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('Aborted', 'AbortError');
}

/** What is asked of somebody who may be silent for ever, for as long as the request is wanted. */
function unlessLeft<T>(asked: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (signal === null) return asked;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(whyLeft(signal));
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void asked.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', leave);
    });
  });
}

async function bodyOf(body: RequestInit['body']): Promise<string | Uint8Array> {
  if (body === null || body === undefined) return '';
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** TLS over a way that a proxy opened begins when the connection itself stands. */
const isOpening = (socket: Socket & { readonly secureConnecting?: boolean }): boolean =>
  socket.connecting || socket.secureConnecting === true;

const isAscii = (headers: Readonly<Record<string, string>>): boolean =>
  Object.values(headers).every((value) => /^[\x20-\x7e]*$/u.test(value));

/** Several fields of one name are one, with commas. */
function smallHeaders({ headers }: IncomingMessage): Record<string, string> {
  const small: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) small[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return small;
}

function flatHeaders(response: IncomingMessage): Headers {
  const headers = new Headers();
  const raw = response.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    try {
      headers.append(raw[at] ?? '', raw[at + 1] ?? '');
    } catch {
      // A header that breaks the rules says nothing we need.
    }
  }
  return headers;
}
