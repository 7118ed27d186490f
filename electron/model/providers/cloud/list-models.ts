import { say } from '../../../contract/sentences/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { makeFault } from '../../../contract/fault-facts.ts';
import { FaultError } from '../../../contract/faults.ts';
import type { Fault } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderTest } from '../../../contract/providers.ts';
import type { Classify } from '../../classify/types.ts';
import { providerNameOf } from '../../classify/provider-name.ts';
import type { Egress } from '../../egress/egress.ts';
import type { ModelOrigin } from '../../model.ts';
import { networkCodeOf, ownFault } from './answer-of.ts';
import { field, jsonOr, list, textOf } from './json.ts';
import { streamAnswer } from './stream-answer.ts';

export interface ProviderTestDeps {
  readonly egress: Egress;
  readonly classify: Classify;
  readonly clock: Clock;
}

/** A test says a fixed word and nothing of anybody. */
const TEST: ModelOrigin = { traceId: '', conversationId: null, private: false, purpose: 'test' };
const MOST_MODELS = 500;
/** Room for a model that thinks before it says its word. */
const TEST_TOKENS = 64;

const OWN_ADDRESS = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
} as const;

function listRequest(
  { kind, baseUrl }: ProviderConfig,
  key: string | null,
): { url: string; headers: Record<string, string> } {
  const own = kind === 'openai' || kind === 'anthropic' || kind === 'google' ? OWN_ADDRESS[kind] : '';
  const base = (baseUrl ?? own).replace(/\/+$/u, '');
  switch (kind) {
    case 'anthropic':
      return {
        url: `${base}/models?limit=1000`,
        headers: { 'anthropic-version': '2023-06-01', ...(key === null ? {} : { 'x-api-key': key }) },
      };
    case 'google':
      return { url: `${base}/models?pageSize=1000`, headers: key === null ? {} : { 'x-goog-api-key': key } };
    default:
      return { url: `${base}/models`, headers: key === null ? {} : { authorization: `Bearer ${key}` } };
  }
}

/** Names of models in any of the three forms; what is none is left out. */
function namesOf(body: unknown): string[] {
  const entries = list(field(body, 'data') ?? field(body, 'models') ?? body);
  const names = entries.map((entry) => textOf(field(entry, 'id')) ?? textOf(field(entry, 'name')) ?? '');
  const known = names.map((name) => name.replace(/^models\//u, '')).filter((name) => name !== '' && name.length <= 200);
  return [...new Set(known)].slice(0, MOST_MODELS);
}

/** Ids of the models a provider says it has, at most 500, in its order. Throws a FaultError. */
export async function listModels(
  deps: ProviderTestDeps,
  config: ProviderConfig,
  key: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  const ask = { providerId: config.id, modelId: null, origin: TEST, trustedForPrivate: config.trustedForPrivate };
  const fail = (status: number | null, headers: Record<string, string>, body: unknown, error?: unknown): FaultError => {
    const answer = { provider: providerNameOf(config), label: config.name, phase: 'pre' as const };
    const fault = deps.classify({ ...answer, status, headers, body, error }, deps.clock.now());
    const networkCode = networkCodeOf(error);
    const known = fault ?? makeFault('server_error');
    return new FaultError({ ...known, provider: config.id, ...(networkCode === null ? {} : { networkCode }) });
  };
  try {
    const { url, headers } = listRequest(config, key);
    const response = await deps.egress.fetchFor(ask)(url, { headers, signal });
    const body = jsonOr(await response.text());
    if (!response.ok || typeof body === 'string')
      throw fail(response.status, Object.fromEntries(response.headers), body);
    return namesOf(body);
  } catch (error) {
    if (signal.aborted) throw new FaultError(makeFault('cancelled', undefined, config.id));
    const own = ownFault(error);
    throw own ? new FaultError(own) : fail(null, {}, null, error);
  }
}

/** Asks one model for one word. null = it answered; `firstByteMs` = until the head of its answer. */
async function askOneWord(
  deps: ProviderTestDeps,
  config: ProviderConfig,
  key: string | null,
  signal: AbortSignal,
): Promise<{ fault: Fault | null; firstByteMs: number | null } | null> {
  const model = config.models.find(({ enabled }) => enabled);
  if (!model) return null;
  const startedMs = deps.clock.monotonicMs();
  let firstByteMs: number | null = null;
  const request = {
    modelId: `${config.id}/${model.id}`,
    messages: [{ role: 'user' as const, text: 'Say the word yes.' }],
    sampling: { maxTokens: TEST_TOKENS },
    stateKey: null,
    origin: TEST,
  };
  for await (const event of streamAnswer(deps, { request, config, model, key }, signal)) {
    if (event.kind === 'connected') firstByteMs = Math.round(deps.clock.monotonicMs() - startedMs);
    if (event.kind === 'fault') return { fault: event.fault, firstByteMs };
    if (event.kind === 'end' && event.finish === 'cancelled') return { fault: makeFault('cancelled'), firstByteMs };
  }
  return { fault: null, firstByteMs };
}

/**
 * Whether a provider works: asks it for its models and its first enabled model for one word. A server without a list of models
 * is fine as long as the model answers. Never throws; the caller sets the deadline through `signal`.
 */
export async function testProvider(
  deps: ProviderTestDeps,
  config: ProviderConfig,
  key: string | null,
  signal: AbortSignal,
): Promise<ProviderTest> {
  let models: string[] = [];
  let listFault: Fault | null = null;
  try {
    models = await listModels(deps, config, key, signal);
  } catch (error) {
    listFault = ownFault(error) ?? makeFault('internal');
  }
  const word = await askOneWord(deps, config, key, signal);
  const fault = word === null ? listFault : word.fault;
  const firstByteMs = word?.firstByteMs ?? null;
  if (fault !== null) return { ok: false, detail: fault.detail, firstByteMs, models };
  const count = listFault === null ? models.length : 0;
  const listed = say(
    count === 0 ? 'said.provider.lists_none' : count === 1 ? 'said.provider.lists_one' : 'said.provider.lists',
    { count },
  );
  const next = say(count === 0 ? 'said.provider.write_one' : 'said.provider.add_one');
  const works = say(word === null && key !== null ? 'said.provider.key_works' : 'said.provider.answers');
  const detail = word === null ? `${works} ${listed} ${next}` : `${works} ${listed}`;
  return { ok: true, detail, firstByteMs, models };
}
