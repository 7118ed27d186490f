import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import OpenAI, { APIError } from 'openai';
import { expect } from 'vitest';
import type { Config } from '../../electron/contract/config.ts';
import type { Span, Trace } from '../../electron/contract/entities/trace.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import type { Limits } from '../../electron/contract/policy.ts';
import type { ProviderConfig } from '../../electron/contract/providers.ts';
import { mintId, openCore } from './scripted-core.ts';
import type { Wire } from './providers/script.ts';
import { startProvider } from './providers/start-provider.ts';
import type { Script } from './providers/start-provider.ts';
import type { Step } from './scripted-engine.ts';

/** How a question comes in: as a turn of the window (always streamed), and through the local API both ways. */
export const WAYS = ['chat', 'streamed', 'whole'] as const;
export type Way = (typeof WAYS)[number];

/** Long enough for a busy machine; waits between tries are short, since nothing is learnt by waiting. */
const LIMITS: Partial<Limits> = {
  connectMs: 5000,
  firstTokenMs: 10_000,
  idleMs: 10_000,
  totalMs: 30_000,
  maxWaitMs: 30,
};

/** A policy by which the best model answers, then one of this machine. */
const policyText = (name: string, limits: object, more: object): string =>
  JSON.stringify({
    name,
    ladder: [{ to: 'best' }, { to: 'local' }],
    limits: { ...LIMITS, stickySeconds: 0, ...limits },
    ...more,
  });

/** What one question came to, with what was stored of it. */
export interface MatrixRun {
  /** What was seen live, piece by piece. */
  readonly text: string;
  readonly trace: Trace;
  readonly attempts: readonly Span[];
  /** What the person or program was told went wrong; null = nothing did. */
  readonly told: string | null;
  /** Of a turn, as stored with the reply. */
  readonly fault: Fault | null;
  /** Status of the local API; null = a turn, or the stream had begun. */
  readonly status: number | null;
  /** Requests the provider saw, and the engine. */
  readonly calls: number;
  readonly localCalls: number;
  readonly ms: number;
}

export interface MatrixAsk {
  readonly way: Way;
  readonly question?: string;
  /** What was said before, through the API: user and assistant in turns. */
  readonly history?: readonly string[];
  readonly json?: boolean;
  readonly tools?: boolean;
  /** Other deadlines and bounds than the kit's own. */
  readonly limits?: Partial<Limits>;
  /** What else the policy says. */
  readonly policy?: object;
  /** Provider that is asked; absent = a new one nobody has met, so that nothing is held against it. */
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly kind?: ProviderConfig['kind'];
  readonly config?: Partial<Config>;
  readonly route?: string;
  readonly private?: boolean;
  /** Of a turn; absent = a new one. */
  readonly conversationId?: string;
  /** Beside “big”. */
  readonly extraModels?: ProviderConfig['models'];
  /** The asker goes when this is seen. */
  readonly leaveAt?: string;
}

const KINDS = { openai: 'openai', anthropic: 'anthropic', google: 'google' } as const;
const FALLBACK: readonly Step[] = [{ say: 'from ' }, { say: 'here' }];

const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

/** The whole core, its local API on a real port, and one provider that speaks `wire`; the local model says “from here”. */
export async function matrixCore(
  wire: Wire,
  options: Parameters<typeof openCore>[2] = {},
  /** Calls an engine of the caller's own got so far; absent = the scripted one's. */
  localCalls?: () => number,
) {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-matrix-'));
  const server = await startProvider(wire);
  let local: readonly Step[] = FALLBACK;
  const test = await openCore(folder, () => local, options);
  const { core, engine } = test;
  const heardHere = localCalls ?? (() => engine.requests.length);
  const { url } = await core.api.serveAt(0);
  const token = core.api.tokens.issue({ name: 'matrix', requestsPerMinute: null, concurrency: null, usdPerDay: null });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 });
  const policies = new Map<string, string>();
  const plain = { budgets: core.settings.config().budgets, cache: core.settings.config().cache };
  let changed = false;
  let number = 0;

  const policyFor = ({ limits = {}, policy = {} }: MatrixAsk): string => {
    const key = JSON.stringify([limits, policy]);
    const known = policies.get(key);
    if (known !== undefined) return known;
    const name = `matrix-${String(policies.size)}`;
    core.policies.save(policyText(name, limits, policy), 'for a test');
    policies.set(key, name);
    return name;
  };
  const setUp = (ask: MatrixAsk): string => {
    const id = ask.provider ?? `far${String(number++)}`;
    const provider: ProviderConfig = {
      id,
      kind: ask.kind ?? KINDS[wire],
      baseUrl: ask.baseUrl ?? server.url,
      apiKey: { env: 'PATH' },
      enabled: true,
      trustedForPrivate: false,
      concurrency: 0,
      usdPerDay: null,
      models: [
        {
          id: 'big',
          name: 'Big',
          enabled: true,
          quality: 0.9,
          contextTokens: 100_000,
          usdPerMTokIn: 1,
          usdPerMTokOut: 1,
        },
        ...(ask.extraModels ?? []),
      ],
    };
    const config = core.settings.config();
    const policy = policyFor(ask);
    const known = config.providers.some((one) => one.id === id) && config.policy === policy;
    if (!known || ask.config || changed)
      core.settings.save({ ...config, ...plain, policy, providers: [provider], ...ask.config });
    changed = ask.config !== undefined;
    return `${id}/big`;
  };
  /** Traces of the API are stored behind their answers. */
  const stored = async (traceId: string | null): Promise<Trace> => {
    for (let waited = 0; waited < 1000; waited++) {
      const trace = traceId === null ? null : core.traces.get(traceId);
      if (trace && trace.status !== 'running') return trace;
      await wait(5);
    }
    throw new Error(`No trace ${String(traceId)} was stored.`);
  };

  async function turn(ask: MatrixAsk, question: string) {
    const started = test.send(question, {
      ...(ask.route === undefined ? {} : { route: ask.route }),
      ...(ask.private === undefined ? {} : { private: ask.private }),
      ...(ask.conversationId === undefined ? {} : { conversationId: ask.conversationId }),
    });
    let text = '';
    core.turns.read(started.turnId, 0, (event) => {
      if (event.kind === 'delta') text += event.text;
      else if (event.kind === 'snapshot') text = event.text;
      if (ask.leaveAt !== undefined && text.includes(ask.leaveAt)) core.turns.stop(started.turnId);
    });
    const { message } = await core.turns.ended(started.turnId);
    const reply = message.reply;
    // What was seen is what is kept.
    expect(text).toBe(message.text);
    return {
      text,
      told: reply?.fault?.detail ?? null,
      fault: reply?.fault ?? null,
      status: null,
      traceId: reply?.traceId ?? null,
    };
  }

  async function request(ask: MatrixAsk, question: string) {
    const leave = new AbortController();
    const body = {
      model: ask.route ?? 'switchyard/auto',
      messages: [
        ...(ask.history ?? []).map((content, at) =>
          at % 2 === 0 ? { role: 'user' as const, content } : { role: 'assistant' as const, content },
        ),
        { role: 'user' as const, content: question },
      ],
      ...(ask.json ? { response_format: { type: 'json_object' as const } } : {}),
      ...(ask.tools ? { tools: [weather] } : {}),
    };
    const more = { signal: leave.signal, headers: ask.private ? { 'x-switchyard-private': '1' } : {} };
    let text = '';
    let told: string | null = null;
    let status: number | null = null;
    let traceId: string | null = null;
    try {
      if (ask.way === 'whole') {
        const { data, response } = await openai.chat.completions.create(body, more).withResponse();
        traceId = response.headers.get('x-switchyard-trace-id');
        status = response.status;
        text = data.choices[0]?.message.content ?? '';
      } else {
        const { data, response } = await openai.chat.completions.create({ ...body, stream: true }, more).withResponse();
        traceId = response.headers.get('x-switchyard-trace-id');
        for await (const chunk of data) {
          text += chunk.choices[0]?.delta.content ?? '';
          if (ask.leaveAt !== undefined && text.includes(ask.leaveAt)) leave.abort();
        }
      }
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      told = error.message;
      status = error.status ?? null;
      traceId ??= error.headers?.get('x-switchyard-trace-id') ?? null;
    }
    return { text, told, fault: null, status, traceId };
  }

  return {
    ...test,
    test,
    server,
    openai,
    /** What the provider answers from here on. */
    script: (script: Script) => {
      server.script(script);
    },
    /** What the local model says from here on; absent = “from here”. */
    say: (steps: readonly Step[] = FALLBACK) => {
      local = steps;
    },
    stored,
    async ask(ask: MatrixAsk): Promise<MatrixRun & { readonly far: string }> {
      const far = setUp(ask);
      const before = { calls: server.requests.length, local: heardHere() };
      const startedMs = performance.now();
      const question = ask.question ?? `What is the answer to question ${mintId().slice(-8)}?`;
      const { traceId, ...said } = await (ask.way === 'chat' ? turn(ask, question) : request(ask, question));
      const ms = performance.now() - startedMs;
      const trace = await stored(traceId);
      return {
        ...said,
        far,
        trace,
        attempts: trace.spans.filter(({ kind }) => kind === 'attempt'),
        calls: server.requests.length - before.calls,
        localCalls: heardHere() - before.local,
        ms,
      };
    },
    async dispose(): Promise<void> {
      await test.dispose();
      await server.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
export type MatrixCore = Awaited<ReturnType<typeof matrixCore>>;

const SENTENCE = /\S.*[.)!?]$/su;

/**
 * Whatever was answered or refused is explained by what is stored: who was looked at and why not, every call with its end and what was done
 * about it, and the words the person got.
 */
export function expectExplained(run: MatrixRun): void {
  const { trace, attempts } = run;
  const { decision, spans } = trace;
  expect(decision?.policy).toMatch(/^matrix/u);
  expect(decision?.reasons.length).toBeGreaterThan(0);
  for (const reason of decision?.reasons ?? []) expect(reason).toMatch(SENTENCE);
  expect(decision?.candidates.length).toBeGreaterThan(0);
  for (const { score, rejected } of decision?.candidates ?? []) {
    if (rejected === null) expect(score).toEqual(expect.any(Number));
    else expect(rejected).toMatch(SENTENCE);
  }
  // Nobody was asked behind the trace's back.
  expect(attempts.length).toBeGreaterThanOrEqual(run.calls + run.localCalls);
  const seen = attempts.filter(({ attributes }) => String(attributes['modelId']).startsWith('local/'));
  expect(seen.length).toBe(run.localCalls);
  for (const { attributes, fault, durationMs, status } of attempts) {
    expect(attributes).toMatchObject({
      modelId: expect.any(String),
      role: expect.any(String),
      action: expect.any(String),
    });
    expect(durationMs).not.toBeNull();
    expect(status).toBe(fault ? 'error' : 'ok');
    if (!fault) continue;
    expect(attributes).toMatchObject({ faultCode: fault.code, faultOrigin: fault.origin });
    expect(fault.detail).toMatch(SENTENCE);
    // The engine's own words are the detail.
    if (fault.code === 'unknown' && !seen.some((one) => one.fault === fault))
      expect(attributes['redactedBody']).toEqual(expect.any(String));
  }
  const root = spans.find(({ parentId }) => parentId === null);
  if (trace.status === 'failed') {
    expect(root?.fault).toMatchObject({ code: trace.faultCode, origin: trace.faultOrigin });
    expect(root?.fault?.detail).toMatch(SENTENCE);
    expect(run.told).toContain(root?.fault?.detail);
    if (run.fault) expect(root?.fault).toEqual(run.fault);
  } else {
    expect(root?.fault ?? null).toBeNull();
    if (trace.status === 'ok') expect(run.told).toBeNull();
  }
  if (trace.degraded) expect(root?.attributes['degradedReason']).toMatch(SENTENCE);
  else expect(root?.attributes['degradedReason']).toBeUndefined();
}
