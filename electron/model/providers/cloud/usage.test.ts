import { describe, expect, it } from 'vitest';
import type { Price } from '../../../contract/providers.ts';
import { costUsd } from '../../pricing/pricing.ts';
import { createAnthropicReader } from './read-anthropic.ts';
import { createGoogleReader } from './read-google.ts';
import { readOpenAi } from './read-openai.ts';
import { createReading } from './reading.ts';

/** One USD for a million plain prompt tokens; each other kind of token in a decimal place of its own. */
const price: Price = {
  usdPerMTokIn: 1,
  usdPerMTokCachedIn: 0.1,
  usdPerMTokCacheWrite: 1.25,
  usdPerMTokOut: 10,
  source: 'config',
  asOf: null,
};

const wires = {
  openai: (document: object) => {
    const reading = createReading();
    readOpenAi(reading, document);
    return reading;
  },
  anthropic: (document: object) => {
    const reading = createReading();
    createAnthropicReader(reading, false)(document);
    return reading;
  },
  google: (document: object) => {
    const reading = createReading();
    createGoogleReader(reading)(document);
    return reading;
  },
};

/** What each says of 1000 prompt tokens, 600 of them from the cache, and 50 written, 30 of them thought. Micro-dollars. */
describe.each([
  [
    'OpenAI, reasoning within',
    'openai',
    {
      usage: {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 600 },
        completion_tokens: 50,
        completion_tokens_details: { reasoning_tokens: 30 },
        total_tokens: 1050,
      },
    },
    400 + 60 + 500,
  ],
  [
    'xAI, reasoning beside',
    'openai',
    {
      usage: {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 600 },
        completion_tokens: 20,
        completion_tokens_details: { reasoning_tokens: 30 },
        total_tokens: 1050,
      },
    },
    400 + 60 + 500,
  ],
  [
    'DeepSeek',
    'openai',
    {
      usage: {
        prompt_tokens: 1000,
        prompt_cache_hit_tokens: 600,
        prompt_cache_miss_tokens: 400,
        completion_tokens: 50,
      },
    },
    400 + 60 + 500,
  ],
  ['Moonshot', 'openai', { usage: { prompt_tokens: 1000, cached_tokens: 600, completion_tokens: 50 } }, 400 + 60 + 500],
  [
    'OpenRouter, 100 written to the cache',
    'openai',
    {
      usage: {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100 },
        completion_tokens: 50,
      },
    },
    300 + 60 + 125 + 500,
  ],
  [
    'LiteLLM, 100 written to the cache',
    'openai',
    {
      usage: {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 600 },
        cache_creation_input_tokens: 100,
        cache_read_input_tokens: 600,
        completion_tokens: 50,
      },
    },
    300 + 60 + 125 + 500,
  ],
  [
    'Anthropic, 100 written to the cache',
    'anthropic',
    {
      type: 'message',
      content: [],
      usage: {
        input_tokens: 300,
        cache_read_input_tokens: 600,
        cache_creation_input_tokens: 100,
        output_tokens: 50,
      },
    },
    300 + 60 + 125 + 500,
  ],
  [
    'Google, thinking beside',
    'google',
    {
      usageMetadata: {
        promptTokenCount: 1000,
        cachedContentTokenCount: 600,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
      },
    },
    400 + 60 + 500,
  ],
] as const)('the usage that %s reports', (_what, wire, document, microUsd) => {
  it('is priced to the digit, with every token counted once', () => {
    const { usage } = wires[wire](document);
    expect(usage).toMatchObject({ tokensIn: 1000, tokensCached: 600, tokensOut: 50 });
    expect(usage === null ? 0 : costUsd(usage, price) * 1e6).toBeCloseTo(microUsd, 9);
  });
});
