import type { ProviderConfig } from '../../electron/contract/providers.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderConfig['kind'];
  /** null = the provider's own address. */
  readonly baseUrl: string | null;
  /** Whether it asks for a key. */
  readonly key: boolean;
}

/** What people bring most often. Addresses as the projects document them. */
export const PRESETS: readonly Preset[] = [
  { id: 'openai', name: 'OpenAI', kind: 'openai', baseUrl: null, key: true },
  { id: 'anthropic', name: 'Anthropic', kind: 'anthropic', baseUrl: null, key: true },
  { id: 'google', name: 'Google Gemini', kind: 'google', baseUrl: null, key: true },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    kind: 'openai-compatible',
    baseUrl: 'https://openrouter.ai/api/v1',
    key: true,
  },
  { id: 'ollama', name: 'Ollama', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1', key: false },
  { id: 'lmstudio', name: 'LM Studio', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1234/v1', key: false },
  {
    id: 'llama-server',
    name: 'llama-server',
    kind: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:8080/v1',
    key: false,
  },
  { id: 'vllm', name: 'vLLM', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', key: false },
  { id: 'server', name: 'OpenAI-compatible server', kind: 'openai-compatible', baseUrl: '', key: false },
];

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const RESERVED: readonly string[] = ['local', 'switchyard', 'auto'];

/** Why this cannot be a provider's id; null when it can. */
export const idProblem = (id: string, taken: readonly string[]): 'idMissing' | 'idWrong' | 'idTaken' | null => {
  if (id === '') return 'idMissing';
  if (!ID.test(id) || RESERVED.includes(id)) return 'idWrong';
  return taken.includes(id) ? 'idTaken' : null;
};

/** Why this cannot be an address; null when it can. */
export const urlProblem = (url: string, needed: boolean): 'urlMissing' | 'urlWrong' | null => {
  if (url.trim() === '') return needed ? 'urlMissing' : null;
  try {
    return /^https?:$/.test(new URL(url.trim()).protocol) ? null : 'urlWrong';
  } catch {
    return 'urlWrong';
  }
};

/** What a provider is called: the name a person gave it, else that of its kind. */
export const nameOf = ({ id, name, kind, baseUrl }: ProviderConfig): string =>
  name ?? PRESETS.find((preset) => preset.kind === kind && preset.baseUrl === (baseUrl ?? null))?.name ?? id;

/** An id made of a name: `LM Studio` -> `lm-studio`, with a number when it is taken. */
export const freeId = (name: string, taken: readonly string[]): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const wanted = plain === '' || RESERVED.includes(plain) ? 'server' : plain;
  for (let number = 1; ; number++) {
    const id = number === 1 ? wanted : `${wanted}-${String(number)}`;
    if (!taken.includes(id)) return id;
  }
};
