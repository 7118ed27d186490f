import { describe, expect, it } from 'vitest';
import { judgeAnswer } from './classify.ts';
import { withoutEchoes } from './echoes.ts';
import type { ProviderAnswer } from './types.ts';

const verdictOf = (more: Partial<ProviderAnswer>) =>
  judgeAnswer({ provider: 'openai', phase: 'pre', status: 400, headers: {}, body: null, ...more }, 0).verdict;

/** Each decides where a provider says it itself. */
const WORDS = [
  'forbidden',
  'no api key',
  'permission',
  'rate limit',
  'spending limit',
  'credit balance',
  'overdue',
  'per day',
  'moderation',
  'loading model',
  'context window',
  'overloaded',
  'terminated',
  'certificate',
  'timed out',
  'out of memory',
  'content policy',
];

describe.each(WORDS)('“%s” decides nothing', (word) => {
  const said = `what is ${word} about`;

  it('in what a validation error repeats of a request', () => {
    const told = [
      { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required', input: { x: said } }] },
      { message: `[{'type': 'missing', 'msg': 'Field required', 'input': {'prompt': '${said}'}}]` },
      {
        message: `Field required [type=missing, input_value={'x': '${said}'}, input_type=dict]\nFor more, see pydantic`,
      },
      { message: `Failed to parse messages: Expected 'content'; messages = [\n {"text": "${said}"}]` },
      { message: `Invalid value: '${word}'. Supported values are: 'system' and 'user'.` },
      { message: `messages.0.type: Input tag '${word}' found using 'type' does not match any of 'text', 'image'` },
      { message: `Unknown role '${word}'` },
      { message: `Invalid value for messages[0].content: "${said}"` },
      { message: `Invalid 'metadata.note': string value '${said}' is not allowed here.` },
      { message: `Invalid schema for function '${word}': None is not of type 'object'.` },
      { message: `Unexpected field "${word}" in body` },
      { message: `Invalid JSON payload received. Unknown name "${word}" at 'generation_config': Cannot find field.` },
    ];
    for (const error of told) expect(verdictOf({ body: { error } })).toBe('invalid_request');
  });

  it('in an answer that counts', () => {
    const calls = [{ function: { name: 'f', arguments: `{"q":"${said}"}` } }];
    const bodies = [
      { choices: [{ message: { content: said, reasoning_content: said, reasoning: said }, finish_reason: 'stop' }] },
      { choices: [{ message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }] },
      {
        content: [
          { type: 'thinking', thinking: said },
          { type: 'text', text: said },
        ],
        stop_reason: 'end_turn',
      },
      { content: said, prompt: said, stop: true, stop_type: 'eos' },
      { response: said, thinking: said, done: true, done_reason: 'stop' },
      { candidates: [{ content: { parts: [{ text: said }] }, finishReason: 'STOP' }] },
    ];
    for (const body of bodies) expect(verdictOf({ status: 200, phase: 'finish', body })).toBe('not_an_error');
  });

  it('in what was asked or written before a stream failed', () => {
    const response = { input: said, instructions: said, output: [{ content: [{ text: said }] }] };
    const body = {
      type: 'response.failed',
      response: { ...response, error: { code: 'server_error', message: 'No.' } },
    };
    expect(verdictOf({ status: 200, phase: 'stream', body })).toBe('server_error');
  });
});

describe('a body that is longer than we read words of', () => {
  it('is judged by what it says, not by the request that it repeats', () => {
    const input = 'what is a credit balance? '.repeat(20_000);
    const body = JSON.stringify({ detail: [{ type: 'missing', input, msg: 'Field required' }] });
    expect(verdictOf({ status: 422, body })).toBe('invalid_request');
  });
});

describe('withoutEchoes', () => {
  it('keeps what is said about a request', () => {
    for (const said of [
      "The model 'x' does not exist",
      "{'error': {'code': 'invalid_api_key', 'message': 'no'}}",
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193',
      'Incorrect API key provided: sk-x.',
      "Unexpected error: 'insufficient credits'",
      "Unknown status 'overloaded' of the engine",
    ])
      expect(withoutEchoes(said)).toBe(said);
  });
});
