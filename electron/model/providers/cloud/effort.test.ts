import { describe, expect, it } from 'vitest';
import { cloudConfig, question } from '../../../../test/support/providers/ask.ts';
import type { CloudKind } from '../../../../test/support/providers/ask.ts';
import type { ReasoningEffort } from '../../../contract/names.ts';
import type { ModelRequest } from '../../model.ts';
import { writeRequest } from './write-request.ts';

async function written(
  kind: CloudKind,
  url: string,
  model: string,
  sampling: ModelRequest['sampling'],
  more: Partial<ModelRequest> = {},
) {
  const asked = question({ modelId: `acme/${model}`, sampling, ...more });
  const { body } = await writeRequest(cloudConfig(kind, url), model, 'k', asked);
  return JSON.parse(body) as Record<string, unknown>;
}

const FIELDS = ['reasoning_effort', 'thinking', 'enable_thinking', 'chat_template_kwargs'];

/** What of thinking stands in the request to a compatible server. */
async function told(url: string, model: string, reasoningEffort?: ReasoningEffort, more?: Partial<ModelRequest>) {
  const sampling = reasoningEffort === undefined ? {} : { reasoningEffort };
  const body = await written('openai-compatible', url, model, sampling, more);
  return Object.fromEntries(Object.entries(body).filter(([name]) => FIELDS.includes(name)));
}

const OFF = { thinking: { type: 'disabled' } };
const ON = { thinking: { type: 'enabled' } };
const DEEPSEEK = 'https://api.deepseek.com';
const KIMI = 'https://api.moonshot.ai/v1';
const GLM = 'https://open.bigmodel.cn/api/paas/v4';
const QWEN = 'https://dashscope.aliyuncs.com/compatible-mode/v1';
const GROK = 'https://api.x.ai/v1';
const GROQ = 'https://api.groq.com/openai/v1';
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/openai';
const ROUTER = 'https://openrouter.ai/api/v1';
const OWN = 'http://127.0.0.1:9/v1';

describe('how hard to think is said as the server wants to hear it', () => {
  it.each([
    [DEEPSEEK, 'deepseek-v4-pro', 'none', OFF],
    [DEEPSEEK, 'deepseek-v4-pro', 'high', { ...ON, reasoning_effort: 'high' }],
    [KIMI, 'kimi-k2.5', 'none', OFF],
    [KIMI, 'kimi-k2.6', 'low', ON],
    [KIMI, 'kimi-k2.7-code', 'none', {}],
    [KIMI, 'kimi-k3', 'none', { reasoning_effort: 'low' }],
    [KIMI, 'kimi-k3', 'medium', { reasoning_effort: 'high' }],
    [GLM, 'glm-4.6', 'none', OFF],
    [GLM, 'glm-4.6', 'high', ON],
    [QWEN, 'qwen3-max', 'none', { enable_thinking: false }],
    [QWEN, 'qwen3-max', 'high', { enable_thinking: true }],
    [QWEN, 'qwen3-235b-a22b-thinking-2507', 'none', {}],
    [GROK, 'grok-4', 'high', {}],
    [GROK, 'grok-4-fast-reasoning', 'low', {}],
    [GROK, 'grok-code-fast-1', 'low', {}],
    [GROK, 'grok-4.20-0309-reasoning', 'low', {}],
    [GROK, 'grok-3-mini', 'medium', { reasoning_effort: 'low' }],
    [GROK, 'grok-4.3', 'none', { reasoning_effort: 'none' }],
    [GROK, 'grok-4.5', 'none', { reasoning_effort: 'low' }],
    [GROQ, 'qwen/qwen3-32b', 'none', { reasoning_effort: 'none' }],
    [GROQ, 'qwen/qwen3-32b', 'high', { reasoning_effort: 'default' }],
    [GROQ, 'openai/gpt-oss-120b', 'none', { reasoning_effort: 'low' }],
    [GEMINI, 'gemini-2.5-flash', 'none', { reasoning_effort: 'none' }],
    [GEMINI, 'gemini-3.1-pro-preview', 'none', { reasoning_effort: 'low' }],
    [GEMINI, 'gemini-3.1-pro-preview', 'xhigh', { reasoning_effort: 'high' }],
    [ROUTER, 'moonshotai/kimi-k2.5', 'xhigh', { reasoning_effort: 'xhigh' }],
    [ROUTER, 'openai/gpt-oss-120b', 'none', { reasoning_effort: 'none' }],
    [OWN, 'openai/gpt-oss-20b', 'xhigh', { reasoning_effort: 'high' }],
    [OWN, 'Qwen/Qwen3-8B', 'none', { chat_template_kwargs: { enable_thinking: false } }],
    [OWN, 'Qwen/Qwen3-8B', 'low', { reasoning_effort: 'low' }],
    [OWN, 'Qwen/Qwen3-4B-Thinking-2507', 'none', { reasoning_effort: 'none' }],
    [OWN, 'qwen3:8b', 'none', { reasoning_effort: 'none' }],
    [OWN, 'o3', 'xhigh', { reasoning_effort: 'high' }],
  ] as const)('%s %s %s', async (url, model, effort, fields) => {
    expect(await told(url, model, effort)).toEqual(fields);
  });

  it.each([
    ['o3', 'none', 'low'],
    ['o4-mini', 'xhigh', 'high'],
    ['o3-2025-04-16', 'medium', 'medium'],
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5.2', 'xhigh', 'xhigh'],
    ['gpt-5-chat-latest', 'high', undefined],
  ] as const)('to OpenAI as the nearest that the model knows: %s %s is %s', async (model, reasoningEffort, said) => {
    const { reasoning_effort } = await written('openai', 'https://api.openai.com/v1', model, { reasoningEffort });
    expect(reasoning_effort).toBe(said);
  });

  it('nothing is said where nobody asks', async () => {
    for (const [url, model] of [[DEEPSEEK, 'deepseek-v4-pro'] as const, [KIMI, 'kimi-k2.6'] as const])
      expect(await told(url, model)).toEqual({});
  });

  it('Google is asked for its thoughts, which it keeps to itself else, where it thinks at all', async () => {
    const config = async (reasoningEffort: ReasoningEffort) =>
      (await written('google', 'https://example.org/v1beta', 'gemini-2.5-flash', { reasoningEffort })).generationConfig;
    expect(await config('low')).toMatchObject({
      thinkingConfig: { includeThoughts: true, thinkingBudget: expect.any(Number) as number },
    });
    expect(await config('none')).toMatchObject({ thinkingConfig: { thinkingBudget: 0 } });
    expect(JSON.stringify(await config('none'))).not.toContain('includeThoughts');
  });
});

describe('Kimi from K2.5 on', () => {
  const tools = [{ name: 'now', parameters: { type: 'object' } }];

  it('hears of no temperature, since it refuses any but its own', async () => {
    const sampling = { temperature: 0.2, topP: 0.5, frequencyPenalty: 1, presencePenalty: 1 };
    const names = ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty'];
    const sent = async (url: string, model: string) =>
      Object.keys(await written('openai-compatible', url, model, sampling)).filter((name) => names.includes(name));
    expect(await sent(KIMI, 'kimi-k2.6')).toEqual([]);
    expect(await sent(KIMI, 'kimi-k2-0905-preview')).toHaveLength(4);
    expect(await sent(OWN, 'moonshotai/Kimi-K2.5')).toHaveLength(4);
  });

  it('does not think where a call is forced, since it refuses both together', async () => {
    expect(await told(KIMI, 'kimi-k2.6', undefined, { tools, toolChoice: 'required' })).toEqual(OFF);
    expect(await told(KIMI, 'kimi-k2.6', 'high', { tools, toolChoice: { name: 'now' } })).toEqual(OFF);
    expect(await told(KIMI, 'kimi-k2.6', 'high', { tools, toolChoice: 'auto' })).toEqual(ON);
  });
});
