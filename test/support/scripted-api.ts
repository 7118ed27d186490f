import { onTestFinished } from 'vitest';
import { createApi } from '../../electron/access/api/api.ts';
import type { ApiDeps } from '../../electron/access/api/api.ts';
import { systemClock } from '../../electron/base/clock.ts';
import { silentLog } from '../../electron/base/log.ts';
import { makeFault } from '../../electron/contract/fault-facts.ts';
import type { FaultCode } from '../../electron/contract/faults.ts';
import type { Complete, CompleteEvent, CompleteRequest } from '../../electron/orchestration/complete/complete.ts';

export const TRACE = '01939c5e-0000-7000-8000-000000000001';

export const routed = (more: Partial<Extract<CompleteEvent, { kind: 'route' }>> = {}): CompleteEvent => ({
  kind: 'route',
  modelId: 'acme/big',
  modelName: 'Big',
  route: 'cloud',
  degraded: false,
  degradedReason: null,
  ...more,
});
export const said = (text: string): CompleteEvent => ({ kind: 'delta', text });
export const called = (index: number, argumentsText: string, first?: { id: string; name: string }): CompleteEvent => ({
  kind: 'tool',
  index,
  ...first,
  argumentsText,
});
export const finished = (more: Partial<Extract<CompleteEvent, { kind: 'end' }>> = {}): CompleteEvent => ({
  kind: 'end',
  finish: 'stop',
  tokensIn: 50,
  tokensCached: 20,
  tokensOut: 10,
  tokensReasoning: 4,
  costUsd: 0.25,
  ...more,
});
export const failed = (code: FaultCode, retryAfterMs?: number): CompleteEvent => ({
  kind: 'fault',
  fault: { ...makeFault(code), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

/** An event, or `wait`: nothing more until the request is aborted. */
export type Line = CompleteEvent | 'wait';

export interface ScriptedApi {
  readonly url: string;
  readonly port: number;
  /** What was asked, oldest first. */
  readonly asked: CompleteRequest[];
  /** Resolves when a request was aborted while its script waited. */
  readonly aborted: Promise<void>;
  close(): Promise<void>;
}

/** The local API on a real socket, answered by a script. The token is `right`. */
export async function startScriptedApi(
  script: (request: CompleteRequest) => readonly Line[],
  deps: Partial<ApiDeps> & { readonly embed?: Complete['embed'] } = {},
): Promise<ScriptedApi> {
  const asked: CompleteRequest[] = [];
  let sayAborted: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (sayAborted = resolve));

  async function* events(request: CompleteRequest, signal: AbortSignal): AsyncGenerator<CompleteEvent> {
    for (const line of script(request)) {
      if (line !== 'wait') yield line;
      else {
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
        sayAborted();
        yield finished({ finish: 'cancelled' });
        return;
      }
    }
  }
  const { embed, ...rest } = deps;
  const api = createApi({
    complete: {
      start(request, signal) {
        asked.push(request);
        return { traceId: TRACE, events: events(request, signal) };
      },
      ...(embed === undefined ? {} : { embed }),
    },
    models: () => [
      { id: 'acme/big', name: 'Big', provider: 'acme', usable: true, contextTokens: 128_000, addedAt: 5000 },
      { id: 'acme/off', name: 'Off', provider: 'acme', usable: false, contextTokens: 4000, addedAt: 5000 },
    ],
    verifyToken: (token) =>
      token === 'right' ? { name: 'ci', requestsPerMinute: null, concurrency: null, usdPerDay: 2 } : null,
    version: '1.2.3',
    clock: systemClock,
    log: silentLog,
    closeGraceMs: 50,
    ...rest,
  });
  const { url, port } = await api.listen(0);
  onTestFinished(() => api.close());
  return { url, port, asked, aborted, close: () => api.close() };
}
