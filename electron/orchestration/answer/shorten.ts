import type { ModelEntry } from '../../contract/entities/model.ts';
import type { ContextPlan } from '../../contract/policy.ts';
import type { ModelMessage } from '../../model/model.ts';
import type { ActiveSpan } from '../../telemetry/recorder.ts';
import { guessMessage } from './fit.ts';
import type { createFitter, FitInput } from './fitter.ts';
import {
  messagesToSummarise,
  summariseRoom,
  summaryParts,
  summaryRequest,
  summaryTokens,
  withSummary,
} from './summarise.ts';
import type { SummaryDoor } from './types.ts';

/** What is sent to one model, and what became of the rest. */
export interface Shortened {
  readonly messages: readonly ModelMessage[];
  /** Messages left out from the oldest on, and those a summary stands for. */
  readonly dropped: number;
  readonly summarised: number;
}

export interface ShortenInput extends FitInput {
  readonly plan: ContextPlan;
  /** Where summaries are kept; null = nothing keeps them, so none is made. */
  readonly door: SummaryDoor | null;
  /** Sizes of what was merged into each message but `system`. */
  readonly sizes: readonly number[];
  /** Has one part summarised; null = it could not be done. */
  readonly write: (
    writer: ModelEntry,
    messages: readonly ModelMessage[],
    maxTokens: number,
    span: ActiveSpan,
  ) => Promise<string | null>;
  /** Who writes; null = nobody may. */
  readonly writer: () => ModelEntry | null;
  /** It takes a while from here on. */
  readonly onSummarise: () => void;
}

/** Conversations whose last turn used a summary, remembered. */
const MOST_REMEMBERED = 200;

/** Fits conversations into contexts in the order the policy names: whole, with a summary in front, without the oldest messages. */
export function createShortener(fitter: ReturnType<typeof createFitter>) {
  /** Model whose context the conversation outgrew last time. */
  const outgrown = new Map<string, string>();
  const remember = (stateKey: string | null, modelId: string | null): void => {
    if (stateKey === null) return;
    outgrown.delete(stateKey);
    if (modelId !== null) outgrown.set(stateKey, modelId);
    const oldest = outgrown.size > MOST_REMEMBERED ? outgrown.keys().next().value : undefined;
    if (oldest !== undefined) outgrown.delete(oldest);
  };

  /** null = not even the last message fits, or what helps is not allowed. */
  return async function shorten(input: ShortenInput, span: ActiveSpan): Promise<Shortened | null> {
    const { model, messages, omitted, stateKey, trims, plan, door, sizes } = input;
    const trimmed = (fitted: Awaited<ReturnType<typeof fitter.fit>>, summarised: number): Shortened | null =>
      fitted && (fitted.dropped === 0 || plan.tooLong.includes('trim')) ? { ...fitted, summarised } : null;
    const fitted = (all: readonly ModelMessage[], left: number, hinted: boolean) =>
      fitter.fit({ ...input, messages: all, omitted: left, hinted }, span);

    if (door === null || !plan.tooLong.includes('summarise')) return trimmed(await fitted(messages, omitted, true), 0);
    const system = messages[0]?.role === 'system' ? [messages[0]] : [];
    const history = messages.slice(system.length);
    const guesses = history.map(guessMessage);
    const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
    const budget = fitter.budgetOf(input);
    // What did not fit last time is not counted again unless much of it is gone.
    const surelyTooLong = outgrown.get(stateKey ?? '') === model.id && sum(guesses) > budget / 2;
    let cut: Awaited<ReturnType<typeof fitter.fit>> = null;
    if (!surelyTooLong) {
      cut = await fitted(messages, omitted, true);
      if (!cut) return null;
      if (cut.dropped <= omitted) {
        remember(stateKey, null);
        return trimmed(cut, 0);
      }
    }

    const stored = door.newest();
    const covered = stored === null ? 0 : mergedPlace(sizes, stored.covered);
    const before = covered === null ? null : stored;
    if (before !== null && covered !== null) {
      const whole = await fitted(withSummary(messages, covered, before.text), 0, false);
      if (whole?.dropped === 0) {
        remember(stateKey, model.id);
        const attributes = { stored: true, messages: before.covered + omitted, modelId: before.modelId };
        span.child('prompt', 'Use the stored summary', attributes).end();
        return { ...whole, summarised: before.covered + omitted };
      }
    }

    const from = before === null ? 0 : (covered ?? 0);
    const fixed = sum(system.map(guessMessage));
    const writer = trims === 0 ? input.writer() : null;
    const until = writer !== null ? messagesToSummarise(history, guesses, fixed, budget) : 0;
    if (writer !== null && until > from) {
      input.onSummarise();
      const parts = summaryParts(history.slice(from, until), summariseRoom(fitter.contextOf(writer), budget));
      const step = span.child('prompt', 'Summarise older messages', {
        summary: true,
        modelId: writer.id,
        messages: sum(sizes.slice(from, until)),
        parts: parts.length,
      });
      let text = before?.text ?? null;
      for (const lines of parts) {
        text = await input.write(writer, summaryRequest(lines, text), summaryTokens(budget), step);
        if (text === null) break;
      }
      step.end();
      if (text !== null) {
        const count = sum(sizes.slice(0, until));
        door.keep({ covered: count, text, modelId: writer.id, modelName: writer.name });
        // A summary of what was read says nothing of what was not.
        const left = before === null ? omitted : 0;
        const made = await fitted(withSummary(messages, until, text), left, false);
        const result = trimmed(made, count + omitted - left);
        if (result) remember(stateKey, model.id);
        return result;
      }
    }
    if (before !== null && covered !== null) {
      const rest = trimmed(
        await fitted(withSummary(messages, covered, before.text), 0, false),
        before.covered + omitted,
      );
      if (rest) return rest;
    }
    return trimmed(cut ?? (await fitted(messages, omitted, true)), 0);
  };
}

/** How many merged messages hold exactly the first `count` of what was merged; null = the border runs through one. */
function mergedPlace(sizes: readonly number[], count: number): number | null {
  let sum = 0;
  for (const [at, size] of sizes.entries()) {
    if (sum === count) return at;
    sum += size;
  }
  return null;
}
