import { GeneralChatWrapper, resolveChatWrapper } from 'node-llama-cpp';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token, Tokenizer } from 'node-llama-cpp';
import type { HostMessage } from './protocol.ts';

/** Replies by their text, as they were generated. */
export interface KnownReplies {
  get(text: string): readonly number[] | undefined;
}

/** A conversation as this model reads it. */
export interface ChatText {
  /** Name of the template, for traces. */
  readonly template: string;
  /** Tokens up to where the reply begins. `replies` = replies as they were generated, by their text. */
  tokens(messages: readonly HostMessage[], replies: KnownReplies): number[];
  /** Texts that end a reply besides the vocabulary's own end tokens. */
  readonly stopTexts: readonly string[];
  readonly stopTokens: ReadonlySet<number>;
}

const CACHED_PIECES = 512;
/** Longer texts are not kept: one pasted book would hold as much memory as all the rest. */
const MOST_CACHED_UNITS = 65_536;

/** Tokenises each text once: from turn to turn a conversation only grows at its end. */
function createPieceCache(model: LlamaModel) {
  const cache = new Map<string, readonly Token[]>();
  return (text: string, special: boolean | 'builtin', options?: 'trimLeadingSpace'): readonly Token[] => {
    const key = `${String(special)}|${options ?? ''}|${text}`;
    const known = cache.get(key);
    if (known) return known;
    const tokens = special === 'builtin' ? tokenizeBuiltin(model, text) : model.tokenize(text, special, options);
    if (text.length <= MOST_CACHED_UNITS) cache.set(key, tokens);
    const oldest = cache.size > CACHED_PIECES ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return tokens;
  };
}

function tokenizeBuiltin(model: LlamaModel, name: string): Token[] {
  const known = { BOS: model.tokens.bos, EOS: model.tokens.eos, NL: model.tokens.nl, EOT: model.tokens.eot };
  const token = name in known ? known[name as keyof typeof known] : null;
  return token === null ? [] : [token];
}

const history = (messages: readonly HostMessage[]): ChatHistoryItem[] => [
  ...messages.map((message): ChatHistoryItem =>
    message.role === 'assistant'
      ? { type: 'model', response: [message.text] }
      : { type: message.role, text: message.text },
  ),
  { type: 'model', response: [] },
];

/** The template in the file, through node-llama-cpp's wrappers: a person's text never becomes a special token. */
function fromWrapper(model: LlamaModel, wrapper: ChatWrapper): ChatText {
  const pieces = createPieceCache(model);
  const stops = wrapper.generateContextState({
    chatHistory: history([{ role: 'user', text: 'x' }]),
  }).stopGenerationTriggers;
  const stopTexts: string[] = [];
  const stopTokens = new Set<number>();
  for (const stop of stops) {
    if (stop.values.every((value) => typeof value === 'string')) stopTexts.push(stop.values.join(''));
    else {
      const [token, ...more] = stop.tokenize(model.tokenizer, 'trimLeadingSpace');
      if (token !== undefined && more.length === 0) stopTokens.add(token);
    }
  }
  return {
    template: wrapper.wrapperName,
    stopTexts,
    stopTokens,
    tokens(messages, replies) {
      const tokenizer = Object.assign(
        (text: string, special: boolean | 'builtin' = false, options?: 'trimLeadingSpace') =>
          (special === false ? replies.get(text) : undefined) ?? pieces(text, special, options),
        { detokenize: model.detokenize, isSpecialToken: model.isSpecialToken, isEogToken: model.isEogToken },
      ) as unknown as Tokenizer;
      return wrapper.generateContextState({ chatHistory: history(messages) }).contextText.tokenize(tokenizer);
    },
  };
}

/** For a file without a template: titled paragraphs, each tokenised apart so that a reply keeps its own tokens. */
function plain(model: LlamaModel): ChatText {
  const pieces = createPieceCache(model);
  const titles = { system: '### System\n', user: '### Human\n', assistant: '### Assistant\n' };
  return {
    template: 'plain',
    stopTexts: ['\n### Human', '\n### System'],
    stopTokens: new Set(),
    tokens(messages, replies) {
      const out: number[] = [];
      const add = (tokens: readonly number[]): void => {
        for (const token of tokens) out.push(token);
      };
      if (model.tokens.shouldPrependBosToken) add(pieces('BOS', 'builtin'));
      for (const { role, text } of messages) {
        add(pieces(titles[role], false));
        add((role === 'assistant' ? replies.get(text) : undefined) ?? pieces(text, false));
        add(pieces('\n\n', false));
      }
      add(pieces(titles.assistant, false));
      return out;
    },
  };
}

/** Chooses the template once, when the model is loaded. */
export function createChatText(model: LlamaModel): ChatText {
  try {
    const wrapper = resolveChatWrapper(model, { warningLogs: false });
    return wrapper instanceof GeneralChatWrapper ? plain(model) : fromWrapper(model, wrapper);
  } catch {
    // A template that cannot even be rendered once: titled paragraphs are understood by most models.
    return plain(model);
  }
}
