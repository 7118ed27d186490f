import { createJsonEnd } from '../../../base/json-end.ts';
import { guessTokens } from '../../../base/tokens.ts';
import type { ModelEvent, ModelFinish, ModelUsage } from '../../model.ts';
import { MOST_THOUGHTS, withDetail } from './call-thoughts.ts';
import type { CallThoughts, ReasoningDetail, Said } from './call-thoughts.ts';

/** A server that opens more calls than this in one answer is broken. */
const MOST_TOOLS = 256;

/** What a reader learnt that ends the answer before its time: the body of an error, to be classified. */
export interface ReadProblem {
  readonly phase: 'stream' | 'finish';
  readonly body: unknown;
}

interface Tool {
  index: number;
  id: string;
  /** What the provider calls it by; null = it never said. */
  readonly givenId: string | null;
  name: string;
  /** Arguments that came before the name. */
  waiting: string;
  written: string;
  signature: string | null;
  isWhole: boolean;
}

/** A part of a call; what is no text counts as absent. */
interface ToolPart {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly argumentsText?: unknown;
  /** Google's, of the thoughts behind it. */
  readonly signature?: unknown;
}

/** What has been read of one answer so far, in our own words. The readers of each wire write into it. */
export interface Reading {
  finish: ModelFinish | null;
  /** The provider's own word for how it ended. */
  finishRaw: string | null;
  /** The stop sequence it ended before, where the provider names it. */
  stopSequence: string | null;
  /** As far as the provider has said; null = not yet. */
  usage: ModelUsage | null;
  /** The wire's own last word has come: nothing that follows counts. */
  over: boolean;
  problem: ReadProblem | null;
  /** What a model said instead of answering. */
  refusal: string;
  /** The provider says that its own content filter failed: the answer counts, but nobody looked at it. */
  filterFailed: boolean;
  /** Fair guess at the tokens written. */
  readonly guessedOut: () => number;
  readonly toolCount: () => number;
  /** Any text, reasoning or call yet. */
  readonly begun: () => boolean;
  text(text: unknown): void;
  /** `returns` = the model wants to see it again with the results of its calls. */
  reasoning(text: unknown, returns?: boolean): void;
  /** A block of reasoning that goes back with the results of calls, or a part of one. */
  detail(piece: ReasoningDetail): void;
  /** A part of the call known here as `key`; made when new. */
  tool(key: string, part: ToolPart): void;
  /** What was said, and what the model thought behind it. */
  readonly answer: () => { readonly said: Said; readonly thoughts: CallThoughts };
  /** What is known of a call: whether it has arguments, and the id it was given. */
  toolOf(key: string): {
    readonly id: string;
    readonly givenId: string | null;
    readonly hasArguments: boolean;
    /** Its arguments have come to their end. */
    readonly isWhole: boolean;
  } | null;
  /** The call that the last part belonged to; null = none yet. */
  lastTool(): string | null;
  logprob(value: unknown): void;
  meanProbability(): number | null;
  /** Everything since the last call. `last` = nothing follows: halves are let go. */
  take(last?: boolean): ModelEvent[];
}

const isHigh = (code: number) => code >= 0xd800 && code <= 0xdbff;
/** A call that nobody can make: it has no name, or arguments that are no object. */
const NO_CALL: ReadProblem = { phase: 'finish', body: { finish_reason: 'malformed_function_call' } };
const LONE = /\p{Surrogate}/gu;

/** Text with the half of a pair kept back that is still to come: a delta never splits one. Lone halves become U+FFFD. */
function createWhole() {
  let half = '';
  return {
    add(text: string): string {
      let said = half + text;
      half = '';
      if (isHigh(said.charCodeAt(said.length - 1))) {
        half = said.slice(-1);
        said = said.slice(0, -1);
      }
      return said.isWellFormed() ? said : said.replace(LONE, '\ufffd');
    },
    end(): string {
      const rest = half === '' ? '' : '\ufffd';
      half = '';
      return rest;
    },
  };
}

export function createReading(): Reading {
  let events: ModelEvent[] = [];
  const text = createWhole();
  const reasoning = createWhole();
  const tools = new Map<
    string,
    Tool & { readonly whole: ReturnType<typeof createWhole>; readonly findEnd: ReturnType<typeof createJsonEnd> }
  >();
  let lastTool: string | null = null;
  const ids = new Set<string>();
  let guessedOut = 0;
  let begun = false;
  let named = 0;
  let returned = '';
  let said = '';
  let details: ReasoningDetail[] = [];
  let detailChars = 0;
  let logprobSum = 0;
  let logprobCount = 0;

  /** Parts that came in one read are one event: they arrived together and are shown together. */
  const say = (kind: 'delta' | 'reasoning', part: string) => {
    if (part === '') return;
    begun = true;
    guessedOut += guessTokens(part);
    if (kind === 'delta') said += part;
    const last = events.at(-1);
    if (last?.kind === 'delta' && kind === 'delta')
      events[events.length - 1] = { kind, text: last.text + part, tokens: last.tokens + 1 };
    else if (last?.kind === 'reasoning' && kind === 'reasoning')
      events[events.length - 1] = { kind, text: last.text + part };
    else events.push(kind === 'delta' ? { kind, text: part, tokens: 1 } : { kind, text: part });
  };
  const sayTool = (tool: Tool, argumentsText: string) => {
    begun = true;
    guessedOut += guessTokens(argumentsText);
    tool.written += argumentsText;
    const last = events.at(-1);
    if (last?.kind === 'tool' && last.index === tool.index)
      events[events.length - 1] = { ...last, argumentsText: last.argumentsText + argumentsText };
    else events.push({ kind: 'tool', index: tool.index, argumentsText });
  };

  return {
    finish: null,
    finishRaw: null,
    stopSequence: null,
    usage: null,
    over: false,
    problem: null,
    refusal: '',
    filterFailed: false,
    guessedOut: () => guessedOut,
    toolCount: () => tools.size,
    begun: () => begun,
    text: (part) => {
      if (typeof part === 'string') say('delta', text.add(part));
    },
    reasoning: (part, returns = false) => {
      if (typeof part !== 'string') return;
      if (returns && returned.length < MOST_THOUGHTS) returned += part;
      say('reasoning', reasoning.add(part));
    },
    detail(piece) {
      detailChars += JSON.stringify(piece).length;
      // All of them or none: what is left of a chain of thought is refused.
      details = detailChars < MOST_THOUGHTS ? withDetail(details, piece) : [];
    },
    tool(key, part) {
      let tool = tools.get(key);
      if (!tool) {
        if (tools.size >= MOST_TOOLS) {
          this.problem ??= NO_CALL;
          return;
        }
        const given = typeof part.id === 'string' && part.id !== '' ? part.id.toWellFormed() : null;
        const place = tools.size;
        // Results are matched to calls by id, so two calls never share one.
        const id = given === null || ids.has(given) ? `${given ?? 'call'}_${String(place)}` : given;
        ids.add(id);
        tool = {
          index: -1,
          id,
          givenId: given,
          name: '',
          waiting: '',
          written: '',
          signature: null,
          isWhole: false,
          whole: createWhole(),
          findEnd: createJsonEnd(),
        };
        tools.set(key, tool);
      }
      lastTool = key;
      if (typeof part.signature === 'string' && part.signature !== '') tool.signature = part.signature;
      const written = typeof part.argumentsText === 'string' ? tool.whole.add(part.argumentsText) : '';
      const isFirst = tool.written.length + tool.waiting.length === 0;
      // Clients read arguments as they come, and throw at blanks alone.
      const argumentsText = isFirst ? written.trimStart() : written;
      if (isFirst && argumentsText !== '' && !argumentsText.startsWith('{')) {
        this.problem ??= NO_CALL;
        return;
      }
      tool.isWhole ||= tool.findEnd(argumentsText) !== -1;
      if (tool.name === '') {
        tool.waiting += argumentsText;
        if (typeof part.name !== 'string' || part.name === '') return;
        begun = true;
        tool.name = part.name.toWellFormed();
        // Counted when it can be said: one before it may never get a name.
        tool.index = named++;
        tool.written = tool.waiting;
        guessedOut += guessTokens(tool.name) + guessTokens(tool.waiting);
        events.push({ kind: 'tool', index: tool.index, id: tool.id, name: tool.name, argumentsText: tool.waiting });
        return;
      }
      if (argumentsText !== '') sayTool(tool, argumentsText);
    },
    toolOf(key) {
      const tool = tools.get(key);
      return tool
        ? {
            id: tool.id,
            givenId: tool.givenId,
            hasArguments: tool.written.length + tool.waiting.length > 0,
            isWhole: tool.isWhole,
          }
        : null;
    },
    lastTool: () => lastTool,
    answer() {
      const all = [...tools.values()];
      const signatures = all.flatMap(({ id, signature }) => (signature === null ? [] : [[id, signature] as const]));
      const calls = all.map(({ id, name, written }) => ({ id, name, argumentsText: written }));
      const thoughts = { reasoning: returned, signatures: new Map(signatures), details };
      return { said: { text: said, calls }, thoughts };
    },
    logprob(value) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return;
      logprobSum += Math.min(0, value);
      logprobCount++;
    },
    meanProbability: () => (logprobCount === 0 ? null : Math.round(Math.exp(logprobSum / logprobCount) * 1000) / 1000),
    take(last = false) {
      if (last) {
        say('reasoning', reasoning.end());
        say('delta', text.end());
        for (const tool of tools.values()) {
          const rest = tool.whole.end();
          if (rest !== '' && tool.name !== '') sayTool(tool, rest);
          // A call without a name can be made by nobody.
          if (tool.name === '') this.problem ??= NO_CALL;
        }
      }
      if (events.length === 0) return events;
      const taken = events;
      events = [];
      return taken;
    },
  };
}
