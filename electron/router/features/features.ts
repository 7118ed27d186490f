import { guessTokens } from '../../base/tokens.ts';
import type { TRACE_SOURCES } from '../../contract/names.ts';
import { estimateForms, estimateMessage } from '../../model/request-tokens.ts';
import type { ModelFormat, ModelMessage, ModelTool, ModelToolChoice } from '../../model/model.ts';
import { difficultyOf } from './difficulty.ts';
import { detectLanguages } from './languages.ts';
import { sampleText } from './sample.ts';
import { codeEvidence, mathEvidence } from './signs.ts';
import { readSample } from './words.ts';

/** The model a conversation stays with for a while after a reply. */
export interface Sticky {
  readonly modelId: string;
  /** Epoch ms, measured from the end of the last reply. */
  readonly untilMs: number;
}

/** What the decision looks at of a request. All token counts are estimates. */
export interface Features {
  /** `auto`, `local` or a model id. */
  readonly route: string;
  readonly private: boolean;
  readonly source: (typeof TRACE_SOURCES)[number];
  /** The last question with what follows it: history can be trimmed, this cannot. */
  readonly messageTokens: number;
  /** System prompt, tools and schema, which cannot be trimmed either. */
  readonly fixedTokens: number;
  /** Everything together. */
  readonly historyTokens: number;
  readonly messages: number;
  /** Longest answer asked for; null = not said. */
  readonly maxTokens: number | null;
  /** BCP 47 primary languages of the question, the most certain first. */
  readonly languages: readonly string[];
  readonly code: boolean;
  readonly math: boolean;
  /** 0 (greeting) to 1 (long reasoning). */
  readonly difficulty: number;
  /** Images in the messages. */
  readonly images: number;
  /** Tools are offered, or were used before. */
  readonly tools: boolean;
  /** A JSON schema is to be followed. */
  readonly schema: boolean;
  readonly sticky: Sticky | null;
  /** Begin and end of the question, for rules that look for words; never stored with the decision. */
  readonly text: string;
}

/** What features are taken from. */
export interface FeatureInput {
  /** Oldest first. */
  readonly messages: readonly ModelMessage[];
  readonly route: string;
  readonly private: boolean;
  readonly source: Features['source'];
  readonly tools?: readonly ModelTool[] | undefined;
  readonly toolChoice?: ModelToolChoice | undefined;
  readonly format?: ModelFormat | undefined;
  readonly maxTokens?: number | null | undefined;
  readonly sticky?: Sticky | null | undefined;
  /** Tokens of older messages that were not even read. Absent = none. */
  readonly omittedTokens?: number | undefined;
}

/** From here on evidence counts as a yes. */
const CERTAIN = 0.5;
const MOST_MENTION_CHARS = 20_000;

const mentionText = (text: string): string =>
  text.length <= MOST_MENTION_CHARS * 2
    ? text
    : `${text.slice(0, MOST_MENTION_CHARS)}\n${text.slice(-MOST_MENTION_CHARS)}`;

/** Features of a request. Pure; a message of 1,000,000 characters costs about as much as one of 4,000. */
export function extractFeatures(input: FeatureInput): Features {
  const { messages, tools = [], format, toolChoice } = input;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const question = messages[asked]?.text ?? messages.at(-1)?.text ?? '';
  let messageTokens = 0;
  let systemTokens = 0;
  let historyTokens = input.omittedTokens ?? 0;
  let images = 0;
  let calls = false;
  for (const [index, message] of messages.entries()) {
    const tokens = estimateMessage(message);
    historyTokens += tokens;
    if (message.role === 'system') systemTokens += tokens;
    else if (index >= asked) messageTokens += tokens;
    images += message.images?.length ?? 0;
    calls ||= message.role === 'tool' || (message.toolCalls?.length ?? 0) > 0;
  }
  const schema = format?.type === 'json_schema';
  const extra = estimateForms({ tools, ...(format ? { format } : {}) });
  const sample = readSample(sampleText(question));
  return {
    route: input.route,
    private: input.private,
    source: input.source,
    messageTokens,
    fixedTokens: systemTokens + extra,
    historyTokens: historyTokens + extra,
    messages: messages.length,
    maxTokens: input.maxTokens ?? null,
    languages: detectLanguages(sample),
    code: codeEvidence(sample) >= CERTAIN,
    math: mathEvidence(sample) >= CERTAIN,
    difficulty: difficultyOf(sample, guessTokens(question)),
    images,
    tools: calls || (tools.length > 0 && toolChoice !== 'none'),
    schema,
    sticky: input.sticky ?? null,
    text: mentionText(question),
  };
}
