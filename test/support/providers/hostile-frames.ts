import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { AnswerScript, Step, Wire, WireWriter } from './script.ts';
import { anthropicWire } from './wire-anthropic.ts';
import { googleWire } from './wire-google.ts';
import { openAiWire } from './wire-openai.ts';

const writers: Readonly<Record<Wire, () => WireWriter>> = {
  openai: () => openAiWire('m', true),
  anthropic: () => anthropicWire('m'),
  google: () => googleWire('m'),
};

/** The frames of one honest answer with everything in it: text, thinking, two calls in parts, usage. */
function honestFrames(wire: Wire): string[] {
  const writer = writers[wire]();
  const usage = { in: 20, cached: 5, out: 9, reasoning: 2 };
  const whole = [
    writer.begin(usage),
    writer.reasoning('let me see'),
    writer.text('Grüße 🙂 '),
    writer.text('to all.'),
    writer.tool({ index: 0, id: 'call_a', name: 'weather', argumentsText: '{"city":' }),
    writer.tool({ index: 0, argumentsText: '"Oslo"}' }),
    writer.tool({ index: 1, id: 'call_b', name: 'clock', argumentsText: '{}' }),
    writer.end('tool_calls', undefined, usage),
  ].join('');
  return whole.split(/(?<=\r?\n\r?\n)/u).filter((frame) => frame !== '');
}
const HONEST = { openai: honestFrames('openai'), anthropic: honestFrames('anthropic'), google: honestFrames('google') };

type Mangle = (frames: string[], at: number, other: number) => void;
/** What a bad proxy or a confused server does to frames: `at` and `other` are places among them. */
const MANGLES: readonly Mangle[] = [
  (frames, at, other) => {
    const [moved = ''] = frames.splice(at, 1);
    frames.splice(other, 0, moved);
  },
  (frames, at) => frames.splice(at, 0, frames[at] ?? ''),
  (frames, at) => frames.splice(at, 1),
  (frames, at, other) => (frames[at] = (frames[at] ?? '').slice(0, other)),
  (frames, at) => (frames[at] = (frames[at] ?? '').replace(/\n+$/u, '')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/"[^"]*"(?=[,}\]])/gu, 'null')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<=:)\d+/gu, '-1')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<=:)\d+/gu, '1e999')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<=:)\d+/gu, 'NaN')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<=:)\d+/gu, '184467440737095516160')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<=:)\d+/gu, '"7"')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/(?<="(?:index|id|name|type)":)[^,}]+/gu, 'null')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll(/"(?:index|id|name|type)":[^,}]+,?/gu, '')),
  (frames, at) => (frames[at] = (frames[at] ?? '').replaceAll('🙂', '\\ud83d')),
  (frames, at) => frames.reverse().splice(at, 0, ''),
];

/** An honest answer with some of its frames moved, doubled, dropped, cut, or with null, lies and nothing in their places. */
export const mangled = (wire: Wire): fc.Arbitrary<Step[]> =>
  fc
    .array(fc.record({ mangle: fc.constantFrom(...MANGLES), at: fc.nat(40), other: fc.nat(40) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((list) => {
      const frames = [...HONEST[wire]];
      for (const { mangle, at, other } of list) mangle(frames, at % Math.max(1, frames.length), other);
      return [{ raw: frames.join('') }];
    });

/** What is sent after the last word, where nothing more counts. */
export const tail: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step[]>([]) },
  fc.constantFrom<Step[]>(
    [{ raw: 'data: [DONE]\n\n' }, { raw: 'data: [DONE]\n\n' }],
    [{ text: 'and one more thing' }],
    [{ error: { type: 'server_error', message: 'Too late.' } }],
    [{ raw: 'data: {"choices":[{"delta":{"content":"late"}}]}\n\n' }],
    [{ raw: '\u0000\u0000<html>trailing junk' }],
    [{ raw: 'data: {"usage":{"prompt_tokens":-1,"completion_tokens":1e999}}\n\ndata: [DONE]\n\n' }],
    [{ cut: 'reset' }],
    [{ stall: true }],
  ),
);

const MIB = 2 ** 20;
/** What has no end of its own. */
export const endless: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  { endless: ': still here\n\n', mostBytes: 64 * 1024 },
  { endless: '\n', mostBytes: 16 * 1024 },
  { endless: ' ', mostBytes: 16 * 1024 },
  { endless: 'event: ping\ndata: {"type":"ping"}\n\n', mostBytes: 64 * 1024 },
  { endless: 'x'.repeat(64 * 1024), mostBytes: 10 * MIB },
  { endless: `data: {"choices":[{"delta":{"content":"${'again '.repeat(2000)}"}}]}\n\n`, mostBytes: 2 * MIB },
);

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
/** Frames that are legal and hard to swallow. */
export const heavyFrame: fc.Arbitrary<Step> = fc.constantFrom(
  ...[
    deep('[', ']', 50_000),
    `{"error":${deep('[', ']', 20_000)}}`,
    `{"choices":${deep('[', ']', 5000)}}`,
    `{"candidates":[{"content":{"parts":${deep('[', ']', 5000)}}}]}`,
    `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"x","args":${deep('[', ']', 20_000)}}}]}}]}`,
    `{"choices":[{"delta":{"tool_calls":[{"id":"x","function":{"name":"x","arguments":[${deep('[', ']', 20_000)}]}}]}}]}`,
    `{"error":null,"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}`,
    `{"choices":[{"delta":{"content":null,"tool_calls":null,"refusal":null},"finish_reason":null}],"usage":null}`,
    `{"choices":null,"usage":{"prompt_tokens":1e999,"completion_tokens":-1e999,"prompt_tokens_details":null}}`,
    `{"choices":[{"delta":{"tool_calls":[${'{"index":0},'.repeat(500)}{"index":1e999}]}}]}`,
    `{"choices":[{"delta":{"tool_calls":[{"index":3,"function":{"arguments":"{\\"a\\":"}},{"index":1,"id":"x","function":{"name":"clock","arguments":"1}"}}]}}]}`,
    `{"type":"content_block_delta","index":9,"delta":{"type":"input_json_delta","partial_json":"{"}}`,
    `{"type":"content_block_stop","index":9}`,
    `{"type":"message_delta","delta":null,"usage":{"input_tokens":-9,"output_tokens":1e999}}`,
    `{"choices":[{"delta":{"content":"\\ud83d"}}]}`,
    `{"choices":[{"logprobs":{"content":[{"logprob":-1e999},{"logprob":9}]},"delta":{"content":"x"}}]}`,
    Array.from({ length: 3000 }, (_, at) => `{"k${String(at)}":`).join('') + '1' + '}'.repeat(3000),
  ].map((text) => ({ raw: `data: ${text}\n\n` })),
);

const ok = (headers: string, body: string) => `HTTP/1.1 200 OK\r\n${headers}\r\n${body}`;
const CHUNKED = 'content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n';
const packed = gzipSync('data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');

/** What is said on the bare connection: no HTTP, half of it, too much of it, or one thing in the head and another in the body. */
const sockets: readonly (readonly (string | Uint8Array)[])[] = [
  [],
  ['\u0000\u0001\u0002\u0003'],
  ['<html>not http</html>'],
  ['HTTP/1.1 200 OK\r\n'],
  ['HTTP/9.9 200 OK\r\n\r\n'],
  ['HTTP/1.1 999 Odd\r\n\r\n'],
  ['HTTP/1.1 099 Odd\r\n\r\n'],
  ['HTTP/1.1 600 Odd\r\ncontent-length: 0\r\n\r\n'],
  ['HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhello'],
  ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(50), ok('content-length: 2\r\n', '{}')],
  ['HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(20)],
  // A flood of headers, and one that never ends.
  [ok(Array.from({ length: 5000 }, (_, at) => `x-${String(at)}: 1\r\n`).join(''), '')],
  [ok(`x-long: ${'y'.repeat(100_000)}\r\n`, '')],
  [ok('content-length: 5\r\ncontent-length: 9\r\n', 'short')],
  [ok('content-length: 5\r\ntransfer-encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n')],
  [ok('content-length: -1\r\n', 'data: {}\n\n')],
  [ok('content-length: 1000000\r\n', 'data: {"choices":[]}\n\n')],
  [ok('content-length: 3\r\n', 'data: {"choices":[]}\n\nand much more')],
  [ok(CHUNKED, 'zz\r\nno size\r\n')],
  [ok(CHUNKED, 'fffffffffffffffff\r\n')],
  [ok(CHUNKED, '5;x=y\r\ndata:\r\n0\r\nx-trailer: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n')],
  [ok(`content-encoding: gzip\r\n${CHUNKED}`, `${packed.byteLength.toString(16)}\r\n`), packed, '\r\n0\r\n\r\n'],
  [ok(`content-encoding: gzip\r\ncontent-length: 9\r\n`, 'not zip! ')],
  [ok(`content-encoding: br, gzip, x\r\ncontent-length: 2\r\n`, '{}')],
  [ok('content-type: text/event-stream; charset=utf-16\r\n', 'data: {}\n\n')],
  [ok('bad header\r\n', 'data: {}\n\n')],
  [ok('set-cookie: a=\u0000b\r\n', 'data: {}\n\n')],
  ['HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n'],
  ['HTTP/1.1 429 Slow\r\nretry-after: 99999999999999999999\r\ncontent-length: 0\r\n\r\n'],
  ['HTTP/1.1 204 No Content\r\n\r\ndata: {}\n\n'],
];
export const bareSocket: fc.Arbitrary<AnswerScript> = fc.constantFrom(...sockets.map((socket) => ({ socket })));

/** Compressed though nobody asked for it: right, cut and only called so. */
export const compressed: fc.Arbitrary<AnswerScript> = fc
  .record({ cut: fc.nat(packed.byteLength), encoding: fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'identity') })
  .map(({ cut, encoding }) => ({
    headers: { 'content-encoding': encoding },
    steps: [{ raw: packed.subarray(0, cut) }],
    finish: null,
  }));
