import { onTestFinished } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { systemTimers } from '../../electron/base/timers.ts';
import type { Span } from '../../electron/contract/entities/trace.ts';
import { limits as limitsSchema } from '../../electron/contract/policy.ts';
import type { Limits } from '../../electron/contract/policy.ts';
import type { ModelFormat, ModelProvider } from '../../electron/model/model.ts';
import { createExecution } from '../../electron/router/execution.ts';
import type { Execution } from '../../electron/router/execution.ts';
import type { Outcome } from '../../electron/router/execute.ts';
import { createTraceRecorder } from '../../electron/telemetry/recorder.ts';
import { cloudEntry, localEntry } from './model-entry.ts';
import { cloudAt, loggedEgress } from './providers/ask.ts';
import type { CloudKind } from './providers/ask.ts';
import { startProvider } from './providers/start-provider.ts';
import type { LoopbackProvider, Script } from './providers/start-provider.ts';
import type { Wire } from './providers/script.ts';
import { createScriptedProvider } from './scripted-provider.ts';
import type { Act } from './scripted-provider.ts';

export const acme = cloudEntry('acme/big');
export const local = localEntry('local/m');
const mintId = createMintId(systemClock, (bytes) => crypto.getRandomValues(bytes));

/** Short enough for a test, long enough for a busy machine. */
const LIMITS: Limits = {
  ...limitsSchema.parse({}),
  connectMs: 2000,
  firstTokenMs: 400,
  idleMs: 400,
  totalMs: 10_000,
  maxWaitMs: 300,
};

/** What one request came to. */
export interface MatrixRun {
  readonly outcome: Outcome;
  /** What a person sees in the end. */
  readonly text: string;
  readonly attempts: readonly Span[];
  readonly events: Span['events'];
  /** Requests the provider saw. */
  readonly calls: number;
  readonly ms: number;
}

export interface Matrix {
  readonly server: LoopbackProvider;
  readonly execution: Execution;
  ask(more?: {
    readonly hold?: boolean;
    readonly format?: ModelFormat;
    readonly limits?: Partial<Limits>;
    /** False = nobody stands behind the provider. Absent = a local model does, which says “from here”. */
    readonly fallback?: boolean;
    readonly signal?: AbortSignal;
    readonly onText?: (text: string) => void;
  }): Promise<MatrixRun>;
}

export const FALLBACK: readonly Act[] = [{ say: 'from ' }, { say: 'here' }, { end: 'stop' }];
const KINDS: Readonly<Record<Wire, CloudKind>> = { openai: 'openai', anthropic: 'anthropic', google: 'google' };

/** A provider on this machine behind the real client, the real classification and the real execution, and a local model behind it. */
export async function matrixOf(wire: Wire, script: Script, kind: CloudKind = KINDS[wire]): Promise<Matrix> {
  const server = await startProvider(wire, script);
  const { egress } = loggedEgress();
  const cloud = cloudAt(kind, server.url, egress);
  const engine = createScriptedProvider({ timers: systemTimers, script: () => FALLBACK });
  const provider: ModelProvider = {
    generate: (request, signal) =>
      request.modelId.startsWith('local/') ? engine.generate(request, signal) : cloud.generate(request, signal),
    countTokens: () => Promise.resolve(null),
  };
  const execution = createExecution({
    provider,
    clock: systemClock,
    timers: systemTimers,
    random: () => 0.1,
    budget: {
      leftUsd: () => Infinity,
      reserve: () => ({ ok: true, hold: { settle: () => undefined, release: () => undefined } }),
    },
    costUsd: (usage, price) => (price === null ? 0 : (usage.tokensIn + usage.tokensOut) / 1e6),
    reachableOffline: () => true,
    onError(error) {
      throw error;
    },
  });
  onTestFinished(async () => {
    execution.dispose();
    egress.dispose();
    await server.close().catch(() => undefined);
  });
  return {
    server,
    execution,
    async ask(more = {}) {
      const recorder = createTraceRecorder({ clock: systemClock, mintId }, mintId(), 'Turn');
      const before = server.requests.length;
      const startedMs = systemClock.monotonicMs();
      let text = '';
      const step = { after: null, mostUsd: 0.01 };
      const outcome = await execution.execute(
        {
          plan: {
            decision: { policy: 'test', chosen: acme.id, reasons: [], candidates: [], features: {} },
            steps: [{ model: acme, ...step }, ...((more.fallback ?? true) ? [{ model: local, ...step }] : [])],
            degradedReason: null,
            refusal: null,
            draft: null,
            limits: { ...LIMITS, ...more.limits },
          },
          span: recorder.root,
          signal: more.signal ?? new AbortController().signal,
          private: false,
          traceId: recorder.traceId,
          hold: more.hold ?? false,
        },
        {
          request: (model) =>
            Promise.resolve({
              modelId: model.id,
              messages: [{ role: 'user', text: 'What is the answer?' }],
              sampling: {},
              stateKey: null,
              origin: { traceId: recorder.traceId, conversationId: null, private: false, purpose: 'chat' },
              ...(more.format ? { format: more.format } : {}),
            }),
          onModel: () => undefined,
          onEvent(_model, event) {
            if (event.kind === 'delta') {
              text += event.text;
              more.onText?.(text);
            }
            return null;
          },
          onReset() {
            text = '';
          },
        },
      );
      const spans = recorder.finish();
      return {
        outcome,
        text,
        attempts: spans.filter((span) => span.kind === 'attempt'),
        events: spans.flatMap(({ events }) => events),
        calls: server.requests.length - before,
        ms: systemClock.monotonicMs() - startedMs,
      };
    },
  };
}
