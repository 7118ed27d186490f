import { say } from '../contract/sentences/index.ts';
import type { ModelEntry } from '../contract/entities/model.ts';
import type { Fault } from '../contract/faults.ts';
import { reasonOf } from '../model/classify/reason.ts';
import type { ModelEvent, ModelFinish, ModelRequest, ModelToolCall } from '../model/model.ts';
import { hasWords } from './checks/empty.ts';
import type { FormatChecker } from './checks/format.ts';
import type { ScriptCheck } from './checks/script.ts';
import { makeFault } from './fault-table.ts';

/** What one model has said so far. */
export interface Said {
  hear(event: ModelEvent): void;
  /** Whether an event is something a person sees or a program acts on. */
  shows(event: ModelEvent, reasoningIsVisible: boolean): boolean;
  spoke(): boolean;
  text(): string;
  calls(): readonly ModelToolCall[];
  /** The text as it was put right; null = it needed nothing. */
  repaired(): string | null;
  repair(text: string): void;
}

export function createSaid(): Said {
  let text = '';
  let spoke = false;
  let repaired: string | null = null;
  const calls = new Map<number, { id: string; name: string; argumentsText: string }>();
  return {
    hear(event) {
      if (event.kind === 'delta') {
        text += event.text;
        spoke ||= hasWords(event.text);
      } else if (event.kind === 'tool') {
        spoke = true;
        const call = calls.get(event.index) ?? { id: '', name: '', argumentsText: '' };
        call.id = event.id ?? call.id;
        call.name = event.name ?? call.name;
        call.argumentsText += event.argumentsText;
        calls.set(event.index, call);
      }
    },
    shows: (event, reasoningIsVisible) =>
      event.kind === 'tool' ||
      (event.kind === 'delta' && hasWords(event.text)) ||
      (event.kind === 'reasoning' && reasoningIsVisible),
    spoke: () => spoke,
    text: () => text,
    calls: () => [...calls.values()],
    repaired: () => repaired,
    repair(better) {
      repaired = better;
    },
  };
}

/** With the model's own words, which nobody would see otherwise; undefined = it gave none that may be passed on. */
function refusedBecause(refusal: unknown, { messages }: ModelRequest): string | undefined {
  if (typeof refusal !== 'string') return undefined;
  const reason = reasonOf(
    refusal,
    null,
    messages.map(({ text }) => text),
  );
  return reason === null ? undefined : say('said.check.refused', { reason });
}

/** What is wrong with an answer that ended by itself; null = nothing. Text nobody has seen is put right where it can be. */
export function finishedFault(input: {
  readonly finish: ModelFinish | 'fault';
  /** What the model said instead of an answer, where its provider tells that apart; absent = nothing. */
  readonly refusal?: unknown;
  readonly said: Said;
  readonly shown: boolean;
  /** What was shown of it; all it said when nothing was. */
  readonly text: string;
  /** None of its text was shown, so it may be put right. */
  readonly mayRepair: boolean;
  readonly request: ModelRequest;
  readonly model: ModelEntry;
  readonly format: FormatChecker;
  readonly script: ScriptCheck;
  readonly refusalFallback: boolean;
}): Fault | null {
  const { finish, said, shown, request, model } = input;
  const seen = said.spoke() && (shown || !input.refusalFallback);
  switch (finish) {
    case 'cancelled':
    case 'fault':
      return null;
    case 'filtered':
      // The provider cut what the model wrote, not what was asked.
      return seen ? null : { ...makeFault('content_filter', undefined, model.id), origin: 'model' };
    case 'refused':
      return seen ? null : makeFault('refused', refusedBecause(input.refusal, request), model.id);
    case 'length': {
      const detail = say('said.check.cut');
      return said.spoke() ? null : makeFault('truncated', detail, model.id);
    }
    case 'stop':
    case 'tool_calls':
  }
  if (!said.spoke()) return makeFault('empty_output', undefined, model.id);
  const calls = said.calls();
  if (calls.length > 0) {
    const problem = input.format.toolProblem(calls);
    return problem === null ? null : makeFault('malformed_output', problem, model.id);
  }
  const wrongScript = input.script.problem(said.text());
  if (wrongScript !== null) return makeFault('degenerate_output', wrongScript, model.id);
  if (!request.format) return null;
  const checked = input.format.check(input.text, request.format, input.mayRepair);
  if (!checked.ok) return makeFault('malformed_output', checked.problem, model.id);
  if (checked.repaired) said.repair(checked.text);
  return null;
}
