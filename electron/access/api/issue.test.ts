import { describe, expect, it } from 'vitest';
import { parseMessages } from './anthropic-request.ts';
import { ApiRefusal } from './errors.ts';
import { parseChatCompletion } from './openai-request.ts';

const known = new Set(['acme/big']);
const messages = [{ role: 'user', content: 'hi' }];
const base = { model: 'acme/big', max_tokens: 5, messages };

function refusal(parse: (body: string, known: ReadonlySet<string>) => unknown, extra: object): string {
  try {
    parse(JSON.stringify({ ...base, ...extra }), known);
  } catch (error) {
    if (error instanceof ApiRefusal) return error.error.message;
    throw error;
  }
  return 'taken';
}

describe('what is said about a wrong field', () => {
  it.each([
    [{ model: undefined }, '`model` is missing: it must be a text.'],
    [{ model: '' }, '`model` must not be empty.'],
    [{ messages: 'hi' }, '`messages` must be a list, not a text.'],
    [{ messages: [] }, '`messages` must not be empty.'],
    [{ temperature: '0.5' }, '`temperature` must be a number, not a text.'],
    [{ temperature: 3 }, '`temperature` must be 2 or less.'],
    [{ seed: 1.5 }, '`seed` must be a whole number, not 1.5.'],
    [{ stream: 'yes' }, '`stream` must be true or false, not a text.'],
    [
      { stop: ['a', 'b', 'c', 'd', 'e'] },
      '`stop` is not as expected: it must be a text or a list of at most 4 texts, each of at most 1000 characters.',
    ],
    [
      { messages: [{ role: 'bot', content: 'x' }] },
      '`messages.0.role` must be one of system, developer, user, assistant, tool, function.',
    ],
    [
      { messages: [{ role: 'user', content: 5 }] },
      '`messages.0.content` is not as expected: it must be a text or a list of parts.',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'file' }] }] },
      'A part of type "file" cannot be read: send "text" or "image_url".',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      '`messages[0].content[0].image_url.url` is missing: it must be a text.',
    ],
    [{ tools: [{ type: 'custom' }] }, '`tools.0.type` is not as expected: only tools of type "function" can be used.'],
  ])('in OpenAI’s form says what it must be: %j', (extra, message) => {
    expect(refusal(parseChatCompletion, extra)).toBe(message);
  });

  it.each([
    [{ max_tokens: undefined }, '`max_tokens` is missing: it must be a number.'],
    [{ tool_choice: { type: 'most' } }, '`tool_choice.type` must be one of auto, any, tool, none.'],
    [
      { messages: [{ role: 'user', content: null }] },
      '`messages.0.content` is not as expected: it must be a text or a list of blocks.',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      '`messages.0.content.0.text` is missing: it must be a text.',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'hologram' }] }] },
      'A block of type "hologram" cannot be read: send text, image, document, search_result, tool_use, tool_result or thinking.',
    ],
    [
      { mcp_servers: [{ type: 'url', url: 'http://a', name: 'a' }] },
      'Switchyard calls no MCP servers: leave out `mcp_servers`, call their tools yourself and offer them in `tools`.',
    ],
  ])('in Anthropic’s form says what it must be: %j', (extra, message) => {
    expect(refusal(parseMessages, extra)).toBe(message);
  });

  it('says of a number beyond all bounds that it is one, not that it is none', () => {
    const body = JSON.stringify({ ...base, temperature: 0 }).replace('"temperature":0', '"temperature":1e999');
    const message = '`temperature` must be a number, not one that is too large to be read.';
    for (const parse of [parseChatCompletion, parseMessages]) expect(() => parse(body, known)).toThrow(message);
  });
});
