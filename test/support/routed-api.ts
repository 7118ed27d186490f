import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { onTestFinished, vi } from 'vitest';
import type { Config } from '../../electron/contract/config.ts';
import type { Trace } from '../../electron/contract/entities/trace.ts';
import type { ProviderConfig } from '../../electron/contract/providers.ts';
import type { AnswerScript, Wire } from './providers/script.ts';
import { startProvider } from './providers/start-provider.ts';
import type { Script } from './providers/start-provider.ts';
import { makeCore } from './scripted-core.ts';

const KINDS = { openai: 'openai-compatible', anthropic: 'anthropic', google: 'google' } as const;
/** USD for a million tokens: dear enough that a few answers fill a budget of cents. */
const PRICES = { usdPerMTokIn: 100, usdPerMTokOut: 1000 };

export const hello: AnswerScript = { steps: [{ text: 'Hello ' }, { text: 'from afar.' }], usage: { in: 10, out: 5 } };

/** The whole core on a real database, its API on a real port, and one provider on the real wire. */
export async function routedApi(wire: Wire, script: Script = hello, more: Partial<Config> = {}) {
  const far = await startProvider(wire, script);
  onTestFinished(() => far.close());
  const made = await makeCore([{ say: 'from here' }]);
  const { core } = made;
  const provider: ProviderConfig = {
    id: 'far',
    kind: KINDS[wire],
    baseUrl: far.url,
    apiKey: { env: 'PATH' },
    enabled: true,
    trustedForPrivate: false,
    concurrency: 0,
    usdPerDay: null,
    models: [{ id: 'big', enabled: true, quality: 0.9, contextTokens: 100_000, ...PRICES }],
  };
  core.settings.save({ ...core.settings.config(), policy: 'best-quality', providers: [provider], ...more });
  const { url } = await core.api.serveAt(0);
  const token = core.api.tokens.issue({ name: 'test', requestsPerMinute: null, concurrency: null, usdPerDay: null });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0 });
  const traceOf = (id: string | null | undefined): Promise<Trace> =>
    vi.waitFor(() => {
      const found = core.traces.get(id ?? '');
      if (!found) throw new Error('not stored yet');
      return found;
    });
  /** The provider makes vectors as well: `far/vectors`. */
  const addVectors = (): void => {
    const models = [...provider.models, { id: 'vectors', enabled: true, capabilities: { embeddings: true } }];
    core.settings.save({ ...core.settings.config(), providers: [{ ...provider, models }] });
  };
  return { ...made, far, url, token, openai, anthropic, traceOf, addVectors };
}
