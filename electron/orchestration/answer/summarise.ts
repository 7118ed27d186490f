import { guessTokens } from '../../base/tokens.ts';
import type { ModelEntry } from '../../contract/entities/model.ts';
import type { ContextPlan } from '../../contract/policy.ts';
import type { ModelMessage } from '../../model/model.ts';
import { matchesPattern, qualityOf } from '../../router/index.ts';

/** Longest summary, as a share of what fits beside it, and in tokens. */
const SUMMARY_SHARE = 0.2;
const SHORTEST_SUMMARY_TOKENS = 64;
const LONGEST_SUMMARY_TOKENS = 600;
/** Share of the room that recent turns keep: what is left is for the turns to come, so that a summary serves several. */
const KEEP_SHARE = 0.45;
/** A guess of tokens may be so much too low. */
const GUESS_SHARE = 0.7;
/** Of one message its begin and end are read, in characters: a pasted file is not summarised whole. */
const MESSAGE_CHARS = 6000;
/** Calls one summary may take; what is older than they can read is left out. */
const MOST_PARTS = 4;

const HEAD = 'Summary of the earlier part of this conversation:';
const TASK =
  'You shorten conversations. Write what somebody must know to go on with one: what was asked and answered, facts, names, ' +
  'numbers, decisions, wishes and open questions. Use the language of the conversation. Write the summary only.';

/** Longest summary beside a history of so many tokens. */
export const summaryTokens = (budgetTokens: number): number =>
  Math.max(SHORTEST_SUMMARY_TOKENS, Math.min(LONGEST_SUMMARY_TOKENS, Math.floor(budgetTokens * SUMMARY_SHARE)));

/** How many of these messages (without `system`) a summary has to stand for; 0 = none can go. What stays begins with a question. */
export function messagesToSummarise(
  history: readonly ModelMessage[],
  guesses: readonly number[],
  fixedTokens: number,
  budgetTokens: number,
): number {
  const room = Math.max(0, budgetTokens - fixedTokens - summaryTokens(budgetTokens)) * KEEP_SHARE;
  const lastQuestion = history.findLastIndex(({ role }) => role === 'user');
  let first = history.length;
  let sum = 0;
  while (first > 0 && (sum + (guesses[first - 1] ?? 0) <= room || first > lastQuestion)) sum += guesses[--first] ?? 0;
  while (first < lastQuestion && history[first]?.role !== 'user') first++;
  return Math.max(0, Math.min(first, lastQuestion));
}

/** The conversation with a summary in the place of its first `covered` messages. */
export function withSummary(messages: readonly ModelMessage[], covered: number, summary: string): ModelMessage[] {
  const system = messages[0]?.role === 'system' ? messages[0] : null;
  const history = system ? messages.slice(1) : messages;
  const text = `${system ? `${system.text}\n\n` : ''}${HEAD}\n${summary}`;
  return [{ role: 'system', text }, ...history.slice(covered)];
}

function lineOf({ role, text, toolCalls }: ModelMessage): string {
  const who = role === 'user' ? 'User' : role === 'tool' ? 'Tool' : 'Assistant';
  const half = MESSAGE_CHARS / 2;
  const short =
    text.length <= MESSAGE_CHARS ? text : `${text.slice(0, half).toWellFormed()} … ${text.slice(-half).toWellFormed()}`;
  const calls = toolCalls?.map(({ name }) => ` [called ${name}]`).join('') ?? '';
  return `${who}: ${short}${calls}`;
}

/**
 * What is asked of the model, one request a part: each gets the summary of the parts before it. `roomTokens` = what one request may
 * hold. Of a history too long for so many requests the newest parts are read.
 */
export function summaryParts(messages: readonly ModelMessage[], roomTokens: number): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let used = 0;
  for (const message of messages) {
    const line = lineOf(message);
    const tokens = guessTokens(line) + 8;
    if (used > 0 && used + tokens > roomTokens * GUESS_SHARE) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)?.push(line);
    used += tokens;
  }
  return parts.slice(-MOST_PARTS);
}

/** What one request for a summary may hold in a context, in tokens. */
export const summariseRoom = (contextTokens: number, budgetTokens: number): number =>
  Math.max(128, contextTokens - 2 * summaryTokens(budgetTokens) - 200);

/** The request for one part. */
export function summaryRequest(lines: readonly string[], before: string | null): readonly ModelMessage[] {
  const known = before === null ? '' : `What came before, in short:\n${before}\n\n`;
  return [
    { role: 'system', text: TASK },
    { role: 'user', text: `${known}The conversation:\n\n${lines.join('\n\n')}\n\nWrite the summary.` },
  ];
}

/**
 * Who writes the summary, best first. The words of a conversation that is answered on this machine do not leave it for a summary,
 * nor do private ones to anybody without trust.
 */
export function summarisers(
  plan: ContextPlan,
  answering: ModelEntry,
  mayAnswer: readonly ModelEntry[],
  isPrivate: boolean,
): readonly ModelEntry[] {
  const { summaryBy } = plan;
  const meant =
    summaryBy === 'same'
      ? [answering]
      : mayAnswer.filter((model) =>
          summaryBy === 'local' ? model.kind === 'local' : matchesPattern(summaryBy, model),
        );
  return meant
    .filter(
      (model) =>
        qualityOf(model) >= plan.summaryMinQuality &&
        (model.kind === 'local' || (answering.kind === 'cloud' && (!isPrivate || model.trustedForPrivate))),
    )
    .toSorted((a, b) => (isPrivate ? Number(b.kind === 'local') - Number(a.kind === 'local') : 0));
}
