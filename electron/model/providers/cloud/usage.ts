import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { ModelUsage } from '../../model.ts';

export const NO_USAGE: ModelUsage = { tokensIn: 0, tokensCached: 0, tokensOut: 0 };

/** A provider may say anything: only whole, not negative numbers count. */
const count = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? Math.min(Math.floor(value), 1e12) : 0;

/**
 * Usage as we count it: `tokensIn` holds the cached part and what was written to the cache. The library has brought the
 * providers' ways together already (Anthropic counts cached tokens beside the others, OpenAI and Google among them).
 */
export function usageOf(usage: LanguageModelV4Usage): ModelUsage {
  const { inputTokens, outputTokens } = usage;
  const cached = count(inputTokens.cacheRead);
  const written = count(inputTokens.cacheWrite);
  const tokensIn = Math.max(count(inputTokens.total), count(inputTokens.noCache) + cached + written);
  const reasoning = count(outputTokens.reasoning);
  const tokensOut = Math.max(count(outputTokens.total), count(outputTokens.text) + reasoning);
  return {
    tokensIn,
    tokensCached: Math.min(cached, tokensIn),
    tokensOut,
    ...(written > 0 ? { tokensCacheWrite: Math.min(written, tokensIn) } : {}),
    ...(reasoning > 0 ? { tokensReasoning: reasoning } : {}),
  };
}

/** About what a text takes: four letters a token, one for each character of other scripts. */
export function guessTokens(text: string): number {
  let others = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x2ff) others++;
  return Math.ceil((text.length - others) / 4 + others);
}
