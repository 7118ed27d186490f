import { describe, expect, it } from 'vitest';
import { routedApi } from '../support/routed-api.ts';

const messages = [{ role: 'user' as const, content: 'How many primes are there below a hundred?' }];

describe('how hard a model may think, as clients of the local API say it', () => {
  it('goes to a compatible server as OpenAI’s client says it', async () => {
    const { openai, far } = await routedApi('openai');
    await openai.chat.completions.create({ model: 'far/big', messages, reasoning_effort: 'low' });
    expect(far.requests[0]?.body).toMatchObject({ reasoning_effort: 'low' });
  });

  it('is left to the model where nobody says it', async () => {
    const { openai, far } = await routedApi('openai');
    await openai.chat.completions.create({ model: 'far/big', messages, reasoning_effort: null });
    expect(far.requests[0]?.body).not.toHaveProperty('reasoning_effort');
  });

  it('is not sent to a model that nobody knows to reason, unless the client names it', async () => {
    const { openai, far } = await routedApi('openai');
    await openai.chat.completions.create({ model: 'switchyard/auto', messages, reasoning_effort: 'high' });
    expect(far.requests).toHaveLength(1);
    expect(far.requests[0]?.body).not.toHaveProperty('reasoning_effort');
  });

  it.each([
    [{ thinking: { type: 'enabled' as const, budget_tokens: 2048 } }, 'low'],
    [{ thinking: { type: 'enabled' as const, budget_tokens: 8192 } }, 'medium'],
    [{ thinking: { type: 'enabled' as const, budget_tokens: 32_000 } }, 'high'],
    [{ thinking: { type: 'disabled' as const } }, 'none'],
    [{ output_config: { effort: 'max' as const } }, 'xhigh'],
    [{ thinking: { type: 'adaptive' as const } }, 'high'],
    [{ thinking: { type: 'adaptive' as const }, output_config: { effort: 'low' as const } }, 'low'],
  ])('goes to a compatible server as Anthropic’s client says it: %j', async (said, effort) => {
    const { anthropic, far } = await routedApi('openai');
    await anthropic.messages.create({ model: 'far/big', max_tokens: 20_000, messages, ...said });
    expect(far.requests[0]?.body).toMatchObject({ reasoning_effort: effort });
  });

  it.each([
    [{ reasoning_effort: 'max' }, 'xhigh'],
    [{ reasoning: { effort: 'high' } }, 'high'],
    [{ thinking: { type: 'disabled' } }, 'none'],
    [{ enable_thinking: false }, 'none'],
    [{ chat_template_kwargs: { enable_thinking: false } }, 'none'],
    [{ enable_thinking: true, thinking: 'no object', chat_template_kwargs: null }, undefined],
    [{ thinking: { type: 'disabled' }, reasoning_effort: 'low' }, 'low'],
  ])('is understood as clients of compatible servers say it: %j', async (said, effort) => {
    const { openai, far } = await routedApi('openai');
    const asked = { model: 'far/big', messages, ...(said as { reasoning_effort?: 'low' }) };
    await openai.chat.completions.create(asked);
    expect((far.requests[0]?.body as { reasoning_effort?: string }).reasoning_effort).toBe(effort);
  });

  it('goes to Google as a budget or a level', async () => {
    const { openai, far } = await routedApi('google');
    await openai.chat.completions.create({ model: 'far/big', messages, reasoning_effort: 'low' });
    expect(JSON.stringify(far.requests[0]?.body)).toMatch(/"thinking(?:Budget|Level)"/u);
  });

  it('tells answers kept for the same question apart', async () => {
    const { openai, far } = await routedApi('openai');
    const ask = { model: 'far/big', messages, temperature: 0 };
    await openai.chat.completions.create({ ...ask, reasoning_effort: 'low' });
    await openai.chat.completions.create({ ...ask, reasoning_effort: 'high' });
    await openai.chat.completions.create({ ...ask, reasoning_effort: 'high' });
    expect(far.requests).toHaveLength(2);
  });

  it('is refused with its name when it is none', async () => {
    const { openai, far } = await routedApi('openai');
    const wrong = { model: 'far/big', messages, reasoning_effort: 'enormous' as 'high' };
    await expect(openai.chat.completions.create(wrong)).rejects.toMatchObject({
      status: 400,
      param: 'reasoning_effort',
    });
    expect(far.requests).toHaveLength(0);
  });
});

describe('penalties of words, as clients of the local API say them', () => {
  const asked = { model: 'far/big', messages, frequency_penalty: 0.5, presence_penalty: -1 };

  it('go to a compatible server', async () => {
    const { openai, far } = await routedApi('openai');
    await openai.chat.completions.create(asked);
    expect(far.requests[0]?.body).toMatchObject({ frequency_penalty: 0.5, presence_penalty: -1 });
  });

  it.each(['anthropic', 'google'] as const)('do not go where they make the whole request fail: %s', async (wire) => {
    const { openai, far } = await routedApi(wire);
    await openai.chat.completions.create(asked);
    expect(JSON.stringify(far.requests[0]?.body)).not.toMatch(/penalty/iu);
  });
});
