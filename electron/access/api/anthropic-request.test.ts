import { describe, expect, it } from 'vitest';
import { countTokens, parseMessages } from './anthropic-request.ts';
import { ApiRefusal } from './errors.ts';

const known = new Set(['acme/big']);
const read = (messages: unknown) =>
  parseMessages(JSON.stringify({ model: 'acme/big', max_tokens: 5, messages }), known).request.messages;
const PNG = 'iVBORw0KGgo=';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
const call = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} });

describe('reading a request of Anthropic’s form', () => {
  it('reads documents of text with what is said about them, and search results', () => {
    const content = [
      { type: 'document', title: 'Tides', source: { type: 'text', media_type: 'text/plain', data: 'High at noon.' } },
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'Low at six.' }, image] } },
      { type: 'search_result', source: 'tides.example', title: 'Now', content: [{ type: 'text', text: 'Rising.' }] },
      { type: 'text', text: 'When?' },
    ];
    expect(read([{ role: 'user', content }])).toEqual([
      {
        role: 'user',
        text:
          '<document>\nTides\nHigh at noon.\n</document>\n\n<document>\nLow at six.\n</document>\n\n' +
          '<search_result>\nNow\ntides.example\nRising.\n</search_result>\n\nWhen?',
        images: [{ mediaType: 'image/png', data: PNG }],
      },
    ]);
  });

  it('says how to send a document it cannot read', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: PNG };
    expect(() => read([{ role: 'user', content: [{ type: 'document', source }] }])).toThrow(
      'Only documents of text can be read: take the text out of the file and send it as a source of type "text".',
    );
  });

  it('reads results of tools in every form they have', () => {
    const results = [
      { type: 'tool_result', tool_use_id: 'a', content: 'plain' },
      { type: 'tool_result', tool_use_id: 'b' },
      {
        type: 'tool_result',
        tool_use_id: 'c',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { type: 'tool_result', tool_use_id: 'd', content: [image], is_error: false },
      { type: 'tool_result', tool_use_id: 'e', content: 'gone', is_error: true },
      {
        type: 'tool_result',
        tool_use_id: 'f',
        content: [{ type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'found' }] }],
      },
    ];
    const messages = [
      { role: 'user', content: 'look' },
      { role: 'assistant', content: ['a', 'b', 'c', 'd', 'e', 'f'].map(call) },
      { role: 'user', content: results },
    ];
    expect(read(messages).slice(2)).toEqual([
      { role: 'tool', toolCallId: 'a', text: 'plain' },
      { role: 'tool', toolCallId: 'b', text: '' },
      { role: 'tool', toolCallId: 'c', text: 'one\ntwo' },
      { role: 'tool', toolCallId: 'd', text: '' },
      { role: 'tool', toolCallId: 'e', text: 'Error: gone' },
      { role: 'tool', toolCallId: 'f', text: '<search_result>\nt\ns\nfound\n</search_result>\n\n' },
      { role: 'user', text: '', images: [{ mediaType: 'image/png', data: PNG }] },
    ]);
  });

  it('leaves out a message of which only thoughts are left', () => {
    const thought = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'x' },
    ];
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: thought },
      { role: 'user', content: 'b' },
    ];
    expect(read(messages)).toEqual([{ role: 'user', text: 'a\n\nb' }]);
  });

  it('takes a JPEG by the name many programs give it', () => {
    const source = { type: 'base64', media_type: 'image/jpg', data: PNG };
    expect(read([{ role: 'user', content: [{ type: 'image', source }] }])[0]?.images?.[0]?.mediaType).toBe(
      'image/jpeg',
    );
  });

  it('counts a conversation that ends with the assistant, which it would not answer', () => {
    const messages = [
      { role: 'user', content: 'a question' },
      { role: 'assistant', content: 'an answer' },
    ];
    expect(countTokens(JSON.stringify({ model: 'acme/big', messages }), known)).toBeGreaterThan(8);
    expect(() => read(messages)).toThrow(ApiRefusal);
  });
});
