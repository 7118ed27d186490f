import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, readRows } from '../../../test/support/provider-rows.ts';
import { makeFault } from '../../contract/fault-facts.ts';
import { FaultError } from '../../contract/faults.ts';
import { FAULT_CODES } from '../../contract/names.ts';
import { classify, judgeAnswer } from './classify.ts';
import { providerNameOf } from './provider-name.ts';
import type { ProviderAnswer } from './types.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const files = [
  ...(process.env['SWITCHYARD_FIXTURES'] ?? 'test/fixtures/provider-errors.jsonl').split(','),
  'test/fixtures/provider-errors-more.jsonl',
];

describe.each(files)('the rows of %s', (path) => {
  it.each(
    readRows(path).map(
      (row) => [`${row.provider} ${row.phase} ${String(row.status)} ${JSON.stringify(row.signature)}`, row] as const,
    ),
  )('%s', (_, row) => {
    const { class: verdict, origin, recoverable, retryAfterMs } = row.expect;
    for (const answer of answersOf(row)) {
      const judged = judgeAnswer(answer, NOW);
      expect({ answer, ...judged }).toMatchObject({ verdict, origin, recoverable });
      if (judged.fault) expect(judged.fault).toMatchObject({ code: verdict, origin, recoverable });
      if (retryAfterMs !== undefined) expect(judged.fault?.retryAfterMs).toBe(retryAfterMs);
    }
  });
});

const answer = (more: Partial<ProviderAnswer>): ProviderAnswer => ({
  provider: 'openai',
  phase: 'pre',
  status: null,
  headers: {},
  body: null,
  ...more,
});

describe('any answer', () => {
  it('names the provider as the person does, and is judged by what the provider is', () => {
    const limited = { status: 429, body: { error: { type: 'requests', code: 'rate_limit_exceeded', message: 'x' } } };
    const named = classify(answer({ ...limited, label: 'Work account $&' }), NOW);
    expect(named).toMatchObject({ code: 'rate_limit' });
    expect(named?.detail).toMatch(/^Work account \$& asks for fewer requests/u);
    expect(classify(answer(limited), NOW)?.detail).toMatch(/^OpenAI asks/u);
    const page = classify(answer({ status: 200, body: '<!doctype html><p>Sign in', label: 'Work' }), NOW);
    expect(page?.detail).toBe(
      'A web page came instead of an answer from Work: check the address, or sign in to the network.',
    );
  });

  it('is judged without throwing, in words that hold nothing of it', () => {
    const anything = fc.oneof(fc.anything(), fc.jsonValue(), fc.string(), fc.uint8Array());
    fc.assert(
      fc.property(
        fc.constantFrom('openai', 'google', 'output', 'my box', ''),
        fc.constantFrom('pre', 'stream', 'finish', 'process'),
        fc.option(fc.integer({ min: 0, max: 999 })),
        fc.dictionary(fc.string(), fc.string()),
        anything,
        anything,
        (provider, phase, status, headers, body, error) => {
          const judged = judgeAnswer({ provider, phase, status, headers, body, error }, NOW);
          if (!judged.fault) return;
          expect(judged.fault.detail.length).toBeLessThan(250);
          expect(judged.fault.detail).toMatch(/^[^{}\n]+[.]$/u);
        },
      ),
      { numRuns: 3000, seed: 7 },
    );
  });

  it('is judged in time and depth that do not grow with it', () => {
    let deep: unknown = 'rate limit';
    for (let level = 0; level < 5000; level++) deep = { error: deep };
    const started = performance.now();
    for (const body of [
      deep,
      'a'.repeat(5_000_000),
      { message: 'api key '.repeat(200_000) },
      '{'.repeat(1e6),
      '['.repeat(1e6),
      'event: x\n'.repeat(1e5),
      { message: 'try again in 1 '.repeat(7e4) },
      Array(1e6).fill('x'),
    ])
      judgeAnswer(answer({ status: 400, body }), NOW);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('may hold values that fight back', () => {
    const trap = {
      get error(): unknown {
        throw new Error('no');
      },
    };
    expect(judgeAnswer(answer({ status: 503, body: trap }), NOW).verdict).toBe('overloaded');
    expect(
      judgeAnswer(
        answer({
          error: {
            get code() {
              throw new Error('no');
            },
          },
        }),
        NOW,
      ).verdict,
    ).toBe('unknown');
  });

  it('never puts the body or a key into its sentence', () => {
    const canary = 'sk-CANARY-0123456789abcdef';
    const body = { error: { message: `Incorrect API key provided: ${canary}`, code: 'invalid_api_key' } };
    expect(JSON.stringify(judgeAnswer(answer({ status: 401, body }), NOW))).not.toContain('CANARY');
  });
});

describe('the tables', () => {
  it('reach every code of the fault table, those of our own side through the fault that was thrown', () => {
    const reached = new Set(files.flatMap(readRows).map(({ expect: { class: verdict } }) => verdict));
    for (const code of FAULT_CODES) {
      const own = judgeAnswer(answer({ error: new FaultError(makeFault(code)) }), NOW);
      expect(own.fault?.code).toBe(code);
      const ours = ['budget', 'private_only', 'no_candidate', 'internal', 'storage_full', 'storage_corrupt'];
      expect(reached.has(code) || ours.includes(code)).toBe(true);
    }
    expect(judgeAnswer(answer({ error: Object.assign(new Error('full'), { code: 'ENOSPC' }) }), NOW).verdict).toBe(
      'storage_full',
    );
    expect(
      judgeAnswer(answer({ error: Object.assign(new Error('bad'), { code: 'SQLITE_CORRUPT' }) }), NOW).verdict,
    ).toBe('storage_corrupt');
  });

  it('go by the status of the answer, not by one that its body speaks of', () => {
    const body = { error: { code: 404, message: 'Something odd.' } };
    expect(judgeAnswer(answer({ status: 500, body }), NOW).verdict).toBe('server_error');
    expect(judgeAnswer(answer({ status: 200, phase: 'stream', body }), NOW).verdict).toBe('not_found');
  });

  it('read an error that a gateway quotes, as JSON or as Python prints it', () => {
    const told = (message: string) => judgeAnswer(answer({ status: 500, body: { error: { message } } }), NOW).verdict;
    expect(told('Error code: 401 - {"error": {"message": "no", "code": "invalid_api_key"}}')).toBe('auth');
    expect(told("Error code: 404 - {'error': {'message': 'no', 'code': 'model_not_found'}}")).toBe('not_found');
    expect(told("The tool wrote {'code': 'invalid_api_key'}")).toBe('server_error');
    // What another server aborted is not a stop of the person's.
    expect(told('AbortError: The operation was aborted')).toBe('server_error');
  });

  it('do not take a page of the network for the silence of a provider', () => {
    const page = '<html><title>Blocked</title></html>';
    expect(judgeAnswer(answer({ provider: 'together', status: 403, body: page }), NOW).verdict).toBe('auth');
    expect(judgeAnswer(answer({ provider: 'together', status: 403, body: {} }), NOW).verdict).toBe('context_length');
  });

  it('are not led by what a person wrote, where a provider repeats it', () => {
    const said = 'What does rate_limit_exceeded mean, and insufficient_quota, and “prompt is too long”?';
    const body = { error: { message: 'Odd.', details: { messages: [{ content: said }], prompt: said } } };
    expect(judgeAnswer(answer({ status: 500, body }), NOW).verdict).toBe('server_error');
  });

  it('see why a stream failed that only ends with “error”', () => {
    const failed = (code: number) => ({ error: { code, message: 'No.' }, choices: [{ finish_reason: 'error' }] });
    const told = (code: number) =>
      judgeAnswer(answer({ provider: 'openrouter', status: 200, phase: 'stream', body: failed(code) }), NOW).verdict;
    expect([401, 402, 429, 502].map(told)).toEqual(['auth', 'quota', 'rate_limit', 'server_error']);
  });

  it('tell a message without a word from the last piece of a stream', () => {
    const told = (body: unknown) => judgeAnswer(answer({ status: 200, phase: 'finish', body }), NOW).verdict;
    const whole = (message: unknown) => told({ choices: [{ message, finish_reason: 'stop' }] });
    expect(whole({ content: '' })).toBe('empty_output');
    expect(whole({ content: null, refusal: null, tool_calls: null })).toBe('empty_output');
    expect(told({ content: [], stop_reason: 'end_turn' })).toBe('empty_output');
    expect(whole({ content: '', tool_calls: [{ function: { name: 'f' } }] })).toBe('not_an_error');
    expect(told({ choices: [{ delta: { content: '' }, finish_reason: 'stop' }] })).toBe('not_an_error');
    expect(told({ message: { content: '' }, done: true, done_reason: 'stop' })).toBe('not_an_error');
  });

  it.each([
    [
      'local_crash',
      'main: loading model\nloaded meta data with 137 key-value pairs\nexchange buffers\nSegmentation fault',
    ],
    ['local_crash', 'libcuda.so.1: cannot open shared object file: No such file or directory'],
    ['local_oom', 'main: loading model\nROCm error: out of memory\nerror loading model: unable to allocate a buffer'],
    ['model_file_corrupt', "main: loading model\ninvalid magic characters 'abcd'\nfailed to load model"],
    [
      'not_found',
      "main: loading model\nfailed to open GGUF file 'x' (No such file or directory)\nfailed to load model",
    ],
    ['model_file_corrupt', "unknown model architecture: 'foo'"],
    ['not_ready', 'main: loading model'],
  ])('find %s in the log of an engine', (verdict, body) => {
    expect(judgeAnswer(answer({ provider: 'llama.cpp', phase: 'process', body }), NOW).verdict).toBe(verdict);
  });

  it('do not take a part of a word for one', () => {
    const told = (message: string, status: number) =>
      judgeAnswer(answer({ status, phase: 'stream', body: { error: { message } } }), NOW).verdict;
    expect(told('The passless module could not start', 200)).toBe('server_error');
    expect(told("{'type': 'extra_forbidden', 'msg': 'Extra inputs are not permitted'}", 400)).toBe('invalid_request');
    expect(told('At most 5 images per day of history', 400)).toBe('invalid_request');
  });

  it('take a stop for ours only where nothing answered', () => {
    const body = { error: { type: 'AbortError', message: 'aborted' } };
    expect(judgeAnswer(answer({ status: 504, body }), NOW).verdict).toBe('timeout');
    expect(judgeAnswer(answer({ error: Object.assign(new Error('x'), { name: 'AbortError' }) }), NOW).verdict).toBe(
      'cancelled',
    );
  });

  it('do not take feedback about a prompt that passed for a filter', () => {
    const promptFeedback = { safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' }] };
    const told = (body: unknown) =>
      judgeAnswer(answer({ provider: 'google', status: 200, phase: 'finish', body }), NOW).verdict;
    expect(told({ candidates: [{ finishReason: 'STOP' }], promptFeedback })).toBe('not_an_error');
    expect(told({ promptFeedback: { blockReason: 'SAFETY' } })).toBe('content_filter');
  });

  it('know a key that Together turns down from a prompt that is too long for it', () => {
    const told = (message: string) =>
      judgeAnswer(answer({ provider: 'together', status: 403, body: { message } }), NOW).verdict;
    expect(told('Invalid API token')).toBe('auth');
    expect(told('Input token count + `max_tokens` parameter must be less than 8193')).toBe('context_length');
  });

  it('know what a check of an answer is about by the field it is told in', () => {
    const told = (body: unknown) =>
      judgeAnswer(answer({ provider: 'output', status: 200, phase: 'finish', body }), NOW).verdict;
    expect(told({ check: 'failed' })).toBe('unverified');
    expect(told({ xml: 'unclosed tag' })).toBe('malformed_output');
    expect(told({ json: 'cut off', finish_reason: 'length' })).toBe('truncated');
    expect(told({ text: 'answers in another language than asked' })).toBe('degenerate_output');
  });

  it('know a limit that is told as a permission', () => {
    const body = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' };
    expect(judgeAnswer(answer({ provider: 'github', status: 403, body }), NOW).verdict).toBe('rate_limit');
  });

  it('name the provider in the sentence, by the name people know', () => {
    expect(classify(answer({ provider: 'my-groq', status: 429, headers: { 'retry-after': '7' } }), NOW)?.detail).toBe(
      'Groq asks for fewer requests: wait 7 seconds and try again.',
    );
    expect(classify(answer({ provider: 'basement', status: 500 }), NOW)?.detail).toContain('basement');
  });

  it('know a compatible server by its address, its id or its name', () => {
    const base = { kind: 'openai-compatible', id: 'fast' };
    expect(providerNameOf({ ...base, baseUrl: 'https://api.groq.com/openai/v1' })).toBe('groq');
    expect(providerNameOf({ ...base, id: 'ollama', baseUrl: 'http://127.0.0.1:1/v1' })).toBe('ollama');
    expect(providerNameOf({ ...base, name: 'Our vLLM', baseUrl: 'http://10.0.0.2/v1' })).toBe('vllm');
    expect(providerNameOf({ ...base, baseUrl: 'http://10.0.0.2/v1' })).toBe('fast');
    expect(providerNameOf({ id: 'oai', kind: 'openai' })).toBe('openai');
    expect(providerNameOf({ id: 'oai', kind: 'openai', baseUrl: 'https://x.openai.azure.com/' })).toBe('azure');
    expect(providerNameOf({ id: 'oai', kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1' })).toBe('openai');
  });
});
