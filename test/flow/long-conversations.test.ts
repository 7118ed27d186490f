import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ProviderModel } from '../../electron/contract/providers.ts';
import type { AnswerScript, SeenRequest, Wire } from '../support/providers/script.ts';
import type { Script } from '../support/providers/start-provider.ts';
import { wrongsOf } from '../support/providers/wrongs-of.ts';
import { routedApi } from '../support/routed-api.ts';

const WIRES: readonly Wire[] = ['openai', 'anthropic', 'google'];
type Messages = OpenAI.Chat.ChatCompletionMessageParam[];

const long = (topic: string, words = 150): string => `${topic} ${'word '.repeat(words)}`.trim();
const user = (content: string) => ({ role: 'user' as const, content });
const assistant = (content: string) => ({ role: 'assistant' as const, content });
const mostOf = ({ bodyText }: SeenRequest): number | undefined => {
  const found = /"(?:max_tokens|max_completion_tokens|maxOutputTokens)":(\d+)/u.exec(bodyText)?.[1];
  return found === undefined ? undefined : Number(found);
};
const TOO_LONG: Readonly<Record<Wire, unknown>> = {
  openai: {
    error: {
      message:
        "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and " +
        'your request has 300 input tokens (32000 > 8192 - 300).',
      type: 'BadRequestError',
      param: 'max_tokens',
      code: 400,
    },
  },
  anthropic: {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message:
        'input length and `max_tokens` exceed context limit: 300 + 32000 > 8192, decrease input length or `max_tokens` and try again',
    },
  },
  google: {
    error: {
      code: 400,
      message: 'The input token count (9000) exceeds the maximum number of tokens allowed (8192).',
      status: 'INVALID_ARGUMENT',
    },
  },
};

/** The API with one model `far/big` of which this is known. */
async function withModel(wire: Wire, model: Partial<ProviderModel>, script: Script = {}) {
  const made = await routedApi(wire, script);
  const config = made.core.settings.config();
  const big = { id: 'big', enabled: true, quality: 0.9, usdPerMTokIn: 1, usdPerMTokOut: 1, ...model };
  const providers = config.providers.map((provider) => ({ ...provider, models: [big] }));
  made.core.settings.save({ ...config, providers });
  const ask = (messages: Messages, more: Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming> = {}) =>
    made.openai.chat.completions.create({ model: `far/${big.id}`, messages, ...more });
  return { ...made, ask, start: made.send, send: made.ask };
}

describe.each(WIRES)('a length asked for by a client, on the %s wire', (wire) => {
  it('is cut to what the window leaves, and the history goes out whole', async () => {
    const { ask, far } = await withModel(wire, { contextTokens: 4096 });
    await ask([user(long('first')), assistant('yes'), user('newest')], { max_tokens: 4096 });
    const [seen] = far.requests;
    expect(seen?.bodyText).toContain('first');
    expect(mostOf(seen as SeenRequest)).toBeGreaterThan(2000);
    expect((mostOf(seen as SeenRequest) ?? 0) + 200).toBeLessThan(4096);
  });

  it('is not more than the model writes', async () => {
    const { ask, far } = await withModel(wire, { contextTokens: 100_000, maxOutputTokens: 1000 });
    await ask([user('hi')], { max_tokens: 8000 });
    expect(mostOf(far.requests[0] as SeenRequest)).toBe(1000);
  });

  it('gives way before the history does where a server holds less than is known', async () => {
    const script = (seen: SeenRequest): AnswerScript =>
      seen.bytes / 4 + (mostOf(seen) ?? 0) > 9000
        ? { status: 400, body: TOO_LONG[wire] }
        : { steps: [{ text: 'It fits.' }] };
    const { ask, far } = await withModel(wire, { contextTokens: 100_000 }, script);
    const { choices } = await ask([user(long('first')), assistant('yes'), user('newest')], { max_tokens: 32_000 });
    expect(choices[0]?.message.content).toBe('It fits.');
    expect(far.requests.map(mostOf)).toEqual([32_000, 8000]);
    expect(far.requests[1]?.bodyText).toContain('first');
  });
});

describe('a length that nobody asked for', () => {
  it('fits beside a long prompt where Anthropic has to be told one', async () => {
    const id = 'claude-sonnet-4-20250514';
    const { ask, far } = await withModel('anthropic', { id, contextTokens: 200_000, maxOutputTokens: 64_000 });
    const history = Array.from({ length: 30 }, (_, at) => (at % 2 ? assistant : user)(long(`m${String(at)}.`, 4000)));
    await ask([...history, user('newest')]);
    await ask([user('short')]);
    const [first, second] = far.requests;
    expect(first?.bodyText).toContain('m0.');
    expect(mostOf(first as SeenRequest)).toBeGreaterThan(1000);
    expect((first?.bytes ?? 0) / 4 + (mostOf(first as SeenRequest) ?? 0)).toBeLessThan(200_000);
    expect(mostOf(second as SeenRequest)).toBe(64_000);
  });

  it('is not told to servers that end at the end of their window', async () => {
    const { ask, far } = await withModel('openai', { contextTokens: 2000, maxOutputTokens: 1500 });
    await ask([user(long('first', 900))]);
    expect(mostOf(far.requests[0] as SeenRequest)).toBeUndefined();
  });
});

const call = (id: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'look', arguments: '{}' },
});

describe.each(WIRES)('tools and long conversations, on the %s wire', (wire) => {
  it('descriptions of tools take their room from the history before anybody is asked', async () => {
    const { ask, far } = await withModel(wire, { contextTokens: 4000 });
    const parameters = { type: 'object', properties: {} };
    const look = { name: 'look', description: 'words '.repeat(1000), parameters };
    const history = Array.from({ length: 14 }, (_, at) => (at % 2 ? assistant : user)(long(`m${String(at)}.`)));
    await ask([...history, user('newest')], { tools: [{ type: 'function', function: look }], max_tokens: 200 });
    expect(far.requests).toHaveLength(1);
    expect((far.requests[0]?.bytes ?? 0) / 4).toBeLessThan(4000);
  });

  it('calls and their results stay together wherever the oldest messages are cut off', async () => {
    const { ask, far } = await withModel(wire, { contextTokens: 2000 });
    const look = { name: 'look', parameters: { type: 'object', properties: {} } };
    for (let lead = 0; lead < 8; lead += 2) {
      const messages: Messages = [{ role: 'system', content: 'rules' }];
      for (let at = 0; at < lead; at++) messages.push((at % 2 ? assistant : user)(long('lead', 120 + 40 * lead)));
      for (const round of ['a', 'b', 'c', 'd'])
        messages.push(
          user(long('question', 60)),
          { role: 'assistant', content: null, tool_calls: [call(`${round}1`), call(`${round}2`)] },
          { role: 'tool', tool_call_id: `${round}1`, content: long('result', 100) },
          { role: 'tool', tool_call_id: `${round}2`, content: long('result', 100) },
          assistant(long('done', 50)),
        );
      messages.push(user('newest'));
      await ask(messages, { tools: [{ type: 'function', function: look }], max_tokens: 100 });
      const seen = far.requests.at(-1);
      expect(wrongsOf(wire, seen?.body)).toEqual([]);
      expect(seen?.bodyText).toContain('rules');
      expect(seen?.bodyText).toContain('newest');
    }
  });
});

describe('a server that counts only the tokens it did not have in its cache', () => {
  it('is not believed: a conversation that goes on takes no less than it took', async () => {
    const tokens = (text: string): number => Math.ceil(text.length / 4);
    let before = 0;
    const { send, far } = await withModel('openai', { contextTokens: 2000 }, (seen) => {
      const fresh = Math.max(10, tokens(seen.bodyText) - before);
      before = tokens(seen.bodyText);
      return { steps: [{ text: 'Yes.' }], usage: { in: fresh, out: 2 } };
    });
    const { conversation } = await send(long('topic0.'), { route: 'far/big' });
    for (let at = 1; at < 14; at++) await send(long(`topic${String(at)}.`), { conversationId: conversation.id });
    for (const { bodyText } of far.requests) expect(tokens(bodyText)).toBeLessThan(2000);
  });
});

describe.each(WIRES)('a message sent at once after a stop, on the %s wire', (wire) => {
  it('goes out in a form the provider takes when the reply had no word yet', async () => {
    const { core, send, start, far } = await withModel(wire, {}, (_, at) =>
      at === 0 ? { steps: [{ stall: true }] } : {},
    );
    const first = start('first', { route: 'far/big' });
    await expect.poll(() => far.requests.length).toBe(1);
    core.turns.stop(first.turnId);
    const end = await send('second', { conversationId: first.conversation.id });
    expect(end.message.status).toBe('complete');
    expect(wrongsOf(wire, far.requests[1]?.body)).toEqual([]);
    expect(far.requests[1]?.bodyText).toMatch(/first.*second/su);
  });

  it('goes out after the words that were there', async () => {
    const half: AnswerScript = { steps: [{ text: 'half' }, { stall: true }] };
    const { core, send, start, seen, far } = await withModel(wire, {}, (_, at) => (at === 0 ? half : {}));
    const first = start('first', { route: 'far/big' });
    await seen(first.turnId, 'half');
    core.turns.stop(first.turnId);
    const end = await send('second', { conversationId: first.conversation.id });
    const { messages } = core.chats.thread(end.conversation.id, null, 10);
    expect(messages.map(({ text, status }) => `${text} ${status}`)).toEqual([
      'first complete',
      'half stopped',
      'second complete',
      'ok complete',
    ]);
    expect(wrongsOf(wire, far.requests[1]?.body)).toEqual([]);
    expect(far.requests[1]?.bodyText).toMatch(/first.*half.*second/su);
  });
});
