/** Providers whose answers we know by name. `own` = a server a person or team runs, so memory and crashes are theirs. */
const KNOWN = [
  ['azure', 'Azure OpenAI', 'cloud', /azure/u],
  ['openrouter', 'OpenRouter', 'cloud', /openrouter/u],
  ['bedrock', 'Amazon Bedrock', 'cloud', /bedrock|amazonaws|^aws\b/u],
  ['anthropic', 'Anthropic', 'cloud', /anthropic|claude/u],
  ['google', 'Google', 'cloud', /google|gemini|vertex/u],
  ['mistral', 'Mistral', 'cloud', /mistral/u],
  ['groq', 'Groq', 'cloud', /groq/u],
  ['together', 'Together', 'cloud', /together/u],
  ['fireworks', 'Fireworks', 'cloud', /fireworks/u],
  ['deepseek', 'DeepSeek', 'cloud', /deepseek/u],
  ['xai', 'xAI', 'cloud', /\bx-?ai\b|grok/u],
  ['cohere', 'Cohere', 'cloud', /cohere/u],
  ['perplexity', 'Perplexity', 'cloud', /perplexity|pplx/u],
  ['cerebras', 'Cerebras', 'cloud', /cerebras/u],
  ['huggingface', 'Hugging Face', 'cloud', /hugging-?face|\bhf\b/u],
  ['zhipu', 'Zhipu AI', 'cloud', /zhipu|bigmodel|\bz\.ai\b/u],
  ['litellm', 'LiteLLM', 'own', /litellm/u],
  ['ollama', 'Ollama', 'own', /ollama/u],
  ['lmstudio', 'LM Studio', 'own', /lm[ _-]?studio/u],
  ['vllm', 'vLLM', 'own', /vllm/u],
  ['sglang', 'SGLang', 'own', /sglang/u],
  ['llama.cpp', 'llama.cpp', 'own', /llama[ ._-]?(?:cpp|server)/u],
  ['output', 'The model', 'own', /^output$/u],
  ['openai', 'OpenAI', 'cloud', /openai(?!-compatible)/u],
] as const;

export type ProviderName = (typeof KNOWN)[number][0] | 'other';

/** A provider as rules and sentences know it. */
export interface KnownProvider {
  readonly name: ProviderName;
  /** For people; of an unknown one what it calls itself. */
  readonly label: string;
  readonly cloud: boolean;
}

/** Which provider a kind, an id or a host means: `openai`, `my-groq`, `api.groq.com`, `lm-studio`. */
export function knownProvider(given: string): KnownProvider {
  const text = given.toLowerCase();
  for (const [name, label, where, pattern] of KNOWN) {
    if (pattern.test(text)) return { name, label, cloud: where === 'cloud' };
  }
  return { name: 'other', label: given.trim().split(/\s/u, 1)[0]?.slice(0, 80) || 'The provider', cloud: false };
}

/** What a person calls a provider: the name they gave it, else that of its kind, else its id. */
export const providerTitle = (config: {
  readonly id: string;
  readonly kind: string;
  readonly name?: string | undefined;
}): string => config.name ?? (config.kind === 'openai-compatible' ? config.id : knownProvider(config.kind).label);

/** The name classification goes by: of a compatible server its id, name and host, one of which is often known. */
export function providerNameOf(config: {
  readonly id: string;
  readonly kind: string;
  readonly name?: string | undefined;
  readonly baseUrl?: string | undefined;
}): string {
  const host = URL.canParse(config.baseUrl ?? '') ? new URL(config.baseUrl ?? '').host : '';
  const compatible = config.kind === 'openai-compatible';
  const known = (compatible ? [host, config.id, config.name ?? ''] : [host])
    .map((given) => knownProvider(given).name)
    .find((name) => name !== 'other');
  return known ?? (compatible ? config.id : config.kind);
}
