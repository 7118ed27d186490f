import { describe, expect, it } from 'vitest';
import { cloudConfig, question } from '../../../../test/support/providers/ask.ts';
import type { ModelRequest } from '../../model.ts';
import type { CallThoughts } from './call-thoughts.ts';
import { writeRequest } from './write-request.ts';

const config = cloudConfig('anthropic', 'http://127.0.0.1:9/v1');
const BUDGETED = 'claude-sonnet-4-5';
const ADAPTIVE = 'claude-opus-4-6';

async function written(
  model: string,
  sampling: ModelRequest['sampling'],
  more: Partial<ModelRequest> = {},
  thoughts?: ReadonlyMap<number, CallThoughts>,
) {
  const { body } = await writeRequest(config, model, 'k', question({ sampling, ...more }), thoughts);
  return JSON.parse(body) as Record<string, unknown> & { max_tokens: number; messages: unknown[] };
}

const call = { id: 'c1', name: 'now', argumentsText: '{}' };
const loop: ModelRequest['messages'] = [
  { role: 'user', text: 'what time?' },
  { role: 'assistant', text: '', toolCalls: [call] },
  { role: 'tool', text: 'noon', toolCallId: 'c1' },
];
const tools = [{ name: 'now', parameters: { type: 'object' } }];
const details = [
  { type: 'thinking', thinking: 'Let me look.', signature: 'sig' },
  { type: 'redacted_thinking', data: 'sealed' },
];
const kept = new Map([[1, { reasoning: '', signatures: new Map<string, string>(), details }]]);

describe('how hard a model of Anthropic thinks', () => {
  it('is left to it where nobody says', async () => {
    expect(await written(ADAPTIVE, {})).not.toHaveProperty('thinking');
  });

  it('is said as an effort to a model that adapts', async () => {
    expect(await written(ADAPTIVE, { reasoningEffort: 'low', maxTokens: 4000 })).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
      max_tokens: 4000,
    });
  });

  it.each([
    ['low', 64_000, 2048],
    ['high', 64_000, 16_384],
    ['high', 5000, 2500],
  ] as const)('is a budget within the limit of the answer for others: %s of %i is %i', async (effort, most, budget) => {
    const body = await written(BUDGETED, { reasoningEffort: effort, maxTokens: most });
    expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: budget }, max_tokens: most });
  });

  it('stays within the room that the window leaves', async () => {
    const body = await written(BUDGETED, { reasoningEffort: 'high' }, { roomTokens: 6000 });
    expect(body).toMatchObject({ thinking: { budget_tokens: 3000 }, max_tokens: 6000 });
  });

  it('is not said where the answer is too short for any', async () => {
    expect(await written(BUDGETED, { reasoningEffort: 'high', maxTokens: 2000 })).not.toHaveProperty('thinking');
  });

  it.each([
    ['a call is forced', { tools, toolChoice: 'required' as const }],
    ['one call is forced', { tools, toolChoice: { name: 'now' } }],
    ['JSON is asked for', { format: { type: 'json' as const } }],
  ])('is not said where %s', async (_what, more) => {
    for (const model of [BUDGETED, ADAPTIVE])
      expect(await written(model, { reasoningEffort: 'high' }, more)).not.toHaveProperty('thinking');
  });

  it.each([BUDGETED, ADAPTIVE])('goes with the thoughts behind calls, signed and sealed: %s', async (model) => {
    const body = await written(model, { reasoningEffort: 'high' }, { messages: loop, tools }, kept);
    expect(body).toHaveProperty('thinking');
    expect(body.messages[1]).toMatchObject({ role: 'assistant', content: [...details, { type: 'tool_use' }] });
  });

  it('is not said to a model that wants the thoughts back when nobody has them', async () => {
    const body = await written(BUDGETED, { reasoningEffort: 'high' }, { messages: loop, tools });
    expect(body).not.toHaveProperty('thinking');
    expect(body.messages[1]).toMatchObject({ content: [{ type: 'tool_use' }] });
  });
});
