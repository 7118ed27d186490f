import { say } from '../../../contract/sentences/index.ts';
import type { Clock } from '../../../base/clock.ts';
import { makeFault } from '../../../contract/fault-facts.ts';
import { FaultError } from '../../../contract/faults.ts';
import type { Fault, FaultCode } from '../../../contract/faults.ts';
import type { ProviderConfig, ProviderTest } from '../../../contract/providers.ts';
import type { Classify } from '../../classify/types.ts';
import { providerNameOf, providerTitle } from '../../classify/provider-name.ts';
import type { Egress } from '../../egress/egress.ts';
import { headersProblem, moreHeadersOf } from '../../keys/keys.ts';
import type { ModelOrigin } from '../../model.ts';
import { networkCodeOf, ownFault } from './answer-of.ts';
import { field, jsonOr, textOf } from './json.ts';
import { streamAnswer } from './stream-answer.ts';

export interface ProviderTestDeps {
  readonly egress: Egress;
  readonly classify: Classify;
  readonly clock: Clock;
}

/** A test says a fixed word and nothing of anybody. */
const TEST: ModelOrigin = { traceId: '', conversationId: null, private: false, purpose: 'test' };
const MOST_MODELS = 500;
/** What a document that is no list is taken for where nothing in it says what it is. */
const SAYS_LITTLE: ReadonlySet<FaultCode> = new Set(['unknown', 'empty_output', 'truncated', 'server_error']);
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

/** Names of models in any of the three forms; what is none is left out. null = it is no list. */
function namesOf(body: unknown): string[] | null {
  const entries = [field(body, 'data'), field(body, 'models'), body].find(Array.isArray) as unknown[] | undefined;
  if (entries === undefined) return null;
  const names = entries.map(
    (entry) => textOf(entry) ?? textOf(field(entry, 'id')) ?? textOf(field(entry, 'name')) ?? '',
  );
  const known = names.map((name) => name.replace(/^models\//u, '')).filter((name) => name !== '' && name.length <= 200);
  return [...new Set(known)];
}

/** What ended it: a deadline, or whoever asked. */
function stopped(deps: ProviderTestDeps, config: ProviderConfig, { reason }: AbortSignal): Fault {
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  const answer = { provider: providerNameOf(config), label: config.name, phase: 'pre' as const };
  const fault = late
    ? deps.classify({ ...answer, status: null, headers: {}, body: null, error: reason }, deps.clock.now())
    : null;
  return { ...(fault ?? makeFault('cancelled')), provider: config.id };
}

/** Ids of the models a provider says it has, in its order. Throws a FaultError. */
export async function listModels(
  deps: ProviderTestDeps,
  config: ProviderConfig,
  key: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  const fail = (status: number | null, headers: Record<string, string>, body: unknown, error?: unknown): FaultError => {
    const answer = { provider: providerNameOf(config), label: config.name, phase: 'pre' as const };
    const fault = deps.classify({ ...answer, status, headers, body, error }, deps.clock.now());
    const networkCode = networkCodeOf(error);
    const known = fault ?? makeFault('server_error');
    return new FaultError({ ...known, provider: config.id, ...(networkCode === null ? {} : { networkCode }) });
  };
  try {
    const { url, headers } = listRequest(config, key);
    const ask = {
      providerId: config.id,
      modelId: null,
      origin: TEST,
      trustedForPrivate: config.trustedForPrivate,
      headers: moreHeadersOf(config),
    };
    const response = await deps.egress.fetchFor(ask)(url, { headers, signal });
    const body = jsonOr(await response.text());
    const names = response.ok ? namesOf(body) : null;
    if (names !== null) return names;
    const { fault } = fail(response.status, Object.fromEntries(response.headers), body);
    const name = providerTitle(config);
    // Whoever is asked for a list names no model: it is the address that is wrong.
    if (fault.code === 'not_found') throw new FaultError({ ...fault, detail: say('said.provider.no_api', { name }) });
    if (!response.ok || !SAYS_LITTLE.has(fault.code)) throw new FaultError(fault);
    throw new FaultError({ ...makeFault('server_error', say('said.provider.no_list', { name }), config.id) });
  } catch (error) {
    if (signal.aborted) throw new FaultError(stopped(deps, config, signal));
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
    if (event.kind === 'end' && event.finish === 'cancelled')
      return { fault: stopped(deps, config, signal), firstByteMs };
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
  const lacking = headersProblem(config);
  if (lacking !== null) return { ok: false, detail: lacking, firstByteMs: null, models };
  try {
    models = await listModels(deps, config, key, signal);
  } catch (error) {
    listFault = ownFault(error) ?? makeFault('internal');
  }
  const word = await askOneWord(deps, config, key, signal);
  // Where neither is found, nothing is said about the model.
  const nowhere = listFault?.code === 'not_found' && word?.fault?.code === 'not_found';
  const fault = word === null || nowhere ? listFault : word.fault;
  const firstByteMs = word?.firstByteMs ?? null;
  if (fault !== null) return { ok: false, detail: fault.detail, firstByteMs, models: models.slice(0, MOST_MODELS) };
  const count = listFault === null ? models.length : 0;
  const listed = say(
    count === 0 ? 'said.provider.lists_none' : count === 1 ? 'said.provider.lists_one' : 'said.provider.lists',
    { count },
  );
  const next = say(count === 0 ? 'said.provider.write_one' : 'said.provider.add_one');
  const works = say(word === null && key !== null ? 'said.provider.key_works' : 'said.provider.answers');
  const detail = word === null ? `${works} ${listed} ${next}` : `${works} ${listed}`;
  return { ok: true, detail, firstByteMs, models: models.slice(0, MOST_MODELS) };
}
