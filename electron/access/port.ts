import { z } from 'zod';
import { say } from '../contract/sentences/index.ts';
import type { Log } from '../base/log.ts';
import { calls } from '../contract/calls.ts';
import type { CallName } from '../contract/calls.ts';
import { FaultError, refuse } from '../contract/faults.ts';
import type { Fault } from '../contract/faults.ts';
import { JsonAnswer } from '../contract/json-answer.ts';
import { streams } from '../contract/streams.ts';
import type { StreamName } from '../contract/streams.ts';
import { issueWords } from '../contract/issue-words.ts';
import { toCore } from '../contract/wire.ts';
import type { ToWindow } from '../contract/wire.ts';
import type { Announce } from '../orchestration/announce.ts';
import type { Handlers, StreamSources } from './services.ts';

/** Either end of a message channel: a window's port, an in-memory one in tests. */
export interface PortEnd {
  /** Several at once, in order: each message of its own wakes the window. */
  postMessage(messages: readonly ToWindow[]): void;
  onMessage(listener: (data: unknown) => void): void;
  onClose?(listener: () => void): void;
  close(): void;
}

/** What a port offers of the core. */
export interface PortCore {
  readonly handlers: Handlers;
  readonly streams: StreamSources;
  readonly announce: Announce;
  readonly log: Log;
}

/** A page that leaks streams or floods us with calls is told so instead of being served without bounds. */
const MOST_STREAMS = 64;
const MOST_CALLS = 512;

/** One sentence for input that does not fit the contract: which field is wrong, and how. */
export function inputProblem(name: string, error: z.ZodError): string {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].map(String).join('.') || 'the input';
  const words =
    unknown.length > 0
      ? say('app.port.not_a_field', { field })
      : say('said.policy.problem', {
          field,
          wrong: issue === undefined ? say('said.policy.wrong') : issueWords(issue),
        });
  return say('app.port.wrong_input', { name, words });
}

/** Turns whatever was thrown into a fault; what only a programmer can cause is logged once and becomes `internal`. */
export function faultFrom(error: unknown, name: string, log: Log): Fault {
  if (error instanceof FaultError) return error.fault;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.write('error', 'access.internal', { name, error: text });
  return {
    code: 'internal',
    origin: 'infrastructure',
    recoverable: false,
    detail: say('app.port.mistake'),
  };
}

const isCall = (name: string): name is CallName => Object.hasOwn(calls, name);
const isStream = (name: string): name is StreamName => Object.hasOwn(streams, name);

/** Parses the input of one call and answers it. Throws what the handler throws, and `invalid_request` for bad input. */
export async function answerCall(handlers: Handlers, name: string, input: unknown): Promise<unknown> {
  if (!isCall(name)) throw refuse(say('app.port.no_call', { name: name.slice(0, 80) }));
  const parsed = calls[name].input.safeParse(input);
  if (!parsed.success) throw refuse(inputProblem(name, parsed.error));
  // The input was parsed with this very call's schema; TypeScript can't follow the pairing through the union.
  const handler = handlers[name] as (input: unknown) => unknown;
  return handler(parsed.data);
}

/** Serves one page on one port until it closes. */
export function attachPort(core: PortCore, port: PortEnd): { dispose(): void } {
  const open = new Map<number, () => void>();
  let running = 0;
  let closed = false;
  let outbox: ToWindow[] = [];

  const send = (messages: readonly ToWindow[]) => {
    try {
      port.postMessage(messages);
    } catch (error) {
      if (messages.length > 1) for (const message of messages) send([message]);
      else core.log.write('error', 'access.post_failed', { kind: messages[0]?.t, error: String(error) });
    }
  };
  const flush = () => {
    const messages = outbox;
    outbox = [];
    if (!closed && messages.length > 0) send(messages);
  };
  /**
   * What is told goes out together, once what was begun has got as far as it can by itself. A turn's news would otherwise wake the
   * window, which draws them on the core that asks the engine: half of the slow turns were held up by that.
   */
  const post = (message: ToWindow) => {
    if (closed) return;
    if (outbox.length === 0) setImmediate(flush);
    outbox.push(message);
  };
  const fail = (id: number, name: string, error: unknown) => {
    post({ t: 'fail', id, fault: faultFrom(error, name, core.log) });
  };

  const serveCall = async (id: number, name: string, input: unknown) => {
    if (running >= MOST_CALLS) {
      fail(id, name, refuse(say('app.port.too_many'), 'rate_limit'));
      return;
    }
    running++;
    try {
      const output = await answerCall(core.handlers, name, input);
      post(output instanceof JsonAnswer ? { t: 'json', id, json: output.json } : { t: 'ok', id, output });
    } catch (error) {
      fail(id, name, error);
    } finally {
      running--;
    }
  };

  const serveStream = (id: number, name: string, input: unknown) => {
    if (!isStream(name)) throw refuse(say('app.port.no_stream', { name: name.slice(0, 80) }));
    if (open.has(id)) throw refuse(say('app.port.stream_open'), 'conflict');
    if (open.size >= MOST_STREAMS) throw refuse(say('app.port.too_many_streams'), 'rate_limit');
    const parsed = streams[name].input.safeParse(input);
    if (!parsed.success) throw refuse(inputProblem(name, parsed.error));
    let over = false;
    const end = core.streams[name](parsed.data, (item) => {
      post({ t: 'item', id, item });
      if (item.kind !== 'end') return;
      over = true;
      open.delete(id);
      post({ t: 'end', id });
    });
    if (!over) open.set(id, end);
  };

  const onMessage = (data: unknown) => {
    const parsed = toCore.safeParse(data);
    if (!parsed.success) {
      core.log.write('warn', 'access.unreadable_message', { problem: parsed.error.issues[0]?.message });
      const id = z.object({ id: z.number().int().positive() }).safeParse(data);
      if (id.success) fail(id.data.id, 'message', refuse(say('app.port.no_message')));
      return;
    }
    const message = parsed.data;
    switch (message.t) {
      case 'call':
        void serveCall(message.id, message.name, message.input);
        return;
      case 'open':
        try {
          serveStream(message.id, message.name, message.input);
        } catch (error) {
          fail(message.id, message.name, error);
        }
        return;
      case 'close':
        open.get(message.id)?.();
        open.delete(message.id);
        return;
    }
  };

  const endSignals = core.announce.on(({ name, payload }) => {
    post({ t: 'signal', name, payload });
  });
  const dispose = () => {
    if (closed) return;
    flush();
    closed = true;
    endSignals();
    for (const end of open.values()) end();
    open.clear();
    port.close();
  };
  port.onClose?.(dispose);
  port.onMessage(onMessage);
  return { dispose };
}
