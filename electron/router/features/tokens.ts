import type { ModelMessage } from '../../model/model.ts';

/** An image costs at most about this: Anthropic's 1,568 for the largest side; OpenAI's and Google's tiles come to less. */
const IMAGE_TOKENS = 1600;
/** What the chat template adds around one message. */
const TEMPLATE_TOKENS = 6;
/** Places looked at to tell which scripts a long text is written in. */
const PROBES = 2048;

/**
 * Tokens of a text, estimated: four characters a token for alphabets, one a character for ideographs, kana, Hangul and symbols.
 * A long text is probed evenly, so that the cost is bounded.
 */
export function estimateTokens(text: string): number {
  const step = Math.max(1, Math.floor(text.length / PROBES));
  let looked = 0;
  let wide = 0;
  for (let at = 0; at < text.length; at += step) {
    looked++;
    if (text.charCodeAt(at) > 0x2ff) wide++;
  }
  const others = looked === 0 ? 0 : (wide / looked) * text.length;
  return Math.ceil((text.length - others) / 4 + others);
}

/** Tokens of one message with its images and tool calls, estimated. */
export function estimateMessage(message: ModelMessage): number {
  const calls = message.toolCalls?.reduce(
    (sum, { name, argumentsText }) => sum + estimateTokens(name) + estimateTokens(argumentsText),
    0,
  );
  return estimateTokens(message.text) + (calls ?? 0) + (message.images?.length ?? 0) * IMAGE_TOKENS + TEMPLATE_TOKENS;
}
