import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ProviderConfig } from '../../../contract/providers.ts';
import { headersOf } from '../../egress/headers.ts';
import type { ModelRequest } from '../../model.ts';
import { budgetOf, thinkingOf, wantsBudget } from './anthropic-thinking.ts';
import type { Thinking } from './anthropic-thinking.ts';
import type { CallThoughts } from './call-thoughts.ts';
import type { Fetch } from './language-model.ts';
import { filled, formOf, marked, partsAround } from './request-forms.ts';
import type { RequestForm } from './request-forms.ts';
import { loadLibraries } from '../../libraries.ts';
import { callOptions } from './prompt.ts';

/** A request as the provider's library writes it. */
export interface WrittenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Thrown into the library once it has written its request, which it carries out. */
class Written extends Error {
  readonly request: WrittenRequest;
  constructor(request: WrittenRequest) {
    super('Written.');
    this.request = request;
  }
}

/** Its way is always the same: noting the stack took a fiftieth of a call. */
function written(request: WrittenRequest): Written {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const made = new Written(request);
  Error.stackTraceLimit = limit;
  return made;
}

const takeRequest: Fetch = (input, init) => {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
  const headers = headersOf(init?.headers);
  return Promise.reject(written({ url, headers, body: typeof init?.body === 'string' ? init.body : '' }));
};

/** Libraries of compatible servers, without keys: they build their schemas anew each time they are made, which takes 0.4 ms. */
const compatible = new Map<string, LanguageModelV4>();
const MOST_KEPT = 200;

type LanguageModel = Awaited<ReturnType<typeof loadLibraries>>['languageModel'];

function compatibleModel(languageModel: LanguageModel, config: ProviderConfig, model: string): LanguageModelV4 {
  const name = JSON.stringify([config.id, config.baseUrl, model]);
  const known = compatible.get(name);
  if (known) return known;
  if (compatible.size >= MOST_KEPT) compatible.clear();
  const made = languageModel(config, model, null, takeRequest);
  compatible.set(name, made);
  return made;
}

/** Forms met lately, by name; null = the library writes requests of this name each time. */
const forms = new Map<string, RequestForm | null>();

/** Half of a letter as JSON writes it, the only letters it writes so: an escape whose backslash is not itself escaped. */
const HALF_LETTER = /\\ud[89a-f][0-9a-f]{2}(?<=(?:^|[^\\])(?:\\\\)*\\u.{4})/gu;

/** Programs that cut texts at a length leave halves of letters, and providers refuse a whole conversation for one ("no low surrogate in string"). */
const ofWholeLetters = (made: WrittenRequest): WrittenRequest =>
  made.body.includes('\\ud') ? { ...made, body: made.body.replaceAll(HALF_LETTER, '\\ufffd') } : made;

/**
 * Lets the provider's own library write the request and takes it before it is sent: the library knows each provider's form.
 * `thoughts` = what models attached to calls of tools, by the place of the message. What comes back is read by us, since the libraries' streams cost more than the rest of a call (docs/decisions).
 */
export async function writeRequest(
  config: ProviderConfig,
  model: string,
  key: string | null,
  request: ModelRequest,
  thoughts?: ReadonlyMap<number, CallThoughts>,
): Promise<WrittenRequest> {
  const { languageModel } = await loadLibraries();
  if (config.kind === 'anthropic')
    return ofWholeLetters(
      await writeAnthropic(languageModel(config, model, key, takeRequest), config, request, thoughts),
    );
  if (config.kind !== 'openai-compatible')
    return ofWholeLetters(await takeFrom(languageModel(config, model, key, takeRequest), config, request, thoughts));
  const library = compatibleModel(languageModel, config, model);
  const made = ofWholeLetters(await writeCompatible(library, config, model, request, thoughts));
  return key === null ? made : { ...made, headers: { ...made.headers, authorization: `Bearer ${key}` } };
}

/** The library writes a form once; the same form with other words is filled in, which takes a tenth of the time. */
async function writeCompatible(
  library: LanguageModelV4,
  config: ProviderConfig,
  model: string,
  request: ModelRequest,
  thoughts?: ReadonlyMap<number, CallThoughts>,
): Promise<WrittenRequest> {
  const plain = formOf(request);
  if (plain === null) return takeFrom(library, config, request, thoughts);
  const name = JSON.stringify([config.id, config.baseUrl, model, plain]);
  const known = forms.get(name);
  if (known) return { url: known.url, headers: known.headers, body: filled(known, request) };
  const made = await takeFrom(library, config, request);
  if (known === undefined) {
    const { request: asked, marks } = marked(request);
    const { url, headers, body } = await takeFrom(library, config, asked);
    const parts = partsAround(body, marks);
    const form = parts === null ? null : { url, headers, parts };
    // Kept only if it gives what the library itself wrote.
    if (forms.size >= MOST_KEPT) forms.clear();
    forms.set(name, form !== null && filled(form, request) === made.body ? form : null);
  }
  return made;
}

/** With thinking where the model can. Thoughts go back only then: without, they would be read for nothing. */
async function writeAnthropic(
  library: LanguageModelV4,
  config: ProviderConfig,
  request: ModelRequest,
  thoughts: ReadonlyMap<number, CallThoughts> = new Map(),
): Promise<WrittenRequest> {
  const thinking = thinkingOf(request);
  if (thinking === null) return takeFrom(library, config, request);
  const made = await takeFrom(library, config, request, thoughts, thinking);
  if (!wantsBudget(made.body)) return made;
  const maxTokens = request.sampling.maxTokens ?? request.roomTokens;
  const budgetTokens = budgetOf(request, maxTokens, thoughts);
  if (budgetTokens === null) return takeFrom(library, config, request);
  // The library adds the budget to the limit.
  const rest = maxTokens === undefined ? {} : { maxTokens: maxTokens - budgetTokens };
  const within = { ...request, sampling: { ...request.sampling, ...rest } };
  return takeFrom(library, config, within, thoughts, { budgetTokens });
}

async function takeFrom(
  library: LanguageModelV4,
  config: ProviderConfig,
  request: ModelRequest,
  thoughts?: ReadonlyMap<number, CallThoughts>,
  thinking: Thinking = null,
): Promise<WrittenRequest> {
  try {
    await library.doStream(callOptions(request, config, thoughts, thinking));
  } catch (error) {
    if (error instanceof Written) return error.request;
    throw error;
  }
  throw new Error('The library wrote no request.');
}
