import fc from 'fast-check';
import { bareSocket, compressed, endless, heavyFrame, mangled, tail } from './hostile-frames.ts';
import type { AnswerScript, Step, Wire } from './script.ts';

/** One answer that no honest server gives, and what it should at least do. */
export interface HostileAnswer {
  readonly wire: Wire;
  readonly script: AnswerScript;
}

const letters = fc.string({ unit: 'binary', maxLength: 40 });
/** Numbers, texts, lists and objects of any shape, of the sizes a parser meets. */
const garbage = fc.jsonValue({ maxDepth: 4 });
const oddNumber = fc.constantFrom(-1, -1e308, 1e308, 0.5, Number.MAX_SAFE_INTEGER, 2 ** 53, null, '7', [], {});

/** Words that no table holds and every object answers to. */
const INHERITED = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'] as const;

/** Names that mean something on one of the wires, so that garbage lands where a reader looks. */
const names = [
  'choices',
  'delta',
  'content',
  'tool_calls',
  'function',
  'arguments',
  'index',
  'id',
  'name',
  'finish_reason',
  'usage',
  'prompt_tokens',
  'completion_tokens',
  'error',
  'logprobs',
  'refusal',
  'message',
  'type',
  'content_block',
  'text',
  'thinking',
  'partial_json',
  'stop_reason',
  'input_tokens',
  'output_tokens',
  'candidates',
  'parts',
  'functionCall',
  'args',
  'finishReason',
  'usageMetadata',
  'promptTokenCount',
  'thought',
  'promptFeedback',
  'blockReason',
  'input',
  '__proto__',
  'constructor',
] as const;
const types = fc.constantFrom(
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'message',
  'ping',
  'error',
  'text',
  'tool_use',
  'thinking',
  'input_json_delta',
  'text_delta',
  'from_the_future',
);

const nested = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    garbage,
    oddNumber,
    types,
    letters,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('node'), { maxKeys: 6 }),
    fc.record({ type: types, index: oddNumber, delta: tie('node'), content_block: tie('node') }, { requiredKeys: [] }),
    fc.record({
      choices: fc.array(fc.record({ index: fc.constantFrom(0, -1, 'x'), delta: tie('node') }), { maxLength: 2 }),
    }),
  ),
})).node;

const frame = fc
  .tuple(
    fc.constantFrom('data: ', 'data:', 'event: message\ndata: ', 'event: error\ndata: ', 'id: 1\ndata: ', ''),
    nested,
  )
  .map(([prefix, value]) => `${prefix}${JSON.stringify(value)}`);

const rawStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(frame, fc.constantFrom('\n\n', '\r\n\r\n', '\r\r', '\n', '')).map(([text, end]) => ({ raw: text + end })),
  fc
    .constantFrom(
      ': OPENROUTER PROCESSING\n\n',
      'data: [DONE]\n\n',
      'data:\n\n',
      '\n\n\n\n',
      '\r\r\r',
      'retry: 1\n\n',
      'data: {"error":null}\n\n',
      'event: ping\n\n',
      'data: null\n\n',
      'data: []\n\n',
      'data: "text"\n\n',
      '\ufeffdata: {}\n\n',
      'data: {"a":\ndata: 1}\n\n',
    )
    .map((raw) => ({ raw })),
  letters.map((raw) => ({ raw })),
  fc.uint8Array({ maxLength: 60 }).map((raw) => ({ raw })),
  // A frame cut in the middle of a letter.
  letters.map((text) => ({ raw: Buffer.from(`data: {"x":"${text}🙂"}\n\n`).subarray(0, -6) })),
);

const call = fc.record({
  index: fc.constantFrom(0, 0, 1, 2),
  id: fc.constantFrom('same', 'same', 'call_1', '', '__proto__', 'half \ud800'),
  name: fc.constantFrom('weather', 'clock', '', '__proto__', 'half \udc00'),
  argumentsText: fc.constantFrom('{}', '{"a":1}', '""', 'null', '[]', ' 0', ' {"a":1}'),
});
const honestStep: fc.Arbitrary<Step> = fc.oneof(
  letters.map((text) => ({ text })),
  letters.map((reasoning) => ({ reasoning })),
  call.map((tool) => ({ tool })),
  fc.constantFrom('rate_limit_error', 'overloaded_error', 'x').map((type) => ({ error: { type, message: 'Broken.' } })),
);

const lastStep: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.constant([{ cut: 'reset' as const }]) },
  { weight: 2, arbitrary: fc.constant([{ cut: 'end' as const }]) },
  { weight: 1, arbitrary: fc.constant([{ open: true as const }, { stall: true as const }]) },
  { weight: 1, arbitrary: fc.constant([{ stall: true as const }]) },
  { weight: 1, arbitrary: endless.map((step) => [step]) },
);

const usage = fc.option(
  fc.record({
    in: fc.constantFrom(-5, 0, 10, 1e15, 0.5),
    out: fc.constantFrom(-5, 0, 3, 1e15),
    cached: fc.constantFrom(-1, 0, 50),
  }),
);

/** Almost always small; now and then a frame of half a MiB, and rarely one past every limit. */
const big = fc.oneof(
  { weight: 400, arbitrary: fc.constant(0) },
  { weight: 8, arbitrary: fc.constant(512 * 1024) },
  { weight: 1, arbitrary: fc.constant(9 * 1024 * 1024) },
);

/** Sizes of pieces, each a read of its own: inside letters, inside frames. */
const splits = fc.array(fc.constantFrom(1, 2, 3, 7, 64), { minLength: 1, maxLength: 4 });

/** Sent in one piece: in single bytes it would only take long. */
const isLong = (step: Step): boolean => 'raw' in step && step.raw.length > 4096;

const stream = fc
  .record({
    steps: fc.array(
      fc.oneof(
        { weight: 20, arbitrary: rawStep },
        { weight: 20, arbitrary: honestStep },
        { weight: 1, arbitrary: heavyFrame },
      ),
      { maxLength: 8 },
    ),
    tail,
    last: lastStep,
    big,
    usage,
    finish: fc.constantFrom('stop' as const, 'length' as const, 'tool_calls' as const, 'refused' as const, null, null),
    finishRaw: fc.option(fc.constantFrom('', 'error', 'MALFORMED_FUNCTION_CALL', 'weird', ...INHERITED), {
      nil: undefined,
    }),
    split: fc.option(splits, { nil: undefined, freq: 3 }),
    type: fc.option(fc.constantFrom('text/html', 'application/json', 'text/plain', 'x', 'text/event-stream'), {
      nil: undefined,
      freq: 4,
    }),
    whole: fc.option(fc.constant(true), { nil: undefined, freq: 12 }),
  })
  .map(({ steps, tail: after, last, big: bytes, usage: used, finish, finishRaw, split, type, whole }): AnswerScript => {
    const huge: Step[] = bytes === 0 ? [] : [{ raw: `data: {"x":"${'x'.repeat(bytes)}"}\n\n` }];
    return {
      steps: [...steps, ...huge, ...last],
      tail: after,
      usage: used,
      finish,
      ...(finishRaw === undefined ? {} : { finishRaw }),
      ...(split === undefined || bytes > 0 || steps.some(isLong) ? {} : { split }),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      ...(whole === undefined ? {} : { whole }),
    };
  });

const document: fc.Arbitrary<AnswerScript> = fc.record({
  status: fc.constantFrom(200, 200, 201, 204, 302, 400, 401, 418, 429, 500, 503, 529, 599),
  body: fc.oneof(nested, letters, fc.constantFrom('', '<html>login</html>', '{"error":', 'null', '[]')),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'retry-after-ms', 'content-type', 'x-ratelimit-reset-requests'),
    fc.constantFrom('-1', '1e99', 'soon', 'Tue, 99 Foo', '5', 'text/html'),
  ),
});

/** Answers cut anywhere, split inside letters and frames, of wrong JSON, wrong types, wrong numbers, huge, silent or no stream at all. */
export const hostileAnswer: fc.Arbitrary<HostileAnswer> = fc
  .constantFrom<Wire>('openai', 'anthropic', 'google')
  .chain((wire) =>
    fc.record({
      wire: fc.constant(wire),
      script: fc.oneof(
        { weight: 12, arbitrary: stream },
        { weight: 2, arbitrary: document },
        {
          weight: 4,
          arbitrary: fc.record(
            { steps: mangled(wire), tail, split: splits, finish: fc.constant(null) },
            {
              requiredKeys: ['steps', 'finish'],
            },
          ),
        },
        { weight: 1, arbitrary: bareSocket },
        { weight: 1, arbitrary: compressed },
      ),
    }),
  );
