import type { Timers } from '../../electron/base/timers.ts';
import type { FaultCode } from '../../electron/contract/faults.ts';
import type { Fault } from '../../electron/contract/faults.ts';
import { makeFault } from '../../electron/contract/fault-facts.ts';
import type { ModelEvent, ModelFinish, ModelProvider, ModelRequest, ModelUsage } from '../../electron/model/model.ts';

/** One thing a scripted model does. */
export type Act =
  | { readonly say: string }
  | { readonly reason: string }
  | { readonly tool: string; readonly name: string }
  | { readonly event: ModelEvent }
  /** Time passes before the next act, in ms. */
  | { readonly wait: number }
  /** Nothing more comes until it is stopped. */
  | { readonly hang: true }
  /** Says this after `ms`, stopped or not. */
  | { readonly stubborn: string; readonly ms: number }
  /** It does not even obey a stop. */
  | { readonly deaf: true }
  | { readonly fault: FaultCode; readonly more?: Partial<Fault> }
  | { readonly end: ModelFinish; readonly attributes?: Record<string, string | number | boolean> }
  | { readonly throw: string };

const zero = { queueMs: 0, loadMs: 0, prefillMs: 0, decodeMs: 0, tokensPerSecond: null };

/** What was asked of a scripted provider, and whether it was told to stop. */
export interface ScriptedCall {
  readonly modelId: string;
  readonly request: ModelRequest;
  aborted: boolean;
  /** The last word was said, or the asker went away. */
  over: boolean;
}

/** A provider whose models do what they are told: `script` gives the acts of one call. Without an end the stream just stops. */
export function createScriptedProvider(deps: {
  readonly timers: Timers;
  /** `nth` counts the calls of this model from 0. */
  readonly script: (modelId: string, nth: number, request: ModelRequest) => readonly Act[];
}): ModelProvider & { readonly calls: ScriptedCall[] } {
  const calls: ScriptedCall[] = [];
  const perModel = new Map<string, number>();

  async function* generate(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const { modelId } = request;
    const nth = perModel.get(modelId) ?? 0;
    perModel.set(modelId, nth + 1);
    const call: ScriptedCall = { modelId, request, aborted: false, over: false };
    calls.push(call);
    let tokensOut = 0;
    const usage = (): ModelUsage => ({ tokensIn: 10, tokensCached: 0, tokensOut });
    const stopped = new Promise<void>((resolve) => {
      const stop = () => {
        call.aborted = true;
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    const passes = (ms: number) =>
      new Promise<void>((resolve) => {
        deps.timers.after(ms, resolve);
      });
    try {
      for (const act of deps.script(modelId, nth, request)) {
        if ('deaf' in act) await new Promise<never>(() => undefined);
        if ('stubborn' in act) {
          await passes(act.ms);
          yield { kind: 'delta', text: act.stubborn, tokens: 1 };
          continue;
        }
        if ('wait' in act) await Promise.race([stopped, passes(act.wait)]);
        if ('hang' in act) await stopped;
        if (signal.aborted) {
          yield { kind: 'end', finish: 'cancelled', usage: usage(), timings: zero, attributes: {} };
          return;
        }
        if ('say' in act) {
          tokensOut++;
          yield { kind: 'delta', text: act.say, tokens: 1 };
        } else if ('reason' in act) yield { kind: 'reasoning', text: act.reason };
        else if ('tool' in act) {
          yield { kind: 'tool', index: 0, id: 'call-1', name: act.name, argumentsText: '' };
          yield { kind: 'tool', index: 0, argumentsText: act.tool };
        } else if ('event' in act) yield act.event;
        else if ('throw' in act) throw new Error(act.throw);
        else if ('fault' in act) {
          yield { kind: 'fault', fault: { ...makeFault(act.fault, undefined, modelId), ...act.more }, usage: usage() };
          return;
        } else if ('end' in act) {
          const attributes = act.attributes ?? {};
          yield { kind: 'end', finish: act.end, usage: usage(), timings: zero, attributes };
          return;
        }
      }
    } finally {
      call.over = true;
    }
  }

  return { calls, generate, countTokens: () => Promise.resolve(null) };
}

/** Says a text and ends well. */
export const saying = (text: string): readonly Act[] => [{ say: text }, { end: 'stop' }];
