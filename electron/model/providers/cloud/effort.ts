import type { JSONObject } from '@ai-sdk/provider';
import type { ReasoningEffort } from '../../../contract/names.ts';
import type { ProviderConfig } from '../../../contract/providers.ts';
import { isUnder } from '../../egress/address.ts';
import type { ModelRequest } from '../../model.ts';
import { isForcedCall } from './anthropic-thinking.ts';

type Place = Pick<ProviderConfig, 'id' | 'kind' | 'baseUrl'>;

/** The effort itself, for the library to write, or fields that the server knows in its place; neither = the model is told nothing. */
interface Told {
  readonly reasoning?: ReasoningEffort;
  readonly fields?: JSONObject;
}

/** The provider's own name of the model: `openai/gpt-oss-20b` of `far/openai/gpt-oss-20b`. */
const nameAt = ({ modelId }: Pick<ModelRequest, 'modelId'>, { id }: Place): string =>
  (modelId.startsWith(`${id}/`) ? modelId.slice(id.length + 1) : modelId).toLowerCase();

/** The nearest of low, medium and high. */
const nearest = (effort: ReasoningEffort): ReasoningEffort =>
  effort === 'none' || effort === 'minimal' ? 'low' : effort === 'xhigh' ? 'high' : effort;

/** A switch, where there is nothing between on and off. */
const switched = (effort: ReasoningEffort): Told => ({
  fields: { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } },
});

/** Kimi from K2.5 on, by Moonshot itself. */
const KIMI = /kimi-k(?:2\.[5-9]|[3-9])/u;
const isKimi = (model: string, place: Place): boolean =>
  KIMI.test(model) && isUnder(place.baseUrl, 'moonshot.ai', 'moonshot.cn', 'kimi.com');

/** K3 always thinks, by an effort; K2.7 always does; those before are switched, and think unless they are told not to. */
function atKimi(model: string, effort: ReasoningEffort | undefined, forced: boolean): Told {
  if (/kimi-k[3-9]/u.test(model))
    return effort === undefined ? {} : { fields: { reasoning_effort: effort === 'medium' ? 'high' : nearest(effort) } };
  if (/kimi-k2\.[7-9]/u.test(model)) return {};
  // It refuses a call that is forced while it thinks.
  if (forced) return switched('none');
  return effort === undefined ? {} : switched(effort);
}

/** Most of Grok thinks as it likes, and refuses the request for being told how (docs.x.ai, reasoning). */
function atGrok(model: string, effort: ReasoningEffort): Told {
  if (model.includes('grok-3-mini')) return { reasoning: ['high', 'xhigh'].includes(effort) ? 'high' : 'low' };
  if (model.includes('grok-4.3') && effort === 'none') return { reasoning: effort };
  return /grok-(?:2|3|4(?!\.)|4\.(?:1|20)(?!.*multi-agent)|code|build)/u.test(model)
    ? {}
    : { reasoning: nearest(effort) };
}

/** Google's compatible address: only Flash of 2.5 stops thinking (ai.google.dev/gemini-api/docs/openai). */
const atGoogle = (model: string, effort: ReasoningEffort): Told => {
  if (effort === 'none') return { reasoning: model.includes('2.5-flash') ? 'none' : 'low' };
  return { reasoning: effort === 'xhigh' ? 'high' : effort };
};

/**
 * Models by the names that vLLM, SGLang and llama.cpp serve them under, whose templates think unless they are told not to
 * (docs.vllm.ai, reasoning outputs). Ollama names models without an owner and takes the effort.
 */
const SWITCHED_BY_TEMPLATE = /^(?:qwen\/qwen3|zai-org\/glm-4\.[5-9])(?!.*thinking)/u;

function atCompatible(model: string, baseUrl: string | undefined, effort: ReasoningEffort): Told {
  if (isUnder(baseUrl, 'openrouter.ai')) return { reasoning: effort };
  if (isUnder(baseUrl, 'deepseek.com'))
    return effort === 'none' ? switched(effort) : { reasoning: effort, ...switched(effort) };
  if (isUnder(baseUrl, 'bigmodel.cn', 'z.ai', 'volces.com')) return switched(effort);
  if (isUnder(baseUrl, 'aliyuncs.com'))
    return effort === 'none' && /thinking|qwq|qvq/u.test(model)
      ? {}
      : { fields: { enable_thinking: effort !== 'none' } };
  if (isUnder(baseUrl, 'x.ai')) return atGrok(model, effort);
  if (isUnder(baseUrl, 'googleapis.com')) return atGoogle(model, effort);
  if (isUnder(baseUrl, 'groq.com') && model.includes('qwen3'))
    return { fields: { reasoning_effort: effort === 'none' ? 'none' : 'default' } };
  if (model.includes('gpt-oss')) return { reasoning: nearest(effort) };
  if (effort === 'none' && !isUnder(baseUrl, 'groq.com') && SWITCHED_BY_TEMPLATE.test(model))
    return { fields: { chat_template_kwargs: { enable_thinking: false } } };
  return { reasoning: effort };
}

/**
 * How a model is told how hard to think: the nearest that it takes, in the words of whom it is asked at, since a request is refused for an
 * effort that is not known there (api-docs.deepseek.com, platform.kimi.ai, docs.bigmodel.cn, help.aliyun.com, docs.x.ai, console.groq.com). Anthropic's
 * models are told in more than one way (anthropic-thinking.ts).
 */
export function effortAt(request: ModelRequest, place: Place): Told {
  const effort = request.sampling.reasoningEffort;
  const model = nameAt(request, place);
  if (place.kind === 'openai-compatible' && isKimi(model, place)) return atKimi(model, effort, isForcedCall(request));
  if (effort === undefined) return {};
  if (place.kind !== 'openai' && place.kind !== 'openai-compatible') return { reasoning: effort };
  // The first models of OpenAI that reason know three; those that chat know none (platform.openai.com, reasoning).
  if (/^o\d/u.test(model)) return { reasoning: nearest(effort) };
  if (/^gpt-5.*-chat/u.test(model)) return {};
  return place.kind === 'openai' ? { reasoning: effort } : atCompatible(model, place.baseUrl, effort);
}

/** Whether the model takes no temperature but its own: Kimi refuses a request for any other (platform.kimi.ai). */
export const hasFixedSampling = (request: ModelRequest, place: Place): boolean =>
  place.kind === 'openai-compatible' && isKimi(nameAt(request, place), place);
