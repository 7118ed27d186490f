import { describe, expect, it } from 'vitest';
import { STARTER_MODEL_ID } from '../../electron/contract/names.ts';
import { makeCore } from '../support/scripted-core.ts';
import type { Step } from '../support/scripted-engine.ts';

const weather = {
  name: 'weather',
  description: 'Says the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

/** What the core says of a request with a tool that a model of this machine may call or not. */
async function answerTo(steps: readonly Step[]) {
  const { core } = await makeCore(steps);
  const { events } = core.complete.start(
    {
      messages: [{ role: 'user', text: 'What is the weather in Oslo?' }],
      route: STARTER_MODEL_ID,
      sampling: {},
      stop: [],
      source: 'api',
      cache: false,
      tools: [weather],
    },
    new AbortController().signal,
  );
  let text = '';
  let argumentsText = '';
  const names: string[] = [];
  let finish: string | null = null;
  for await (const event of events) {
    if (event.kind === 'delta') text += event.text;
    if (event.kind === 'tool') {
      if (event.name !== undefined) names.push(event.name);
      argumentsText += event.argumentsText;
    }
    if (event.kind === 'end') finish = event.finish;
  }
  return { text, names, argumentsText, finish };
}

describe('a model of this machine that may call a tool', () => {
  it('says a sentence first, then calls: the sentence is its text, the call is a call', async () => {
    const steps = ['I will look it up.\n', '{"name": "weather", "arg', 'uments": {"city": "Oslo"}}'];
    expect(await answerTo(steps.map((say) => ({ say })))).toEqual({
      text: 'I will look it up.\n',
      names: ['weather'],
      argumentsText: '{"city":"Oslo"}',
      finish: 'tool_calls',
    });
  });

  it('shows how a call looks and goes on: all of it is text', async () => {
    const steps = ['So:\n', '{"name": "weather", "arguments": {}}', '\nis how I would ask.'];
    expect(await answerTo(steps.map((say) => ({ say })))).toEqual({
      text: steps.join(''),
      names: [],
      argumentsText: '',
      finish: 'stop',
    });
  });
});
